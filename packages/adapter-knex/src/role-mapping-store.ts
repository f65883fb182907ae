import { type GrantedRole, type UserId, groupId, userId } from '@latchkey/domain'
import type { RoleMappingStore } from '@latchkey/application'
import { type Connection, run } from './database.ts'
import type { Scope } from './scope.ts'

export function roleMappingStore(connection: Connection, { organization }: Scope): RoleMappingStore {
  return {
    async list() {
      const text = `select role_mappings.group_id, role_mappings.role from role_mappings
        join groups on groups.org_id = role_mappings.org_id and groups.id = role_mappings.group_id and groups.deleted_at is null
        where role_mappings.org_id = ? order by role_mappings.group_id`
      const rows = await run<{ group_id: string; role: GrantedRole }>(connection, 'role-mappings', text, [organization])
      return rows.map(({ group_id: group, role }) => ({ group: groupId(group), role }))
    },

    async save(group, role) {
      if (role === null) {
        await run(connection, 'role-mapping-delete', 'delete from role_mappings where org_id = ? and group_id = ?', [organization, group])
        return
      }
      const text = `insert into role_mappings (org_id, group_id, role) values (?, ?, ?)
        on conflict (org_id, group_id) do update set role = excluded.role`
      await run(connection, 'role-mapping-save', text, [organization, group, role])
    },

    async rolesOf(users) {
      if (users.length === 0) return new Map()
      // A deleted group has no memberships.
      const text = `select memberships.user_id, role_mappings.role from memberships
        join role_mappings on role_mappings.org_id = memberships.org_id and role_mappings.group_id = memberships.group_id
        where memberships.org_id = ? and memberships.user_id = any(?::uuid[]) order by memberships.user_id, role_mappings.role`
      const rows = await run<{ user_id: string; role: GrantedRole }>(connection, 'mapped-roles', text, [organization, users])
      const roles = new Map<UserId, readonly GrantedRole[]>()
      for (const { user_id: id, role } of rows) roles.set(userId(id), [...(roles.get(userId(id)) ?? []), role])
      return roles
    },

    async holders(role) {
      const text = `select distinct memberships.user_id from role_mappings
        join memberships on memberships.org_id = role_mappings.org_id and memberships.group_id = role_mappings.group_id
        where role_mappings.org_id = ? and role_mappings.role = ? order by memberships.user_id`
      const rows = await run<{ user_id: string }>(connection, 'mapped-role-holders', text, [organization, role])
      return rows.map(({ user_id: id }) => userId(id))
    },
  }
}
