/** What a person may do in their organisation. `owner` is stored and never comes from a group. */
export type Role = 'member' | 'auditor' | 'admin' | 'owner'

/** What a group may map to. */
export type GrantedRole = Exclude<Role, 'owner'>

const order: readonly Role[] = ['member', 'auditor', 'admin', 'owner']

/** The highest of a person's own role, the mapped roles of their present groups, and the organisation's default. Computed, so it cannot go stale. */
export function effectiveRole(own: Role | null, mapped: readonly GrantedRole[], byDefault: GrantedRole): Role {
  return [byDefault, ...mapped, ...(own ? [own] : [])].reduce<Role>((high, role) => (rank(role) > rank(high) ? role : high), byDefault)
}

/** Whether one role may do whatever another one may. */
export function isAtLeast(role: Role, least: Role): boolean {
  return rank(role) >= rank(least)
}

function rank(role: Role): number {
  return order.indexOf(role)
}
