import { type Instant, dayMs } from './instant.ts'
import { type ScimToken, scimTokenState } from './scim-token.ts'

/** So many days before its end an organisation hears of it, if it has not renewed the token. */
const warningDays = [30, 7, 1] as const

export type WarningDays = (typeof warningDays)[number]

/** The most urgent warning that is due for a token, or null. A token that was made for less than the time of a warning never gets that one. */
export function expiryWarningDue(token: Pick<ScimToken, 'createdAt' | 'expiresAt' | 'revokedAt'>, now: Instant): WarningDays | null {
  const { createdAt, expiresAt } = token
  if (expiresAt === null || scimTokenState(token, now) !== 'usable') return null
  return warningDays.findLast((days) => expiresAt - now <= days * dayMs && expiresAt - createdAt > days * dayMs) ?? null
}
