import { type UserId, groupId, userId } from '@latchkey/domain'
import type { Locations, MembershipStore } from '@latchkey/application'
import { type Connection, query, run } from './database.ts'
import { memberCondition } from './filter/member-attributes.ts'
import type { Scope } from './scope.ts'
import { sql } from './sql.ts'

export function membershipStore(connection: Connection, { organization, now }: Scope, locations: Locations): MembershipStore {
  return {
    async add(group, users) {
      if (users.length === 0) return []
      const text = `insert into memberships (org_id, group_id, user_id, since) select ?::uuid, ?::uuid, unnest(?::uuid[]), ?::timestamptz
        on conflict do nothing returning user_id`
      return usersOf(await run(connection, 'members-add', text, [organization, group, users, new Date(now).toISOString()]))
    },

    async remove(group, users) {
      if (users.length === 0) return []
      const text = 'delete from memberships where org_id = ? and group_id = ? and user_id = any(?::uuid[]) returning user_id'
      return usersOf(await run(connection, 'members-remove', text, [organization, group, users]))
    },

    async removeOthers(group, users) {
      const text = 'delete from memberships where org_id = ? and group_id = ? and not user_id = any(?::uuid[]) returning user_id'
      return usersOf(await run(connection, 'members-remove-others', text, [organization, group, users]))
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

function usersOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly UserId[] {
  return rows.map((row) => userId(String(row['user_id'])))
}

function groupsOf(rows: readonly Readonly<Record<string, unknown>>[]) {
  return rows.map((row) => groupId(String(row['group_id']))).sort()
}
