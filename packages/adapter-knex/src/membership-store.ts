import { type UserId, groupId, userId } from '@latchkey/domain'
import type { Locations, MembershipStore } from '@latchkey/application'
import { type Connection, defer, insert, query, run } from './database.ts'
import { memberCondition } from './filter/member-attributes.ts'
import { memberDisplay } from './group-store.ts'
import { holdLive, holding } from './holding.ts'
import type { Scope } from './scope.ts'
import { sql } from './sql.ts'
import type { Into } from './statement.ts'

export function membershipStore(
  connection: Connection,
  { organization, now, takesForGranted, recollection }: Scope,
  locations: Locations,
): MembershipStore {
  return {
    async add(group, users) {
      const [user, ...others] = users
      if (user === undefined) return { joined: [], unknown: [] }
      if (others.length === 0) {
        const [row] = await run<{ is_live: boolean; joins: boolean }>(connection, 'member-add', addOne, [organization, user, group])
        return { joined: row?.joins ? [user] : [], unknown: row?.is_live ? [] : [user] }
      }
      const [row] = await run<{ joined: string | null; unknown: string | null }>(connection, 'members-add', addSeveral, [
        users,
        organization,
        organization,
        group,
      ])
      return { joined: listed(row?.joined), unknown: listed(row?.unknown) }
    },

    async standing(group, user, to) {
      // Who is to join is none yet, and who is to leave is one: seldom is it otherwise, and then the write fails.
      if (recollection?.isAll) return { isLive: true, isMember: to === 'leave' }
      const locks = to === 'join' && !takesForGranted
      const [row] = await run<{ is_member: boolean }>(
        connection,
        locks ? 'member-standing-held' : 'member-standing',
        locks ? `${standing} for share of users` : standing,
        [group, organization, user],
        { isQuick: true },
      )
      return { isLive: row !== undefined, isMember: row?.is_member ?? false }
    },

    async join(group, users) {
      if (takesForGranted) for (const user of users) holdLive(connection, organization, user)
      const since = new Date(now).toISOString()
      for (const user of users) insert(connection, members, [organization, group, user, since])
    },

    async leave(group, users) {
      const [name, text] = recollection?.isAll ? leavingHeld : leavingAnyway
      for (const user of users) defer(connection, name, text, [organization, group, user])
    },

    async fill(group, users) {
      if (users.length === 0) return
      const text = `insert into memberships (org_id, group_id, user_id, since) select ?::uuid, ?::uuid, unnest(?::uuid[]), ${transactionTime}`
      defer(connection, 'members-fill', text, [organization, group, users])
    },

    async live(users) {
      if (users.length === 0) return []
      const text = `select live.id, live.display from unnest((select ?::uuid[])) with ordinality as named (id, place)
        cross join lateral (select users.id, ${memberDisplay} as display from users
          where users.org_id = ? and users.id = named.id and users.directory <> 'deleted' for share) as live order by named.place`
      const rows = await run<{ id: string; display: string }>(connection, 'members-live', text, [users, organization])
      return rows.map(({ id, display }) => ({ id: userId(id), display }))
    },

    async remove(group, users) {
      const [user, ...others] = users
      if (user === undefined) return []
      if (others.length === 0) {
        const text = 'delete from memberships where org_id = ? and group_id = ? and user_id = ? returning user_id'
        return usersOf(await run(connection, 'member-remove', text, [organization, group, user]))
      }
      const text = leaving(
        'delete from memberships where org_id = ? and group_id = ? and user_id = any((select ?::uuid[])::uuid[]) returning user_id',
      )
      const [row] = await run<{ gone: string | null }>(connection, 'members-remove', text, [organization, group, users])
      return listed(row?.gone)
    },

    async removeOthers(group, users) {
      // A set that is not in an array: PostgreSQL looks it up in a hash table, whatever it expects of the number of users.
      const text = leaving(
        `delete from memberships where org_id = ? and group_id = ? and user_id not in (select unnest(?::uuid[])) returning user_id`,
      )
      const [row] = await run<{ gone: string | null }>(connection, 'members-remove-others', text, [organization, group, users])
      return listed(row?.gone)
    },

    async matching(group, filter) {
      const rows = await query(
        connection,
        sql`select member.id as user_id from memberships join users as member on member.org_id = memberships.org_id and member.id = memberships.user_id
          where memberships.org_id = ${organization} and memberships.group_id = ${group} and ${memberCondition(filter, locations)}`,
      )
      return usersOf(rows)
    },

    async groupsOf(user) {
      const text = 'select group_id from memberships where org_id = ? and user_id = ? order by group_id'
      return groupsOf(await run(connection, 'memberships-of-user', text, [organization, user]))
    },

    async removeUser(user) {
      const text = 'delete from memberships where org_id = ? and user_id = ? returning group_id'
      return groupsOf(await run(connection, 'memberships-remove-user', text, [organization, user]))
    },
  }
}

const leaveText = 'delete from memberships where org_id = ? and group_id = ? and user_id = ?'
const leavingAnyway = ['member-leave', leaveText] as const
const leavingHeld = ['member-leave-held', holding(`${leaveText} returning 1`)] as const

const members: Into = { name: 'member-join', table: 'memberships (org_id, group_id, user_id, since)', width: 4 }

const standing = `select exists (select from memberships where memberships.org_id = users.org_id and memberships.group_id = ? and memberships.user_id = users.id) as is_member
  from users where users.org_id = ? and users.id = ? and users.directory <> 'deleted'`

/** When the transaction began, in whole milliseconds as every other time: whoever joins with its beginning does so before anybody has told it the time. */
const transactionTime = "date_trunc('milliseconds', now())"

/**
 * Who is live is locked against deletion, and joins if the group is live too: one statement, so that it can be asked before either is known. The one that everybody
 * asks has no array: PostgreSQL would plan it anew each time for the array's length.
 */
const addOne = `with live as materialized (select users.org_id, users.id from users where org_id = ? and id = ? and directory <> 'deleted' for share),
  added as (insert into memberships (org_id, group_id, user_id, since)
    select groups.org_id, groups.id, live.id, ${transactionTime} from live join groups on groups.org_id = live.org_id and groups.id = ? and groups.deleted_at is null
    on conflict do nothing returning user_id)
  select exists (select from live) as is_live, exists (select from added) as joins`

/** The same for several, each found by its key; they join in the order in which they are named. The array comes out of a subquery so that its length is unknown. */
const addSeveral = `with named as materialized (
    select named.id, named.place, live.id is not null as is_live from unnest((select ?::uuid[])) with ordinality as named (id, place)
      left join lateral (select users.id from users where users.org_id = ? and users.id = named.id and users.directory <> 'deleted' for share) as live on true),
  added as (insert into memberships (org_id, group_id, user_id, since)
    select groups.org_id, groups.id, named.id, ${transactionTime} from groups cross join named
      where groups.org_id = ? and groups.id = ? and groups.deleted_at is null and named.is_live order by named.place
    on conflict do nothing returning user_id)
  select (select string_agg(user_id::text, ',') from added) as joined, (select string_agg(id::text, ',') from named where not is_live) as unknown`

/** Who left, as one text: ten thousand rows are ten thousand messages. */
function leaving(remove: string): string {
  return `with gone as (${remove}) select string_agg(user_id::text, ',') as gone from gone`
}

function listed(ids: string | null | undefined): readonly UserId[] {
  return ids ? ids.split(',').map(userId) : []
}

function usersOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly UserId[] {
  return rows.map((row) => userId(String(row['user_id'])))
}

function groupsOf(rows: readonly Readonly<Record<string, unknown>>[]) {
  return rows.map((row) => groupId(String(row['group_id']))).sort()
}
