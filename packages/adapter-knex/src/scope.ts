import type { Instant, OrganizationId } from '@latchkey/domain'
import type { Recollection } from './recollection.ts'

/** What a store is bound to for one transaction. */
export interface Scope {
  readonly organization: OrganizationId
  readonly now: Instant
  /** Whether nothing is locked: what was seen is taken to stay so, and each write makes sure of it (`Storage.revise`). */
  readonly takesForGranted: boolean
  /** What a change rests on and makes known; null for what only reads. */
  readonly recollection: Recollection | null
}
