import { type Instant, dayMs } from './instant.ts'

/** What is paid for. */
export type Entitlement = 'scim'

const everything: readonly Entitlement[] = ['scim']

/** What a vendor signed for this deployment. */
export interface Licence {
  readonly plan: string
  /** Names that this version does not know are kept and mean nothing. */
  readonly entitlements: readonly string[]
  readonly startsAt: Instant | null
  readonly expiresAt: Instant
}

export type LicenceState = 'evaluation' | 'evaluation-over' | 'licensed' | 'not-started' | 'expired'

/** What holds now, and why. */
export interface LicenceStatus {
  readonly plan: string
  readonly entitlements: readonly string[]
  /** When this state began to hold or ceases to. */
  readonly expiresAt: Instant
  readonly state: LicenceState
}

/** Every feature, from the creation of the database on. */
export const evaluationMs = 30 * dayMs

/** A licence that holds comes first, then the evaluation while it lasts; after both, what is missing. */
export function licenceStatus(licence: Licence | null, databaseCreatedAt: Instant, now: Instant): LicenceStatus {
  if (licence && holds(licence, now)) {
    return { plan: licence.plan, entitlements: licence.entitlements, expiresAt: licence.expiresAt, state: 'licensed' }
  }
  const evaluationEnds = databaseCreatedAt + evaluationMs
  if (now < evaluationEnds) return { plan: 'evaluation', entitlements: everything, expiresAt: evaluationEnds, state: 'evaluation' }
  if (!licence) return { plan: 'none', entitlements: [], expiresAt: evaluationEnds, state: 'evaluation-over' }
  const state = now >= licence.expiresAt ? 'expired' : 'not-started'
  return { plan: licence.plan, entitlements: [], expiresAt: licence.expiresAt, state }
}

function holds({ startsAt, expiresAt }: Licence, now: Instant): boolean {
  return now < expiresAt && (startsAt === null || startsAt <= now)
}

export function isEntitled({ entitlements }: Pick<LicenceStatus, 'entitlements'>, entitlement: Entitlement): boolean {
  return entitlements.includes(entitlement)
}

/** What to do about a missing entitlement, for whoever reads an error. */
export const licenceHint = 'Ask your Latchkey vendor for a licence, then install it with: latchkey licence install FILE.'
