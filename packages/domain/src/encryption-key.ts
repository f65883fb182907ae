import type { Instant } from './instant.ts'
import { type Result, ok, refuse } from './result.ts'
import { hourMs, minuteMs } from './instant.ts'

/** SHA-256 of the canonical key statement, as 64 lower-case hexadecimal digits. */
export type Fingerprint = string

/** The public halves, base64url. */
export interface PublicKeys {
  /** X25519 */
  readonly encryption: string
  /** Ed25519 */
  readonly signing: string
}

/**
 * The private halves, wrapped in the person's browser. The server stores them, orders them and cannot open them: to every rule here
 * they are one opaque text. `version` counts the wraps, so that two changes of password cannot overwrite one another.
 */
export interface ProtectedPrivateKeys {
  readonly version: number
  readonly envelope: string
}

/** A wish to lose everything sealed so far, which waits so that it can be cancelled by who did not wish it. */
export interface KeyResetRequest {
  readonly requestedAt: Instant
  readonly effectiveAt: Instant
}

/** The third axis of a user. Only the person's own client moves it, and versions only grow. */
export type EncryptionKey =
  | { readonly state: 'none'; readonly lastVersion: number }
  | {
      readonly state: 'registered'
      readonly version: number
      readonly publicKeys: PublicKeys
      readonly fingerprint: Fingerprint
      readonly protectedPrivateKeys: ProtectedPrivateKeys
      readonly registeredAt: Instant
      readonly resetRequest: KeyResetRequest | null
    }

export type RegisteredKey = Extract<EncryptionKey, { state: 'registered' }>

export const noKeyYet: EncryptionKey = { state: 'none', lastVersion: 0 }

/** A registration is made in a session that is at most this old: a stolen, older session cannot put in a key of its own (KEY-6). */
export const registrationSessionAgeMaxMs = 5 * minuteMs

/** How long a requested reset waits unless the organisation says otherwise. */
export const resetDelayMs = 24 * hourMs

/** What the browser hands over, and what the server found when it checked it. */
export interface KeyRegistration {
  /** The version the browser made the key for: compare-and-set. */
  readonly version: number
  readonly publicKeys: PublicKeys
  readonly fingerprint: Fingerprint
  readonly envelope: string
  /** Age of the session, or of the owner link that stands in for it. */
  readonly sessionAgeMs: number
  /** Whether the nonce is ours, unspent and of this session. */
  readonly nonceIsOurs: boolean
  /** Whether statement and nonce are signed by the key that they present. */
  readonly proofHolds: boolean
}

export type RegisterKeyRefusal =
  | 'not-pending'
  | 'session-too-old'
  | 'nonce-unknown'
  | 'proof-invalid'
  | 'version-moved'
  | 'fingerprint-retired'

/** U6 on the key axis. `retired` are the person's earlier fingerprints: none is ever current again (invariant 19). */
export function register(
  key: EncryptionKey,
  registration: KeyRegistration,
  now: Instant,
  retired: ReadonlySet<Fingerprint>,
): Result<RegisteredKey, RegisterKeyRefusal> {
  if (key.state !== 'none') return refuse('not-pending')
  if (registration.sessionAgeMs < 0 || registration.sessionAgeMs > registrationSessionAgeMaxMs) return refuse('session-too-old')
  if (!registration.nonceIsOurs) return refuse('nonce-unknown')
  if (!registration.proofHolds) return refuse('proof-invalid')
  if (registration.version !== key.lastVersion + 1) return refuse('version-moved')
  if (retired.has(registration.fingerprint)) return refuse('fingerprint-retired')
  return ok({
    state: 'registered',
    version: registration.version,
    publicKeys: registration.publicKeys,
    fingerprint: registration.fingerprint,
    protectedPrivateKeys: { version: 1, envelope: registration.envelope },
    registeredAt: now,
    resetRequest: null,
  })
}

export type RewrapRefusal = 'no-key' | 'envelope-moved'

/** U11: the same key pair under another password. Refused when another change came first. */
export function rewrap(key: EncryptionKey, expectedVersion: number, envelope: string): Result<RegisteredKey, RewrapRefusal> {
  if (key.state !== 'registered') return refuse('no-key')
  if (key.protectedPrivateKeys.version !== expectedVersion) return refuse('envelope-moved')
  return ok({ ...key, protectedPrivateKeys: { version: expectedVersion + 1, envelope } })
}

export type RequestResetRefusal = 'no-key' | 'already-requested'

/** U12: nothing but the request changes until its time has come. */
export function requestReset(key: EncryptionKey, now: Instant, delayMs: number = resetDelayMs): Result<RegisteredKey, RequestResetRefusal> {
  if (key.state !== 'registered') return refuse('no-key')
  if (key.resetRequest) return refuse('already-requested')
  return ok({ ...key, resetRequest: { requestedAt: now, effectiveAt: now + delayMs } })
}

/** U12, taken back. Without a request this changes nothing. */
export function cancelReset(key: EncryptionKey): EncryptionKey {
  return key.state === 'registered' && key.resetRequest ? { ...key, resetRequest: null } : key
}

/** U12e: the clock. Before the request's time, and without a request, this changes nothing. */
export function completeReset(key: EncryptionKey, now: Instant): EncryptionKey {
  if (key.state !== 'registered' || !key.resetRequest || now < key.resetRequest.effectiveAt) return key
  return { state: 'none', lastVersion: key.version }
}
