import type { Entitlement, Instant, Licence, Result } from '@latchkey/domain'

/** The deployment's licence: of no organisation, and the same for all. */
export interface LicenceStore {
  facts(): Promise<{
    /** When the database was created. */
    readonly createdAt: Instant
    /** The licence that was installed last, as its vendor signed it. */
    readonly installed: string | null
    /** The database's time. */
    readonly now: Instant
  }>
  /** In place of any that was installed before. */
  install(signed: string): Promise<void>
}

/** Why a text is no licence: there is no vendor's key to judge it by; it has another form; somebody else signed it. */
export type LicenceFault = 'no-vendor-key' | 'malformed' | 'not-signed-by-vendor'

export interface LicenceReader {
  /** What a vendor signed, judged offline. */
  read(signed: string): Result<Licence, LicenceFault>
}

/** Whether what is paid for may be used at a moment. */
export type Licensed = (entitlement: Entitlement, now: Instant) => boolean

export interface Entitlements {
  /** What is licensed, as it was known within the last minute. To be asked before a transaction begins, not within one. */
  licensed(): Promise<Licensed>
}
