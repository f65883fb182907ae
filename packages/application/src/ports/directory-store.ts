import type { AttributeReference, Json, ResolvedFilter } from '@latchkey/scim'
import type { GroupView } from './group-store.ts'
import type { UserView } from './user-store.ts'

/** Which resources of one type are asked for, and by which attribute they are sorted (null: by creation). */
export interface Selection {
  readonly type: 'User' | 'Group'
  readonly filter: ResolvedFilter | null
  readonly sortBy: AttributeReference | null
}

export type DirectoryPage =
  | { readonly kind: 'offset'; readonly offset: number; readonly limit: number }
  /** The page at an offset for somebody who has read everything up to a position. Whatever went before it since then moves nothing. */
  | { readonly kind: 'resumed'; readonly offset: number; readonly position: Position; readonly limit: number }
  /** From the beginning, or behind a position that an earlier answer named. Page 10,000 costs what page 1 costs. */
  | { readonly kind: 'after'; readonly position: Position | null; readonly limit: number }

/** Where a page ended. Its content is the store's own. */
export type Position = Json

export type DirectoryItem = { readonly type: 'User'; readonly view: UserView } | { readonly type: 'Group'; readonly view: GroupView }

/** One page of a list, and what is shown of each resource beside its own attributes. */
export interface DirectoryQuery {
  readonly selections: readonly Selection[]
  readonly descending: boolean
  readonly page: DirectoryPage
  readonly wants: { readonly groups: boolean; readonly members: boolean }
}

export interface DirectoryStore {
  /**
   * Live resources that the selections name (one for each type at most). The order is total and stable: by the sort attribute as RFC 7644 §3.4.2.3
   * says (absent values last when ascending, first when descending), then by creation. `total` counts all that match; on a page that is resumed, those
   * behind the position and as many as the offset says before it. `next` is null on the last page; a full page by offset may name one that is empty.
   * Views hold groups and members only where wanted.
   */
  list(query: DirectoryQuery): Promise<{ readonly total: number; readonly items: readonly DirectoryItem[]; readonly next: Position | null }>
}
