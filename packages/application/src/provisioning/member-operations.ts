import { type GroupId, type MembershipChange, type MembershipWish, type UserId, membershipChange } from '@latchkey/domain'
import { type MemberOperation, ScimError } from '@latchkey/scim'
import type { Added, MembershipStore } from '../ports/membership-store.ts'
import type { FirstStores, SeenStores } from '../ports/storage.ts'
import { usersNamed } from './members.ts'

export interface Moved {
  readonly joined: readonly UserId[]
  readonly left: readonly UserId[]
}

/**
 * What a list of operations comes to. Those that name their users become one change; only one that selects members by a filter has to look
 * at the group in between.
 */
export interface MemberPlan {
  /** Every value that would become a member, as it was sent, even if a later operation takes it out again. */
  readonly values: readonly string[]
  readonly first: MembershipChange
  /** Begins with one that selects by a filter. */
  readonly rest: readonly MemberOperation[]
  /** Users that some value names and the first change does not add. */
  readonly alsoNamed: readonly UserId[]
}

type Selecting = Extract<MemberOperation, { readonly filter: unknown }>

export function memberPlan(operations: readonly MemberOperation[]): MemberPlan {
  const values = operations.flatMap((operation) => ('ids' in operation && operation.kind !== 'remove' ? operation.ids : []))
  const until = operations.findIndex(isSelecting)
  const [before, rest] = until < 0 ? [operations, []] : [operations.slice(0, until), operations.slice(until)]
  const first = membershipChange(before.flatMap((operation) => (isSelecting(operation) ? [] : [wish(operation)])))
  // The usual list adds everybody whom it names.
  if (operations.length === 1 && rest.length === 0) return { values, first, rest, alsoNamed: [] }
  const joining = new Set(first.joining)
  return { values, first, rest, alsoNamed: usersNamed(values).filter((user) => !joining.has(user)) }
}

/** Of how many users it is worth looking first how each stands to the group. */
const fewMax = 4

/** Whether a plan is no more than that a few users join or leave. */
export function isOfFew({ first: { rest, joining, leaving }, rest: others, alsoNamed }: MemberPlan): boolean {
  return others.length === 0 && rest === 'stay' && alsoNamed.length === 0 && joining.length + leaving.length <= fewMax
}

/** What a plan of few comes to, and nothing of it carried out. */
export async function seeMembers(
  { first: { joining, leaving } }: MemberPlan,
  group: GroupId,
  { memberships }: Pick<SeenStores, 'memberships'>,
): Promise<Pick<MembersAsked, 'moved' | 'unknown'>> {
  const [toJoin, toLeave] = await Promise.all([
    Promise.all(joining.map((user) => memberships.standing(group, user, 'join'))),
    Promise.all(leaving.map((user) => memberships.standing(group, user, 'leave'))),
  ])
  const joined = joining.filter((_, index) => toJoin[index]?.isLive && !toJoin[index].isMember)
  const left = leaving.filter((_, index) => toLeave[index]?.isMember)
  return { moved: { joined, left }, unknown: new Set(joining.filter((_, index) => !toJoin[index]?.isLive)) }
}

/** What was carried out before it is known whether it may be; everything of it goes with the transaction. */
export interface MembersAsked {
  readonly moved: Moved
  /** Users named who are not live. */
  readonly unknown: ReadonlySet<UserId>
  /** Whom the filter of the first operation of the rest selects. */
  readonly selected: readonly UserId[]
}

/** Everything of a plan that needs no other answer, asked at once: with the beginning of a transaction, behind the lock of the group. */
export async function askMembers(
  { first, rest: [next], alsoNamed }: MemberPlan,
  group: GroupId,
  { users, memberships }: Pick<FirstStores, 'users' | 'memberships'>,
): Promise<MembersAsked> {
  const [{ joined, left, unknown }, live, selected] = await Promise.all([
    carryOut(first, group, memberships),
    alsoNamed.length > 0 ? users.lockLive(alsoNamed) : new Set<UserId>(),
    next && isSelecting(next) ? memberships.matching(group, next.filter) : [],
  ])
  return { moved: { joined, left }, unknown: new Set([...unknown, ...alsoNamed.filter((user) => !live.has(user))]), selected }
}

/** Carries out the rest of a plan, whose users are all live, in its order. */
export async function finishMembers(
  { rest }: MemberPlan,
  { moved, selected }: MembersAsked,
  group: GroupId,
  memberships: MembershipStore,
): Promise<Moved> {
  if (rest.length === 0) return moved
  const joined = new Set(moved.joined)
  const left = new Set(moved.left)
  let wishes: MembershipWish[] = []
  const flush = async () => {
    const more = await carryOut(membershipChange(wishes), group, memberships)
    for (const user of more.joined) if (!left.delete(user)) joined.add(user)
    for (const user of more.left) if (!joined.delete(user)) left.add(user)
    wishes = []
  }

  for (const [index, operation] of rest.entries()) {
    if (!isSelecting(operation)) {
      wishes.push(wish(operation))
      continue
    }
    if (index > 0) await flush()
    const matching = index > 0 ? await memberships.matching(group, operation.filter) : selected
    wishes.push({ kind: 'leave', users: matching })
    if (operation.kind === 'remove-where') continue
    if (matching.length === 0 && operation.whenNoTarget === 'refuse') {
      throw new ScimError(400, 'noTarget', 'No member of the group matches the filter in the path.')
    }
    wishes.push({ kind: 'join', users: usersNamed(operation.ids) })
  }
  await flush()
  return { joined: [...joined], left: [...left] }
}

/** Both statements are asked at the same time, and carried out in this order. */
async function carryOut(
  { rest, joining, leaving }: MembershipChange,
  group: GroupId,
  memberships: FirstStores['memberships'],
): Promise<Added & Moved> {
  const [left, added] = await Promise.all([
    rest === 'leave' ? memberships.removeOthers(group, joining) : memberships.remove(group, leaving),
    memberships.add(group, joining),
  ])
  return { left, ...added }
}

function isSelecting(operation: MemberOperation): operation is Selecting {
  return 'filter' in operation
}

function wish(operation: Exclude<MemberOperation, Selecting>): MembershipWish {
  switch (operation.kind) {
    case 'add':
      return { kind: 'join', users: usersNamed(operation.ids) }
    case 'remove':
      return { kind: 'leave', users: usersNamed(operation.ids) }
    case 'clear':
      return { kind: 'become', users: [] }
    case 'replace-all':
      return { kind: 'become', users: usersNamed(operation.ids) }
  }
}
