import type { Actor } from './audit-event.ts'
import { bearerTokenPublicId, bearerTokenRandomBytes, formatBearerToken } from './bearer-token.ts'
import type { ScimTokenId } from './ids.ts'
import { type Instant, dayMs, hourMs } from './instant.ts'
import { type Result, ok, refuse } from './result.ts'

/** The bearer token of one provisioning client. The secret itself is nowhere here: it is shown once and stored as a keyed digest. */
export interface ScimToken {
  readonly id: ScimTokenId
  readonly description: string
  /** The part by which a presented token is found. */
  readonly publicId: string
  readonly mode: ScimTokenMode
  /** Null for tokens from before this was noted. */
  readonly createdBy: Actor | null
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
  readonly frozenAt: Instant | null
  readonly lastUsedAt: Instant | null
}

/** Whether the normaliser stands in front of the strict protocol. Providers need it; conformance suites do not. */
export type ScimTokenMode = 'tolerant' | 'strict'

const scheme = 'latchkey_scim_'
/** How many random bytes a new token takes. */
export const scimTokenRandomBytes = bearerTokenRandomBytes

/** `latchkey_scim_<publicId>_<secret><checksum>`. */
export function formatScimToken(random: Uint8Array): { readonly publicId: string; readonly token: string } {
  return formatBearerToken(scheme, random)
}

/** The public id of a well-formed token, or undefined for a text that cannot be one of ours. */
export function scimTokenPublicId(token: string): string | undefined {
  return bearerTokenPublicId(scheme, token)
}

/** What lists show of a token: enough to recognise it, nothing to use it. */
export function scimTokenPrefix(token: Pick<ScimToken, 'publicId'>): string {
  return `${scheme}${token.publicId}`
}

export type ScimTokenState = 'usable' | 'revoked' | 'expired'

export function scimTokenState(token: Pick<ScimToken, 'revokedAt' | 'expiresAt'>, now: Instant): ScimTokenState {
  if (token.revokedAt !== null) return 'revoked'
  return token.expiresAt !== null && token.expiresAt <= now ? 'expired' : 'usable'
}

export const scimTokensUsableMax = 5
export const scimTokenTtlDaysMax = 730
export const scimTokenTtlDaysPreset = 365
export const rotationOverlapHoursMax = 168
export const rotationOverlapHoursPreset = 72
export const scimTokenDescriptionMax = 200

export type CreateScimTokenRefusal = 'description-invalid' | 'ttl-invalid' | 'too-many-tokens'

/** When a new token ends; null is never, which is asked for with 0 days. `usable` counts the organisation's usable tokens now. */
export function scimTokenExpiry(
  wish: { readonly description: string; readonly ttlDays: number },
  usable: number,
  now: Instant,
): Result<Instant | null, CreateScimTokenRefusal> {
  if (!isTokenDescription(wish.description)) return refuse('description-invalid')
  if (!Number.isInteger(wish.ttlDays) || wish.ttlDays < 0 || wish.ttlDays > scimTokenTtlDaysMax) return refuse('ttl-invalid')
  if (usable >= scimTokensUsableMax) return refuse('too-many-tokens')
  return ok(wish.ttlDays === 0 ? null : now + wish.ttlDays * dayMs)
}

export type RotateScimTokenRefusal = 'token-not-usable' | 'overlap-invalid'

/**
 * A successor lives as long as its predecessor was made for; the predecessor stays usable for the overlap, never longer than it already had.
 * Rotation does not count against the number of usable tokens: it must work when the tokens run out.
 */
export function rotateScimToken(
  token: ScimToken,
  overlapHours: number,
  now: Instant,
): Result<{ readonly predecessor: ScimToken; readonly successorExpiresAt: Instant | null }, RotateScimTokenRefusal> {
  if (scimTokenState(token, now) !== 'usable') return refuse('token-not-usable')
  if (!Number.isInteger(overlapHours) || overlapHours < 0 || overlapHours > rotationOverlapHoursMax) return refuse('overlap-invalid')
  const overlapEnds = now + overlapHours * hourMs
  return ok({
    predecessor: { ...token, expiresAt: token.expiresAt === null ? overlapEnds : Math.min(token.expiresAt, overlapEnds) },
    successorExpiresAt: token.expiresAt === null ? null : now + (token.expiresAt - token.createdAt),
  })
}

/** Always works, and a second time changes nothing. */
export function revokeScimToken(token: ScimToken, now: Instant): ScimToken {
  return token.revokedAt === null ? { ...token, revokedAt: now } : token
}

/** A frozen token is refused and can be released again: for whoever does not know yet whether it was misused (LIF-7). */
export function freezeScimToken(token: ScimToken, frozen: boolean, now: Instant): ScimToken {
  if (frozen === (token.frozenAt !== null)) return token
  return { ...token, frozenAt: frozen ? now : null }
}

/** A use is noted once a minute, so that noting it costs nothing. */
export function isUseWorthNoting(token: Pick<ScimToken, 'lastUsedAt'>, now: Instant): boolean {
  return token.lastUsedAt === null || now - token.lastUsedAt >= 60_000
}

/** What a token may be called. */
export function isTokenDescription(text: string): boolean {
  return text.trim() !== '' && text.length <= scimTokenDescriptionMax && text.isWellFormed() && !/\p{Cc}/u.test(text)
}
