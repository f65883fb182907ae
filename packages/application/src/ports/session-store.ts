import type { Instant, Organization, OrganizationId, Session, SessionId, UserId } from '@latchkey/domain'
import type { SecretDigest } from './secrets.ts'

/** Sessions of the organisation's people. Only digests of their tokens are kept; a session that ended is gone. */
export interface SessionStore {
  /** Used and authenticated at the transaction's time, not unlocked. */
  insert(session: Pick<Session, 'id' | 'user' | 'via' | 'address' | 'userAgent'>, digest: SecretDigest): Promise<Session>
  /** Stays as answered until the transaction ends; undefined once it has ended or expired. */
  lock(id: SessionId): Promise<Session | undefined>
  /** A user's live sessions, in the order of their ids. */
  list(user: UserId): Promise<readonly Session[]>
  /** The transaction's time is when the person showed that they can decrypt. */
  noteUnlocked(id: SessionId): Promise<void>
  /** The same session under another token; the former one is worth nothing from then on (WEB-3). */
  rotate(id: SessionId, digest: SecretDigest): Promise<void>
  /** Ends those of a user's sessions that `which` names, or all of them, and answers which they were. */
  end(user: UserId, which: readonly SessionId[] | 'all'): Promise<readonly SessionId[]>
  /** Takes away the sessions that nobody can use any more. */
  removeExpired(): Promise<void>
}

/** A presented session token's other half: organisation and person come from here and from nowhere else. */
export interface SessionCredential {
  readonly organization: Organization
  readonly session: Session
  /** The database's time at the look-up. */
  readonly now: Instant
}

export interface SessionCredentials {
  /** Always from the database, never from a cache: a session that was ended is worth nothing from the next request on (LIF-2). */
  find(digest: SecretDigest): Promise<SessionCredential | undefined>
  noteUse(organization: OrganizationId, session: SessionId, address: string): Promise<void>
}
