import type { GrantedRole, GroupId, RoleMapping, UserId } from '@latchkey/domain'

export interface RoleMappingStore {
  /** Those of live groups, in the order of the groups' ids. */
  list(): Promise<readonly RoleMapping[]>
  /** Null takes the mapping away. The group is live. */
  save(group: GroupId, role: GrantedRole | null): Promise<void>
  /** The roles that groups give to each of these users; whoever gets none is left out. */
  rolesOf(users: readonly UserId[]): Promise<ReadonlyMap<UserId, readonly GrantedRole[]>>
  /** The users to whom a group gives this role, in the order of their ids. */
  holders(role: GrantedRole): Promise<readonly UserId[]>
}
