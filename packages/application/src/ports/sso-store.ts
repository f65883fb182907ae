import type { ConnectionId, Instant, Organization, SsoConnection, UserId } from '@latchkey/domain'
import type { SecretDigest } from './secrets.ts'

/** A sign-in that has begun and not come back. */
export interface SignInAttempt {
  readonly connection: ConnectionId
  /** What the adapter wants back. */
  readonly remember: string
  /** The owner who asked for it from a session of theirs, to be linked; else null. */
  readonly owner: UserId | null
  readonly expiresAt: Instant
}

export interface SsoStore {
  /** The organisation's one connection. */
  connection(): Promise<SsoConnection | undefined>
  save(connection: SsoConnection): Promise<void>
  begin(attempt: SignInAttempt, handle: SecretDigest): Promise<void>
  /** The attempt, once: whoever asks again finds nothing. */
  take(handle: SecretDigest): Promise<SignInAttempt | undefined>
  /** Whether this assertion is seen for the first time. */
  isFirstUse(connection: ConnectionId, assertionId: string, expiresAt: Instant): Promise<boolean>
  /** Whether the person has signed in before, and from such a place. Notes the place. */
  notePlace(user: UserId, place: string): Promise<'first' | 'known' | 'new'>
  /** Takes away what has expired. */
  removeExpired(): Promise<void>
}

/** Finding the organisation of what a browser brings back. */
export interface SsoRegister {
  /** By the handle of an attempt. */
  organizationOfAttempt(handle: SecretDigest): Promise<Organization | undefined>
  organizationOfConnection(connection: ConnectionId): Promise<Organization | undefined>
}
