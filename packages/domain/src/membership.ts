import type { UserId } from './ids.ts'

/** One thing asked of a group's members, in the order in which it was asked. */
export type MembershipWish =
  | { readonly kind: 'join'; readonly users: readonly UserId[] }
  | { readonly kind: 'leave'; readonly users: readonly UserId[] }
  | { readonly kind: 'become'; readonly users: readonly UserId[] }

/**
 * What a list of wishes comes to. `rest` says what happens to members whom no wish names: they are never read, so that the cost of a change
 * follows the change and not the group.
 */
export interface MembershipChange {
  readonly rest: 'stay' | 'leave'
  readonly joining: readonly UserId[]
  readonly leaving: readonly UserId[]
}

/** Later wishes win over earlier ones; joining twice or leaving twice is once. */
export function membershipChange(wishes: readonly MembershipWish[]): MembershipChange {
  let rest: MembershipChange['rest'] = 'stay'
  const joining = new Set<UserId>()
  const leaving = new Set<UserId>()
  for (const wish of wishes) {
    if (wish.kind === 'become') {
      rest = 'leave'
      joining.clear()
      leaving.clear()
    }
    for (const user of wish.users) {
      const [into, outOf] = wish.kind === 'leave' ? [leaving, joining] : [joining, leaving]
      outOf.delete(user)
      if (into === joining || rest === 'stay') into.add(user)
    }
  }
  return { rest, joining: [...joining], leaving: [...leaving] }
}
