import type { GroupId, UserId } from '@latchkey/domain'
import type { ResolvedFilter } from '@latchkey/scim'
import type { Member } from './group-store.ts'

/** Memberships are rows. Every cost here follows the users named, never the size of the group, unless the method says otherwise. */
export interface MembershipStore {
  /** Adds those who are live and no members yet, to a group that is live. None who is live can be deleted before the transaction ends. */
  add(group: GroupId, users: readonly UserId[]): Promise<Added>

  /** How a user stands to a group. Who is to join, and is live, cannot be deleted before the transaction ends. */
  standing(group: GroupId, user: UserId, to: 'join' | 'leave'): Promise<Standing>

  /** Users who stand to join: live, and no members yet. */
  join(group: GroupId, users: readonly UserId[]): Promise<void>

  /** Users who are members. */
  leave(group: GroupId, users: readonly UserId[]): Promise<void>

  /** The first members of a group that this transaction made: users whom `live` answered, each once. */
  fill(group: GroupId, users: readonly UserId[]): Promise<void>

  /** Those of the users who are live, as members are shown, in the order in which they are named. None of them can be deleted before the transaction ends. */
  live(users: readonly UserId[]): Promise<readonly Member[]>

  /** Removes those who are members, and answers who they were. */
  remove(group: GroupId, users: readonly UserId[]): Promise<readonly UserId[]>

  /** Removes everybody but `users`, and answers who left. The cost follows the group: it is what was asked for. */
  removeOthers(group: GroupId, users: readonly UserId[]): Promise<readonly UserId[]>

  /** The members that a filter on `members` sub-attributes selects (`members[display sw "A"]`). The cost follows the group. */
  matching(group: GroupId, filter: ResolvedFilter): Promise<readonly UserId[]>

  /** The groups of a user, in the order of their ids. */
  groupsOf(user: UserId): Promise<readonly GroupId[]>

  /** Ends every membership of a user, and answers in which groups, in the order of their ids. */
  removeUser(user: UserId): Promise<readonly GroupId[]>
}

export interface Standing {
  readonly isLive: boolean
  readonly isMember: boolean
}

export interface Added {
  /** Who was no member before. */
  readonly joined: readonly UserId[]
  /** Who is not live, whatever the group is. */
  readonly unknown: readonly UserId[]
}
