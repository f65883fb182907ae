import { type GroupId, type UserId, groupId, userId } from '@latchkey/domain'
import type { DirectoryItem, DirectoryPage, DirectoryStore, Locations, Position, Selection } from '@latchkey/application'
import { isObject } from '@latchkey/scim'
import { type Connection, query, run } from './database.ts'
import { compileFilter } from './filter/compile-filter.ts'
import { groupSources } from './filter/group-attributes.ts'
import { sortExpression } from './filter/sort-expression.ts'
import { userSources } from './filter/user-attributes.ts'
import { type GroupRow, groupColumns, groupFromRow, membersOf } from './group-store.ts'
import type { Scope } from './scope.ts'
import { type Sql, constant, join, sql } from './sql.ts'
import { selectUserViews, userViewFromRow } from './user-store.ts'

/** A resource of a page before it is read: its type, its id, and the text it is sorted by. */
interface Place {
  readonly type: 'User' | 'Group'
  readonly id: string
  readonly sort: string | null
}

export function directoryStore(connection: Connection, scope: Scope, locations: Locations): DirectoryStore {
  const tables = {
    User: { sources: userSources(locations), live: constant("users.directory <> 'deleted'"), table: constant('users') },
    Group: { sources: groupSources(locations), live: constant('groups.deleted_at is null'), table: constant('groups') },
  }

  const matching = ({ type, filter }: Selection): Sql => {
    const { table, live, sources } = tables[type]
    const condition = filter ? sql`and ${compileFilter(filter, sources)}` : constant('')
    return sql`from ${table} where ${table}.org_id = ${scope.organization} and ${live} ${condition}`
  }

  return {
    async list({ selections, descending, page, wants }) {
      if (selections.length === 0) return { total: 0, items: [], next: null }
      const counts = selections.map((selection) => sql`(select count(*) ${matching(selection)})`)
      const [counted] = await query<{ total: string }>(connection, sql`select ${join(counts, ' + ')} as total`)
      const total = Number(counted?.total ?? 0)
      if (page.limit === 0) return { total, items: [], next: null }

      const places = await query<Place>(connection, placesOf(selections, descending, page))
      const more = page.kind === 'after' && places.length > page.limit
      const shown = more ? places.slice(0, page.limit) : places
      const last = shown.at(-1)
      return { total, items: await read(shown, wants), next: more && last ? ([last.sort, last.id] satisfies Position) : null }
    },
  }

  /** One statement for the order of a page; one more of each type reads what is on it. */
  function placesOf(selections: readonly Selection[], descending: boolean, page: DirectoryPage): Sql {
    const isSorted = selections.some(({ sortBy }) => sortBy !== null)
    const branches = selections.map((selection) => {
      const { table, sources } = tables[selection.type]
      const sort = selection.sortBy ? sortExpression(selection.sortBy, sources) : constant('null::text')
      const place = sql`select ${selection.type}::text as type, ${table}.id, ${sort} as sort ${matching(selection)}`
      return page.kind === 'after' && page.position !== null
        ? sql`select * from (${place}) as place where ${behind(page.position, descending, isSorted)}`
        : place
    })
    const direction = constant(descending ? 'desc' : 'asc')
    const nulls = constant(descending ? 'nulls first' : 'nulls last')
    const order = isSorted ? sql`sort collate "C" ${direction} ${nulls}, id ${direction}` : sql`id ${direction}`
    const window = page.kind === 'offset' ? sql`limit ${page.limit} offset ${page.offset}` : sql`limit ${page.limit + 1}`
    return sql`select * from (${join(branches, ' union all ')}) as places order by ${order} ${window}`
  }

  async function read(
    places: readonly Place[],
    wants: { readonly groups: boolean; readonly members: boolean },
  ): Promise<readonly DirectoryItem[]> {
    const users = places.filter(({ type }) => type === 'User').map(({ id }) => userId(id))
    const groups = places.filter(({ type }) => type === 'Group').map(({ id }) => groupId(id))
    const items = new Map<string, DirectoryItem>()
    for (const item of users.length > 0 ? await readUsers(users, wants.groups) : []) items.set(item.view.record.user.id, item)
    for (const item of groups.length > 0 ? await readGroups(groups, wants.members) : []) items.set(item.view.record.group.id, item)
    return places.flatMap(({ id }) => items.get(id) ?? [])
  }

  async function readUsers(ids: readonly UserId[], wantsGroups: boolean) {
    const text = `${selectUserViews(wantsGroups)} where users.org_id = ? and users.id = any(?::uuid[])`
    const rows = await run<Parameters<typeof userViewFromRow>[0]>(connection, wantsGroups ? 'users-read-with-groups' : 'users-read', text, [
      scope.organization,
      ids,
    ])
    return rows.map((row) => ({ type: 'User', view: userViewFromRow(row) }) as const)
  }

  async function readGroups(ids: readonly GroupId[], wantsMembers: boolean) {
    const text = `select ${groupColumns} from groups where org_id = ? and id = any(?::uuid[])`
    const rows = await run<GroupRow>(connection, 'groups-read', text, [scope.organization, ids])
    const members = wantsMembers ? await membersOf(connection, scope, ids) : null
    return rows.map((row) => {
      const record = groupFromRow(row)
      return { type: 'Group', view: { record, members: members && (members.get(record.group.id) ?? []) } } as const
    })
  }
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
