import type { GrantedRole, UserId } from '@latchkey/domain'
import type { RoleMappingStore } from '@latchkey/application'
import { compareCodePoints } from '@latchkey/scim'
import type { Scope } from './realm.ts'
import { liveGroup, membersOf } from './views.ts'

export function roleMappingStore({ realm }: Scope): RoleMappingStore {
  const { roleMappings } = realm
  const live = () =>
    roleMappings
      .entries()
      .flatMap(([group, role]) => (liveGroup(realm, group) ? [{ group, role }] : []))
      .sort((a, b) => compareCodePoints(a.group, b.group))
  return {
    list: async () => live(),
    async save(group, role) {
      if (role === null) roleMappings.delete(group)
      else roleMappings.set(group, role)
    },
    async rolesOf(users) {
      const roles = new Map<UserId, readonly GrantedRole[]>()
      for (const { group, role } of live()) {
        for (const user of users) if (membersOf(realm, group).has(user)) roles.set(user, [...(roles.get(user) ?? []), role].sort())
      }
      return roles
    },
    holders: async (role) =>
      [...new Set(live().flatMap((mapping) => (mapping.role === role ? [...membersOf(realm, mapping.group).keys()] : [])))].sort(
        compareCodePoints,
      ),
  }
}
