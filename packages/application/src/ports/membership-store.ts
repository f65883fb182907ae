import type { GroupId, UserId } from '@latchkey/domain'
import type { ResolvedFilter } from '@latchkey/scim'

/** Memberships are rows. Every cost here follows the users named, never the size of the group, unless the method says otherwise. */
export interface MembershipStore {
  /** Adds those who are not members yet, and answers who they were. The users are live. */
  add(group: GroupId, users: readonly UserId[]): Promise<readonly UserId[]>

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
