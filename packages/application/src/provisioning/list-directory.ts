import type { Storage } from '../ports/storage.ts'
import type { DirectoryItem, Position, Selection } from '../ports/directory-store.ts'
import type { Cursors, CursorRefusal } from './cursors.ts'
import type { ScimCaller } from './scim-caller.ts'
import { type Result, ok } from '@latchkey/domain'
import { glanceFor, readFor } from './storage-for-caller.ts'
import type { Walks } from './walks.ts'

export type ListPage =
  | { readonly kind: 'index'; readonly startIndex: number; readonly count: number }
  /** RFC 9865. `cursor` is empty for the first page. */
  | { readonly kind: 'cursor'; readonly cursor: string; readonly count: number }

export interface DirectoryList {
  readonly totalResults: number
  readonly items: readonly DirectoryItem[]
  /** Null on the last page, and where pages are counted by index. */
  readonly nextCursor: string | null
}

export class ListDirectory {
  readonly #storage: Storage
  readonly #cursors: Cursors
  readonly #walks: Walks

  constructor(ports: { storage: Storage; cursors: Cursors; walks: Walks }) {
    this.#storage = ports.storage
    this.#cursors = ports.cursors
    this.#walks = ports.walks
  }

  /**
   * One page of users, groups or both. `query` makes the text of everything that makes the list what it is (filter, order, projection, endpoint):
   * a cursor continues that list and no other (RFC 9865 §2).
   */
  async execute(
    caller: ScimCaller,
    list: { readonly selections: readonly Selection[]; readonly descending: boolean; readonly query: () => string },
    page: ListPage,
    wants: { readonly groups: boolean; readonly members: boolean },
  ): Promise<Result<DirectoryList, CursorRefusal>> {
    const { selections, descending } = list
    if (page.kind === 'index') {
      const { startIndex, count: limit } = page
      const offset = startIndex - 1
      const position = offset > 0 && limit > 0 ? this.#walks.endBefore(caller, list.query(), startIndex) : undefined
      const at =
        position === undefined ? ({ kind: 'offset', offset, limit } as const) : ({ kind: 'resumed', offset, position, limit } as const)
      const query = { selections, descending, page: at, wants }
      const { total, items, next } = await (selections.length === 1
        ? glanceFor(this.#storage, caller, ({ directory }) => directory.list(query))
        : readFor(this.#storage, caller, ({ directory }) => directory.list(query)))
      if (next !== null) this.#walks.note(caller, list.query(), startIndex + items.length, next)
      return ok({ totalResults: total, items, nextCursor: null })
    }

    return readFor(this.#storage, caller, async ({ directory, now }) => {
      const bound = { caller, query: list.query(), count: page.count }
      let position: Position | null = null
      if (page.cursor !== '') {
        const opened = this.#cursors.open(page.cursor, bound, now)
        if (!opened.ok) return opened
        position = opened.value
      }
      const { total, items, next } = await directory.list({
        selections,
        descending,
        page: { kind: 'after', position, limit: page.count },
        wants,
      })
      return ok({ totalResults: total, items, nextCursor: next === null ? null : this.#cursors.seal(next, bound, now) })
    })
  }
}
