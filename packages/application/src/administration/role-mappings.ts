import {
  type GrantedRole,
  type GroupId,
  type Result,
  type Role,
  type RoleMapping,
  type UserId,
  effectiveRole,
  mapRole,
  ok,
  refuse,
} from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import type { Administrator } from './administrator.ts'

export type MapRoleRefusal = 'group-not-found' | 'above-own-role'

/** Somebody whose role a mapping would change. */
export interface RoleChange {
  readonly user: UserId
  readonly userName: string
  readonly before: Role
  readonly after: Role
}

export class RoleMappings {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  list({ organization }: Administrator): Promise<readonly RoleMapping[]> {
    return this.#storage.read(organization.id, ({ roleMappings }) => roleMappings.list())
  }

  /** Null takes the mapping away. It counts from the next request of each member on, with nobody's session ended. */
  save({ organization, actor, role: by }: Administrator, group: GroupId, role: GrantedRole | null): Promise<Result<void, MapRoleRefusal>> {
    return this.#storage.transaction(organization.id, async ({ groups, roleMappings, audit }) => {
      if (!(await groups.lock(group))) return refuse('group-not-found')
      const before = (await roleMappings.list()).find((mapping) => mapping.group === group)?.role ?? null
      const mapped = mapRole(before, role, by)
      if (!mapped.ok) {
        await audit.append(actor, { kind: 'action-refused', action: 'map-role', reason: 'above-own-role' })
        return mapped
      }
      if (before === role) return ok(undefined)
      await roleMappings.save(group, role)
      await audit.append(actor, { kind: 'role-mapped', group, role })
      return ok(undefined)
    })
  }

  /** Who would change, and from what to what, if the mapping were saved. */
  preview(
    { organization }: Administrator,
    group: GroupId,
    role: GrantedRole | null,
  ): Promise<Result<readonly RoleChange[], 'group-not-found'>> {
    return this.#storage.read(organization.id, async ({ groups, users, roleMappings }) => {
      const view = await groups.get(group, { members: true })
      if (!view) return refuse('group-not-found')
      const ids = (view.members ?? []).map(({ id }) => id)
      const mappings = await roleMappings.list()
      const changes: RoleChange[] = []
      for (const id of ids) {
        const member = await users.get(id, { groups: true })
        if (!member) continue
        const { user } = member.record
        const others = mappings.filter((mapping) => mapping.group !== group && member.groups.some((one) => one.id === mapping.group))
        const present = mappings.find((mapping) => mapping.group === group)?.role ?? null
        const roleWith = (own: GrantedRole | null) =>
          effectiveRole(
            user.role,
            [...others.map((mapping) => mapping.role), ...(own === null ? [] : [own])],
            organization.settings.defaultRole,
          )
        const [before, after] = [roleWith(present), roleWith(role)]
        if (before !== after) changes.push({ user: id, userName: user.userName, before, after })
      }
      return ok(changes)
    })
  }
}
