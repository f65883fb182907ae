import { type GroupId, type UserId, groupId, userId } from '@latchkey/domain'
import type { DirectoryItem, DirectoryPage, DirectoryStore, Locations, Position, Selection, UserView } from '@latchkey/application'
import { attributeName, isObject } from '@latchkey/scim'
import { type Connection, ask, query, run } from './database.ts'
import { compileFilter } from './filter/compile-filter.ts'
import { groupSources } from './filter/group-attributes.ts'
import { sortExpression } from './filter/sort-expression.ts'
import { userSources } from './filter/user-attributes.ts'
import { type GroupViewRow, groupViewColumns, groupViewFromRow, selectGroupViews } from './group-store.ts'
import type { Scope } from './scope.ts'
import { type Sql, byKey, constant, join, sql } from './sql.ts'
import { type UserViewRow, groupIdsOfUser, groupsFromRow, selectUserViews, userViewColumns, userViewFromRow } from './user-view.ts'

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

/** What is on a page, and the text by which it is sorted. */
interface Read {
  readonly item: DirectoryItem
  readonly sort: string | null
}

interface UserPageRow extends Omit<UserViewRow, 'groups'> {
  readonly sort: string | null
  /** Separated by commas. */
  readonly group_ids: string | null
  /** In one row of the page: every group that somebody on it is in, in the order in which they are shown. */
  readonly named: UserViewRow['groups']
}

interface Listed {
  readonly total: number
  /** One more than the page holds where there is one more. */
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
        return lookUp(selection, page, wants)
      }
      const { total, places, items } =
        others.length === 0 ? await listOf(selection, descending, page, wants) : await listOver(selections, descending, page, wants)
      const shown = items.slice(0, page.limit)
      const isMore = places.length > page.limit
      const last = isMore || (page.kind !== 'after' && shown.length === page.limit) ? places[shown.length - 1] : undefined
      // Counted at another moment, perhaps after somebody on the page went: nobody who goes by the total may stop before the end.
      const least = shown.length === 0 ? 0 : (page.kind === 'after' ? 0 : page.offset) + shown.length + (isMore ? 1 : 0)
      return { total: Math.max(total, least), items: shown, next: last ? ([last.sort, last.id] satisfies Position) : null }
    },
  }

  /** The handful that an index finds. Where it can be one at most there is nothing to put in order; what has room on the page needs no counting. */
  async function lookUp(selection: Selection, page: DirectoryPage, wants: Wants): Promise<Awaited<ReturnType<DirectoryStore['list']>>> {
    const isUsers = selection.type === 'User'
    const isWhole = isUsers ? wants.groups : wants.members
    const isOne = namesOne(selection)
    const { table, live, sources } = tables[selection.type]
    const condition = compileFilter(selection.filter!, sources)
    const textOf = () => {
      const view = isUsers ? selectUserViews(isWhole) : selectGroupViews(isWhole)
      const where = `where ${table.text}.org_id = ? and ${live.text} and ${condition.text}`
      return isOne ? `${view} ${where}` : `${view} ${where} order by ${table.text}.id limit ?`
    }
    const values = [scope.organization, ...condition.values, ...(isOne ? [] : [page.limit + 1])]
    const key = `look up ${selection.type} ${isWhole} ${condition.text}`
    const rows = await ask<UserViewRow & GroupViewRow>(connection, key, textOf, values)
    const items = rows.map((row) => (isUsers ? userItem(row, groupsFromRow(row.groups)) : groupItem(row, wants.members)))
    if (items.length <= page.limit) return { total: items.length, items, next: null }
    return { total: Math.max(await count([selection], false, page), items.length), items: items.slice(0, page.limit), next: null }
  }

  /** Of one type: how many there are, which many may ask at a time, and what is on the page. */
  async function listOf(selection: Selection, descending: boolean, page: DirectoryPage, wants: Wants): Promise<Listed> {
    const order = orderOf(selection.sortBy !== null, descending)
    const rows = pageOf(selection, descending, page)
    const [total, read] = await Promise.all([
      count([selection], descending, page),
      selection.type === 'User' ? usersOn(rows, order, wants.groups) : groupsOn(rows, order, wants.members),
    ])
    return {
      total,
      places: read.map(({ item, sort }) => ({ type: selection.type, id: idOf(item), sort })),
      items: read.map(({ item }) => item),
    }
  }

  /** The rows of a page, and the text by which each is sorted. In the order of the key they are read as they come; else places are sorted, which are narrow. */
  function pageOf(selection: Selection, descending: boolean, page: DirectoryPage): Sql {
    const { table } = tables[selection.type]
    if (selection.sortBy !== null) {
      return sql`select found.*, place.sort from (${placesOf([selection], descending, page)}) as place
        cross join lateral (select * from ${table} where ${table}.org_id = ${scope.organization} and ${table}.id = place.id ${constant(byKey)}) as found`
    }
    const rest = page.kind === 'offset' || page.position === null ? constant('') : sql`and ${behind(page.position, descending, false)}`
    return sql`select ${table}.*, null::text as sort ${matching(selection)} ${rest} order by ${orderOf(false, descending)} ${windowOf(page)}`
  }

  /** The groups that somebody is in stand beside them, and what each is called once for the page: people are in the same groups over and over. */
  async function usersOn(page: Sql, order: Sql, wantsGroups: boolean): Promise<readonly Read[]> {
    const rows = await query<UserPageRow>(
      connection,
      wantsGroups
        ? sql`with page as materialized (select users.*, ${constant(groupIdsOfUser)} as group_ids from (${page}) as users)
          select users.sort, ${constant(userViewColumns)}, array_to_string(users.group_ids, ',') as group_ids,
            case when row_number() over () = 1 then (
              select json_object_agg(named.id, named.display_name)
              from (select distinct unnest(group_ids) as id from page) as bond, lateral (select * from groups
                where groups.org_id = ${scope.organization} and groups.id = bond.id ${constant(byKey)}) as named) end as named
          from page as users order by ${order}`
        : sql`select users.sort, ${constant(userViewColumns)}, null as group_ids, null as named from (${page}) as users order by ${order}`,
    )
    const named = groupsFromRow(rows.find((row) => row.named)?.named ?? null)
    const places = new Map<string, number>(named.map(({ id }, place) => [id, place]))
    const groupsOf = (ids: string) => {
      const found = ids.split(',').flatMap((id) => places.get(id) ?? [])
      return found.sort((a, b) => a - b).map((place) => named[place]!)
    }
    return rows.map((row) => ({ item: userItem(row, row.group_ids ? groupsOf(row.group_ids) : []), sort: row.sort }))
  }

  async function groupsOn(page: Sql, order: Sql, wantsMembers: boolean): Promise<readonly Read[]> {
    const rows = await query<GroupViewRow & { readonly sort: string | null }>(
      connection,
      sql`select groups.sort, ${constant(groupViewColumns(wantsMembers))} from (${page}) as groups order by ${order}`,
    )
    return rows.map((row) => ({ item: groupItem(row, wantsMembers), sort: row.sort }))
  }

  /** Of several types: each has its own columns, so what is on the page is read type by type. */
  async function listOver(selections: readonly Selection[], descending: boolean, page: DirectoryPage, wants: Wants): Promise<Listed> {
    const total = await count(selections, descending, page)
    const places = await query<Place>(connection, placesOf(selections, descending, page))
    return { total, places, items: await read(places, wants) }
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

  async function count(selections: readonly Selection[], descending: boolean, page: DirectoryPage): Promise<number> {
    const [counted] = await query<{ total: string }>(connection, sql`select ${totalOf(selections, descending, page)} as total`, {
      isShared: true,
    })
    return Number(counted?.total ?? 0)
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
    return sql`select * from (${join(branches, ' union all ')}) as places order by ${orderOf(isSorted, descending)} ${windowOf(page)}`
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
    return (await run<UserViewRow>(connection, name, text, [scope.organization, ids])).map((row) =>
      userItem(row, groupsFromRow(row.groups)),
    )
  }

  async function readGroups(ids: readonly GroupId[], wantsMembers: boolean): Promise<readonly DirectoryItem[]> {
    const text = `${selectGroupViews(wantsMembers)} where groups.org_id = ? and groups.id = any(?::uuid[])`
    const name = wantsMembers ? 'groups-read-with-members' : 'groups-read'
    return (await run<GroupViewRow>(connection, name, text, [scope.organization, ids])).map((row) => groupItem(row, wantsMembers))
  }
}

function orderOf(isSorted: boolean, descending: boolean): Sql {
  const direction = constant(descending ? 'desc' : 'asc')
  const nulls = constant(descending ? 'nulls first' : 'nulls last')
  return isSorted ? sql`sort collate "C" ${direction} ${nulls}, id ${direction}` : sql`id ${direction}`
}

/** One more than the page holds, which tells whether there is more. */
function windowOf(page: DirectoryPage): Sql {
  return page.kind === 'offset' ? sql`limit ${page.limit + 1} offset ${page.offset}` : sql`limit ${page.limit + 1}`
}

const uniqueNames: ReadonlySet<string> = new Set(['id', 'userName', 'externalId'])
const names: ReadonlySet<string> = new Set([...uniqueNames, 'displayName', 'emails.value'])

/** Whether a filter does nothing but name one resource by what an index finds it by: what providers ask before they create anybody. */
function isLookup({ type, filter, sortBy }: Selection): boolean {
  if (sortBy || filter?.kind !== 'comparison' || filter.operator !== 'eq') return false
  const name = attributeName(filter.target)
  return names.has(name) && (name !== 'displayName' || type === 'Group')
}

/** Whether no two of one type can have what is looked for. */
function namesOne({ filter }: Selection): boolean {
  return filter?.kind === 'comparison' && uniqueNames.has(attributeName(filter.target))
}

function idOf(item: DirectoryItem): string {
  return item.type === 'User' ? item.view.record.user.id : item.view.record.group.id
}

function userItem(row: Omit<UserViewRow, 'groups'>, groups: UserView['groups']): DirectoryItem {
  return { type: 'User', view: userViewFromRow(row, groups) }
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
