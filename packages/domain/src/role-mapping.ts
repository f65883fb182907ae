import type { GroupId } from './ids.ts'
import { type Result, ok, refuse } from './result.ts'
import { type GrantedRole, type Role, isAtLeast } from './role.ts'

/** Whoever is a member of the group has at least this role, for as long as they are. */
export interface RoleMapping {
  readonly group: GroupId
  readonly role: GrantedRole
}

/** Nobody gives away more than they have, and nobody takes away what they could not have given. */
export function mapRole(before: GrantedRole | null, after: GrantedRole | null, by: Role): Result<GrantedRole | null, 'above-own-role'> {
  for (const role of [before, after]) if (role !== null && !isAtLeast(by, role)) return refuse('above-own-role')
  return ok(after)
}
