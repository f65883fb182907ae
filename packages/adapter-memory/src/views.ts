import { type GroupId, type UserId, canonicalText, isId, userId } from '@latchkey/domain'
import { type GroupRecord, type GroupView, type Member, type UserRecord, type UserView, managerValue } from '@latchkey/application'
import { compareCodePoints } from '@latchkey/scim'
import type { MembershipRow, Realm } from './realm.ts'

export function liveUser(realm: Realm, id: UserId): UserRecord | undefined {
  const record = realm.users.get(id)?.record
  return record?.user.directory === 'deleted' ? undefined : record
}

/** In the order of their creation, which is that of their ids. */
export function liveUsers(realm: Realm): readonly UserRecord[] {
  return realm.users
    .values()
    .flatMap(({ record }) => (record.user.directory === 'deleted' ? [] : [record]))
    .sort((a, b) => compareCodePoints(a.user.id, b.user.id))
}

export function liveGroup(realm: Realm, id: GroupId): GroupRecord | undefined {
  const row = realm.groups.get(id)
  return row?.deletedAt === null ? row.record : undefined
}

/** In the order of their creation, which is that of their ids. */
export function liveGroups(realm: Realm): readonly GroupRecord[] {
  return realm.groups
    .values()
    .flatMap(({ record, deletedAt }) => (deletedAt === null ? [record] : []))
    .sort((a, b) => compareCodePoints(a.group.id, b.group.id))
}

export function membersOf(realm: Realm, group: GroupId): ReadonlyMap<UserId, MembershipRow> {
  return realm.members.get(group) ?? new Map()
}

export function groupsOf(realm: Realm, user: UserId): readonly GroupId[] {
  return realm.members
    .entries()
    .flatMap(([group, members]) => (members.has(user) ? [group] : []))
    .sort(compareCodePoints)
}

export function userView(realm: Realm, record: UserRecord, wants: { readonly groups: boolean }): UserView {
  return { record, groups: wants.groups ? namedGroupsOf(realm, record.user.id) : [], manager: managerOf(realm, record) }
}

export function groupView(realm: Realm, record: GroupRecord, wants: { readonly members: boolean }): GroupView {
  return { record, members: wants.members ? [...membersOf(realm, record.group.id).keys()].flatMap((id) => memberShown(realm, id)) : null }
}

function namedGroupsOf(realm: Realm, user: UserId): UserView['groups'] {
  return groupsOf(realm, user)
    .flatMap((id) => realm.groups.get(id)?.record.group ?? [])
    .map(({ id, displayName }) => ({ id, displayName }))
    .sort((a, b) => compareCodePoints(canonicalText(a.displayName), canonicalText(b.displayName)))
}

function managerOf(realm: Realm, { attributes }: UserRecord): UserView['manager'] {
  const value = managerValue(attributes)
  const manager = value !== null && isId(value) ? liveUser(realm, userId(value)) : undefined
  return manager ? { id: manager.user.id, displayName: displayNameOf(manager) } : null
}

/** A live user as a member is shown; of anybody else nothing. */
export function memberShown(realm: Realm, id: UserId): readonly Member[] {
  const record = liveUser(realm, id)
  return record ? [{ id, display: displayNameOf(record) ?? record.user.userName }] : []
}

function displayNameOf({ attributes: { displayName } }: UserRecord): string | null {
  return typeof displayName === 'string' ? displayName : null
}
