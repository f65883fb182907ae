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

export interface RolePreview {
  readonly total: number
  /** The first hundred. */
  readonly changes: readonly RoleChange[]
}

const batchSize = 1_000
const shownMax = 100

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

  /** How many would change, and the first of them from what to what, if the mapping were saved. The cost follows the group. */
  preview({ organization }: Administrator, group: GroupId, role: GrantedRole | null): Promise<Result<RolePreview, 'group-not-found'>> {
    return this.#storage.read(organization.id, async ({ groups, users, roleMappings }) => {
      const view = await groups.get(group, { members: true })
      if (!view) return refuse('group-not-found')
      const present = (await roleMappings.list()).find((mapping) => mapping.group === group)?.role ?? null
      const changes: RoleChange[] = []
      let total = 0
      for (const ids of batches((view.members ?? []).map(({ id }) => id))) {
        const [people, mapped] = [await users.brief(ids), await roleMappings.rolesOf(ids)]
        for (const [id, { userName, role: own }] of people) {
          const given = mapped.get(id) ?? []
          const ofGroup = present === null ? -1 : given.indexOf(present)
          const others = given.filter((_, index) => index !== ofGroup)
          const roleWith = (one: GrantedRole | null) =>
            effectiveRole(own, one === null ? others : [...others, one], organization.settings.defaultRole)
          const [before, after] = [roleWith(present), roleWith(role)]
          if (before === after) continue
          total += 1
          if (changes.length < shownMax) changes.push({ user: id, userName, before, after })
        }
      }
      return ok({ total, changes })
    })
  }
}

function* batches(ids: readonly UserId[]): Generator<readonly UserId[]> {
  for (let from = 0; from < ids.length; from += batchSize) yield ids.slice(from, from + batchSize)
}
