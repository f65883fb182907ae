import type { GroupId, UserId } from '@latchkey/domain'
import { type MembershipStore, comparable, groupResource } from '@latchkey/application'
import { isArray, matchesElement } from '@latchkey/scim'
import type { Scope } from './realm.ts'
import { groupView, groupsOf, liveGroup, liveUser, memberShown, membersOf } from './views.ts'

export function membershipStore({ realm, now, locations }: Scope): MembershipStore {
  const append = (group: GroupId, users: readonly UserId[]): void => {
    const last = realm.positions.get('position') ?? 0
    const rows = users.map((user, index) => [user, { position: last + index + 1, since: now }] as const)
    if (users.length > 0) realm.members.set(group, new Map([...membersOf(realm, group), ...rows]))
    realm.positions.set('position', last + users.length)
  }
  const removeWhere = (group: GroupId, leaves: (user: UserId) => boolean): readonly UserId[] => {
    const members = [...membersOf(realm, group)]
    const left = members.flatMap(([user]) => (leaves(user) ? [user] : []))
    if (left.length > 0) realm.members.set(group, new Map(members.filter(([user]) => !leaves(user))))
    return left
  }

  return {
    async add(group, users) {
      const named = [...new Set(users)]
      const members = membersOf(realm, group)
      const joined = liveGroup(realm, group) ? named.filter((user) => liveUser(realm, user) && !members.has(user)) : []
      append(group, joined)
      return { joined, unknown: named.filter((user) => !liveUser(realm, user)) }
    },

    standing: async (group, user) => ({ isLive: liveUser(realm, user) !== undefined, isMember: membersOf(realm, group).has(user) }),

    join: async (group, users) => append(group, users),

    async leave(group, users) {
      const leaving = new Set(users)
      removeWhere(group, (user) => leaving.has(user))
    },

    fill: async (group, users) => append(group, users),

    live: async (users) => users.flatMap((id) => memberShown(realm, id)),

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
