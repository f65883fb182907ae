import { bearerTokenPublicId, formatBearerToken } from './bearer-token.ts'
import type { ApiTokenId } from './ids.ts'
import { type Instant, dayMs } from './instant.ts'
import { type Result, ok, refuse } from './result.ts'
import type { Role } from './role.ts'
import { isTokenDescription, scimTokenTtlDaysMax } from './scim-token.ts'

/** The bearer token of a service that administers an organisation. It opens the admin API and never SCIM, as a SCIM token opens nothing else (TOK-4). */
export interface ApiToken {
  readonly id: ApiTokenId
  readonly description: string
  readonly publicId: string
  /** What its bearer may do. */
  readonly role: ApiTokenRole
  readonly createdAt: Instant
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
  readonly lastUsedAt: Instant | null
}

export type ApiTokenRole = Exclude<Role, 'member'>

const scheme = 'latchkey_api_'

export function formatApiToken(random: Uint8Array): { readonly publicId: string; readonly token: string } {
  return formatBearerToken(scheme, random)
}

export function apiTokenPublicId(token: string): string | undefined {
  return bearerTokenPublicId(scheme, token)
}

export function apiTokenPrefix({ publicId }: Pick<ApiToken, 'publicId'>): string {
  return `${scheme}${publicId}`
}

export const apiTokensUsableMax = 20

export type CreateApiTokenRefusal = 'description-invalid' | 'ttl-invalid' | 'too-many-tokens'

/** When a new token ends; null is never, which is asked for with 0 days. `usable` counts the organisation's usable tokens now. */
export function apiTokenExpiry(
  wish: { readonly description: string; readonly ttlDays: number },
  usable: number,
  now: Instant,
): Result<Instant | null, CreateApiTokenRefusal> {
  if (!isTokenDescription(wish.description)) return refuse('description-invalid')
  if (!Number.isInteger(wish.ttlDays) || wish.ttlDays < 0 || wish.ttlDays > scimTokenTtlDaysMax) return refuse('ttl-invalid')
  if (usable >= apiTokensUsableMax) return refuse('too-many-tokens')
  return ok(wish.ttlDays === 0 ? null : now + wish.ttlDays * dayMs)
}
