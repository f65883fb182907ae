import { type GroupId, type UserId, groupId, userId } from '@latchkey/domain'
import type { DirectoryItem, DirectoryPage, DirectoryStore, Locations, Position, Selection } from '@latchkey/application'
import { attributeName, isObject } from '@latchkey/scim'
import { type Connection, ask, query, run } from './database.ts'
import { compileFilter } from './filter/compile-filter.ts'
import { groupSources } from './filter/group-attributes.ts'
import { sortExpression } from './filter/sort-expression.ts'
import { userSources } from './filter/user-attributes.ts'
import { type GroupViewRow, groupViewFromRow, selectGroupViews } from './group-store.ts'
import type { Scope } from './scope.ts'
import { type Sql, byKey, constant, join, sql } from './sql.ts'
import { type UserViewRow, selectUserViews, userViewFromRow } from './user-store.ts'

/** A resource of a page before it is read: its type, its id, and the text it is sorted by. */
interface Place {
  readonly type: 'User' | 'Group'
  readonly id: string
  readonly sort: string | null
}

interface Wants {
  readonly groups: boolean
  readonly members: boolean
}

interface Listed {
  readonly total: number
  /** By a position, one more than the page holds where there is one more. */
  readonly places: readonly Place[]
  readonly items: readonly DirectoryItem[]
}

/** Where everything is that lists can ask for. Made once: it depends on nothing but addresses. */
export function directorySources(locations: Locations) {
  return {
    User: { sources: userSources(locations), live: constant('users.deleted_at is null'), table: constant('users') },
    Group: { sources: groupSources(locations), live: constant('groups.deleted_at is null'), table: constant('groups') },
  } as const
}

export function directoryStore(connection: Connection, scope: Scope, tables: ReturnType<typeof directorySources>): DirectoryStore {
  const matching = ({ type, filter }: Selection): Sql => {
    const { table, live, sources } = tables[type]
    const condition = filter ? sql`and ${compileFilter(filter, sources)}` : constant('')
    return sql`from ${table} where ${table}.org_id = ${scope.organization} and ${live} ${condition}`
  }

  return {
    async list({ selections, descending, page, wants }) {
      const [selection, ...others] = selections
      if (!selection) return { total: 0, items: [], next: null }
      if (others.length === 0 && isLookup(selection) && page.kind === 'offset' && page.offset === 0 && page.limit > 0) {
        return lookUp(selection, page.limit, wants)
      }
      const { total, places, items } =
        others.length === 0 ? await listOf(selection, descending, page, wants) : await listOver(selections, descending, page, wants)
      const isMore = page.kind === 'after' ? places.length > page.limit : places.length === page.limit
      const last = isMore ? places[page.limit - 1] : undefined
      return { total, items: items.slice(0, page.limit), next: last ? ([last.sort, last.id] satisfies Position) : null }
    },
  }

  /** The handful that an index finds: read and counted in one go. */
  async function lookUp(selection: Selection, limit: number, wants: Wants): Promise<Awaited<ReturnType<DirectoryStore['list']>>> {
    const isUsers = selection.type === 'User'
    const isWhole = isUsers ? wants.groups : wants.members
    const { table, live, sources } = tables[selection.type]
    const condition = compileFilter(selection.filter!, sources)
    const textOf = () => {
      const view = isUsers ? selectUserViews(isWhole) : selectGroupViews(isWhole)
      const counted = view.replace('select ', 'select count(*) over () as total, ')
      return `${counted} where ${table.text}.org_id = ? and ${live.text} and ${condition.text} order by ${table.text}.id limit ?`
    }
    const values = [scope.organization, ...condition.values, limit]
    const key = `look up ${selection.type} ${isWhole} ${condition.text}`
    const rows = await ask<UserViewRow & GroupViewRow & { total: string }>(connection, key, textOf, values)
    const items = rows.map((row) => (isUsers ? userItem(row) : groupItem(row, wants.members)))
    return { total: Number(rows[0]?.total ?? 0), items, next: null }
  }

  /** Of one type, all in one statement: how many there are, which are on the page, and what they are. */
  async function listOf(selection: Selection, descending: boolean, page: DirectoryPage, wants: Wants): Promise<Listed> {
    const isUsers = selection.type === 'User'
    const view = isUsers ? selectUserViews(wants.groups) : selectGroupViews(wants.members)
    const { table } = tables[selection.type]
    const rows = await query<UserViewRow & GroupViewRow & { total: string; place: string | null; sort: string | null }>(
      connection,
      sql`with page as (${placesOf([selection], descending, page)})
        select ${totalOf([selection], descending, page)} as total, page.id as place, page.sort, view.*
        from (values (1)) as always left join page on true
          left join lateral (${constant(view)} where ${table}.org_id = ${scope.organization} and ${table}.id = page.id ${constant(byKey)}) as view on true
        order by page.position`,
      { isQuick: isLookup(selection) },
    )
    const found = rows.filter(({ place }) => place !== null)
    return {
      total: Number(rows[0]?.total ?? 0),
      places: found.map(({ id, sort }) => ({ type: selection.type, id, sort })),
      items: found.map((row) => (isUsers ? userItem(row) : groupItem(row, wants.members))),
    }
  }

  /** Of several types: each has its own columns, so what is on the page is read type by type. */
  async function listOver(selections: readonly Selection[], descending: boolean, page: DirectoryPage, wants: Wants): Promise<Listed> {
    const [counted] = await query<{ total: string }>(connection, sql`select ${totalOf(selections, descending, page)} as total`)
    const places = await query<Place>(connection, placesOf(selections, descending, page))
    return { total: Number(counted?.total ?? 0), places, items: await read(places, wants) }
  }

  /** Where everything is that matches, or only what lies behind a position. */
  function placesIn(selections: readonly Selection[], descending: boolean, position: Position | null): readonly Sql[] {
    const isSorted = selections.some(({ sortBy }) => sortBy !== null)
    return selections.map((selection) => {
      const { table, sources } = tables[selection.type]
      const sort = selection.sortBy ? sortExpression(selection.sortBy, sources) : constant('null::text')
      const place = sql`select ${selection.type}::text as type, ${table}.id, ${sort} as sort ${matching(selection)}`
      return position === null ? place : sql`select * from (${place}) as place where ${behind(position, descending, isSorted)}`
    })
  }

  function totalOf(selections: readonly Selection[], descending: boolean, page: DirectoryPage): Sql {
    if (page.kind !== 'resumed')
      return join(
        selections.map((selection) => sql`(select count(*) ${matching(selection)})`),
        ' + ',
      )
    const rest = placesIn(selections, descending, page.position).map((branch) => sql`(select count(*) from (${branch}) as rest)`)
    return sql`${page.offset}::bigint + ${join(rest, ' + ')}`
  }

  /** One statement for the order of a page; one more of each type reads what is on it. */
  function placesOf(selections: readonly Selection[], descending: boolean, page: DirectoryPage): Sql {
    const isSorted = selections.some(({ sortBy }) => sortBy !== null)
    const branches = placesIn(selections, descending, page.kind === 'offset' ? null : page.position)
    const direction = constant(descending ? 'desc' : 'asc')
    const nulls = constant(descending ? 'nulls first' : 'nulls last')
    const order = isSorted ? sql`sort collate "C" ${direction} ${nulls}, id ${direction}` : sql`id ${direction}`
    const window =
      page.kind === 'offset'
        ? sql`limit ${page.limit} offset ${page.offset}`
        : sql`limit ${page.kind === 'after' ? page.limit + 1 : page.limit}`
    return sql`select places.*, row_number() over (order by ${order}) as position from (${join(branches, ' union all ')}) as places order by ${order} ${window}`
  }

  async function read(places: readonly Place[], wants: Wants): Promise<readonly DirectoryItem[]> {
    const users = places.filter(({ type }) => type === 'User').map(({ id }) => userId(id))
    const groups = places.filter(({ type }) => type === 'Group').map(({ id }) => groupId(id))
    const items = new Map<string, DirectoryItem>()
    for (const item of users.length > 0 ? await readUsers(users, wants.groups) : []) items.set(idOf(item), item)
    for (const item of groups.length > 0 ? await readGroups(groups, wants.members) : []) items.set(idOf(item), item)
    return places.flatMap(({ id }) => items.get(id) ?? [])
  }

  async function readUsers(ids: readonly UserId[], wantsGroups: boolean): Promise<readonly DirectoryItem[]> {
    const text = `${selectUserViews(wantsGroups)} where users.org_id = ? and users.id = any(?::uuid[])`
    const name = wantsGroups ? 'users-read-with-groups' : 'users-read'
    return (await run<UserViewRow>(connection, name, text, [scope.organization, ids])).map(userItem)
  }

  async function readGroups(ids: readonly GroupId[], wantsMembers: boolean): Promise<readonly DirectoryItem[]> {
    const text = `${selectGroupViews(wantsMembers)} where groups.org_id = ? and groups.id = any(?::uuid[])`
    const name = wantsMembers ? 'groups-read-with-members' : 'groups-read'
    return (await run<GroupViewRow>(connection, name, text, [scope.organization, ids])).map((row) => groupItem(row, wantsMembers))
  }
}

const names: ReadonlySet<string> = new Set(['id', 'userName', 'externalId', 'displayName', 'emails.value'])

/** Whether a filter does nothing but name one resource by what an index finds it by: what providers ask before they create anybody. */
function isLookup({ type, filter, sortBy }: Selection): boolean {
  if (sortBy || filter?.kind !== 'comparison' || filter.operator !== 'eq') return false
  const name = attributeName(filter.target)
  return names.has(name) && (name !== 'displayName' || type === 'Group')
}

function idOf(item: DirectoryItem): string {
  return item.type === 'User' ? item.view.record.user.id : item.view.record.group.id
}

function userItem(row: UserViewRow): DirectoryItem {
  return { type: 'User', view: userViewFromRow(row) }
}

function groupItem(row: GroupViewRow, wantsMembers: boolean): DirectoryItem {
  return { type: 'Group', view: groupViewFromRow(row, wantsMembers) }
}

/** What lies behind a position, in an order whose absent values are last when ascending and first when descending. */
function behind(position: Position, descending: boolean, isSorted: boolean): Sql {
  const [sort, id] = Array.isArray(position) ? position : []
  if (typeof id !== 'string' || (sort !== null && typeof sort !== 'string') || isObject(position))
    throw new Error('A position is a sort value and an id.')
  const after = constant(descending ? '<' : '>')
  const idAfter = sql`id ${after} ${id}::uuid`
  if (!isSorted) return idAfter
  if (sort === null) return descending ? sql`((sort is null and ${idAfter}) or sort is not null)` : sql`(sort is null and ${idAfter})`
  const rest = sql`(sort collate "C" ${after} ${sort}::text or (sort = ${sort}::text and ${idAfter}))`
  return descending ? rest : sql`(${rest} or sort is null)`
}
