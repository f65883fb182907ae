import type { Instant, OrganizationId } from '@latchkey/domain'

/** What a store is bound to for one transaction. */
export interface Scope {
  readonly organization: OrganizationId
  readonly now: Instant
}
