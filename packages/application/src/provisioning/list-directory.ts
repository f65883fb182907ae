import type { GlanceStores, Storage } from '../ports/storage.ts'
import type { DirectoryItem, DirectoryQuery } from '../ports/directory-store.ts'
import type { Cursors, CursorRefusal } from './cursors.ts'
import type { ScimCaller } from './scim-caller.ts'
import { type Result, ok, refuse } from '@latchkey/domain'
import type { Walks } from './walks.ts'

export type ListPage =
  | { readonly kind: 'index'; readonly startIndex: number; readonly count: number }
  /** RFC 9865. `cursor` is empty for the first page. */
  | { readonly kind: 'cursor'; readonly cursor: string; readonly count: number }

/** `query` makes the text of everything that makes the list what it is (filter, order, projection, endpoint). */
type Asked = Pick<DirectoryQuery, 'selections' | 'descending'> & { readonly query: () => string }

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
   * One page of users, groups or both. A cursor continues the list that it was made for and no other (RFC 9865 §2).
   */
  async execute(
    caller: ScimCaller,
    list: Asked,
    page: ListPage,
    wants: DirectoryQuery['wants'],
  ): Promise<Result<DirectoryList, CursorRefusal>> {
    if (page.kind === 'cursor') return this.#byCursor(caller, list, page, wants)

    const { startIndex, count: limit } = page
    const offset = startIndex - 1
    const position = offset > 0 && limit > 0 ? this.#walks.endBefore(caller, list.query(), startIndex) : undefined
    const at =
      position === undefined ? ({ kind: 'offset', offset, limit } as const) : ({ kind: 'resumed', offset, position, limit } as const)
    const [{ total, items, next }] = await this.#read(caller, { ...list, page: at, wants })
    // A look-up, which everybody asks, leads to no other page: it needs no text.
    if (next !== null) this.#walks.note(caller, list.query(), startIndex + items.length, next)
    return ok({ totalResults: total, items, nextCursor: null })
  }

  /** Whether a cursor has expired is known with the time that is told with the page. */
  async #byCursor(
    caller: ScimCaller,
    list: Asked,
    { cursor, count }: ListPage & { readonly kind: 'cursor' },
    wants: DirectoryQuery['wants'],
  ): Promise<Result<DirectoryList, CursorRefusal>> {
    const bound = { caller, query: list.query(), count }
    const opened = cursor === '' ? ok({ position: null, expires: Infinity }) : this.#cursors.open(cursor, bound)
    if (!opened.ok) return opened
    const { position, expires } = opened.value
    const at = { kind: 'after', position, limit: count } as const
    const [{ total, items, next }, { now }] = await this.#read(caller, { ...list, page: at, wants })
    if (expires <= now) return refuse({ kind: 'cursor-expired' })
    return ok({ totalResults: total, items, nextCursor: next === null ? null : this.#cursors.seal(next, bound, now) })
  }

  /** Of one type everything is asked at once; of several, what is on the page has to be known before it is read. */
  #read({ organization, admission }: ScimCaller, query: DirectoryQuery) {
    const ask = (stores: GlanceStores) => Promise.all([stores.directory.list(query), admission.ask(stores.scimTokens)])
    return query.selections.length === 1 ? this.#storage.glance(organization.id, ask) : this.#storage.read(organization.id, ask)
  }
}
