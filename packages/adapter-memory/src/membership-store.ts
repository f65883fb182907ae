import type { GroupId, UserId } from '@latchkey/domain'
import { type MembershipStore, comparable, groupResource } from '@latchkey/application'
import { isArray, matchesElement } from '@latchkey/scim'
import type { Scope } from './realm.ts'
import { groupView, groupsOf, liveGroup, liveUser, membersOf } from './views.ts'

export function membershipStore({ realm, now, locations }: Scope): MembershipStore {
  const removeWhere = (group: GroupId, leaves: (user: UserId) => boolean): readonly UserId[] => {
    const members = [...membersOf(realm, group)]
    const left = members.flatMap(([user]) => (leaves(user) ? [user] : []))
    if (left.length > 0) realm.members.set(group, new Map(members.filter(([user]) => !leaves(user))))
    return left
  }

  return {
    async add(group, users) {
      if (!liveGroup(realm, group)) throw new Error('Only a live group gains members.')
      if (!users.every((user) => liveUser(realm, user))) throw new Error('Only live users become members.')
      const members = membersOf(realm, group)
      const joined = [...new Set(users)].filter((user) => !members.has(user))
      const last = realm.positions.get('position') ?? 0
      const rows = joined.map((user, index) => [user, { position: last + index + 1, since: now }] as const)
      if (joined.length > 0) realm.members.set(group, new Map([...members, ...rows]))
      realm.positions.set('position', last + joined.length)
      return joined
    },

    async remove(group, users) {
      const leaving = new Set(users)
      return removeWhere(group, (user) => leaving.has(user))
    },

    async removeOthers(group, users) {
      const staying = new Set(users)
      return removeWhere(group, (user) => !staying.has(user))
    },

    async matching(group, filter) {
      const record = liveGroup(realm, group)
      if (!record) return []
      const view = groupView(realm, record, { members: true })
      const { members } = groupResource(view, locations)
      const elements = isArray(members) ? members : []
      return (view.members ?? []).filter((_, index) => matchesElement(filter, elements[index] ?? null, comparable)).map(({ id }) => id)
    },

    groupsOf: async (user) => groupsOf(realm, user),

    async removeUser(user) {
      const groups = groupsOf(realm, user)
      for (const group of groups) removeWhere(group, (member) => member === user)
      return groups
    },
  }
}
