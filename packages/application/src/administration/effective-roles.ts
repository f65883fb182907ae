import { type Organization, type Role, type User, type UserId, effectiveRole } from '@latchkey/domain'
import type { ReadStores } from '../ports/storage.ts'

/** What each of these people may do now: computed, so that it follows every change of a group at once (invariant 32). */
export async function effectiveRoles(
  { roleMappings }: Pick<ReadStores, 'roleMappings'>,
  { settings }: Pick<Organization, 'settings'>,
  users: readonly Pick<User, 'id' | 'role'>[],
): Promise<ReadonlyMap<UserId, Role>> {
  const mapped = users.length === 0 ? new Map<UserId, never[]>() : await roleMappings.rolesOf(users.map(({ id }) => id))
  return new Map(users.map(({ id, role }) => [id, effectiveRole(role, mapped.get(id) ?? [], settings.defaultRole)]))
}
