import type { SessionId, UserId } from './ids.ts'
import { type Instant, hourMs, minuteMs } from './instant.ts'

/**
 * A person signed in, in one browser. `via` says what stands behind it: single sign-on, the one-time link with which an owner begins, or the
 * unlock proof with which an owner gets in when single sign-on is broken (KEY-6).
 */
export interface Session {
  readonly id: SessionId
  readonly user: UserId
  readonly via: 'sso' | 'owner-link' | 'owner-proof'
  /** When the person showed who they are. A session is never authenticated again; a new sign-in is a new session. */
  readonly authenticatedAt: Instant
  readonly lastUsedAt: Instant
  /** When the person last showed that they can decrypt; null before. Authentication and decryption are two steps. */
  readonly unlockedAt: Instant | null
  /** Where from, for the list in which a person looks for strangers. */
  readonly address: string
  readonly userAgent: string
}

/** A session ends this long after the sign-in, however busy it is. */
export const sessionAgeMaxMs = 12 * hourMs

/** A session ends when it was not used for this long. */
export const sessionIdleMaxMs = 2 * hourMs

/** A sign-in is fresh for this long: what a stolen, older session shall not do asks for one (KEY-6). */
export const freshSignInMs = 5 * minuteMs

export function sessionIsLive({ authenticatedAt, lastUsedAt }: Pick<Session, 'authenticatedAt' | 'lastUsedAt'>, now: Instant): boolean {
  return now - authenticatedAt < sessionAgeMaxMs && now - lastUsedAt < sessionIdleMaxMs
}

export function signInIsFresh({ authenticatedAt }: Pick<Session, 'authenticatedAt'>, now: Instant): boolean {
  return now - authenticatedAt <= freshSignInMs
}

/** Noting each use would be a write for every request. */
export function sessionUseIsWorthNoting({ lastUsedAt }: Pick<Session, 'lastUsedAt'>, now: Instant): boolean {
  return now - lastUsedAt >= minuteMs
}
