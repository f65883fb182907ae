import type { ActivityAction, Asked, Instant, ScimTokenId } from '@latchkey/domain'
import type { Json, Provider } from '@latchkey/scim'

/** A request that changed something, or failed. */
export interface NewActivity extends Asked {
  readonly requestId: string
  readonly token: ScimTokenId
  readonly provider: Provider | null
  readonly outcome: 'changed' | 'failed'
  /** The HTTP status of a failure; null for changes, which are noted before they are answered. */
  readonly status: number | null
  /** Why it failed, in words; of a change, what it went through without. */
  readonly reason: string | null
  readonly durationMs: number
  /** What was sent, without secrets; of failures only, and for a week only. */
  readonly body: Json
}

export interface Activity extends NewActivity {
  /** Grows with time; the store's own. */
  readonly id: number
  readonly at: Instant
}

/** How many requests a token made in an hour. Reads are counted and nothing else is kept of them. */
export interface RequestCount {
  readonly token: ScimTokenId
  /** The beginning of the hour. */
  readonly hour: Instant
  readonly reads: number
  readonly writes: number
  readonly failures: number
  readonly slowestMs: number
  readonly lastAt: Instant
}

export interface ActivityFilter {
  readonly outcome: 'changed' | 'failed' | null
  readonly action: ActivityAction | null
  readonly token: ScimTokenId | null
  /** Part of a name or a reason, in any case of letters. */
  readonly text: string | null
}

export interface ActivityStore {
  /** With the transaction's time. A user or group that is named by id only gets the name that it has. */
  append(entries: readonly NewActivity[]): Promise<void>
  /** Adds to what was counted of the same token and hour. */
  count(counts: readonly RequestCount[]): Promise<void>
  /** The latest first, behind `before` where that is not null. */
  list(filter: ActivityFilter, page: { readonly before: number | null; readonly limit: number }): Promise<readonly Activity[]>
  /** What was counted since a moment, by token and hour, in order of time. */
  counts(since: Instant): Promise<readonly RequestCount[]>
  /** For each token, from how many users it took access since a moment, and how many of them it deleted. */
  removalsSince(since: Instant): Promise<readonly { readonly token: ScimTokenId; readonly users: number; readonly deleted: number }[]>
  /** When each kind of change was first seen, of what is still kept. */
  firsts(): Promise<ReadonlyMap<ActivityAction, Instant>>
  /** Takes away entries and counts from before `entries`, and bodies from before `bodies`. */
  expire(before: { readonly entries: Instant; readonly bodies: Instant }): Promise<void>
  /** Takes away what tells of one user. */
  forget(subject: string): Promise<void>
}
