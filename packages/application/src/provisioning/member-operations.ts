import { type GroupId, type MembershipWish, type UserId, isId, membershipChange, userId } from '@latchkey/domain'
import { type MemberOperation, ScimError } from '@latchkey/scim'
import type { MembershipStore } from '../ports/membership-store.ts'

export interface Moved {
  readonly joined: readonly UserId[]
  readonly left: readonly UserId[]
}

/** Every value that a list of operations would make a member. */
export function joiningValues(operations: readonly MemberOperation[]): readonly string[] {
  return operations.flatMap((operation) => ('ids' in operation && operation.kind !== 'remove' ? operation.ids : []))
}

/**
 * Carries out the operations, whose joining values all name live users, in their order. Runs of operations that name their users become
 * one change; only an operation that selects members by a filter has to look at the group in between.
 */
export async function applyMemberOperations(
  operations: readonly MemberOperation[],
  group: GroupId,
  memberships: MembershipStore,
): Promise<Moved> {
  const joined = new Set<UserId>()
  const left = new Set<UserId>()
  let wishes: MembershipWish[] = []

  const note = (moved: Moved) => {
    for (const user of moved.joined) if (!left.delete(user)) joined.add(user)
    for (const user of moved.left) if (!joined.delete(user)) left.add(user)
  }
  const flush = async () => {
    if (wishes.length > 0) note(await carryOut(wishes, group, memberships))
    wishes = []
  }

  for (const operation of operations) {
    if (operation.kind !== 'remove-where' && operation.kind !== 'replace-where') {
      wishes.push(wish(operation))
      continue
    }
    await flush()
    const matching = await memberships.matching(group, operation.filter)
    wishes.push({ kind: 'leave', users: matching })
    if (operation.kind === 'remove-where') continue
    if (matching.length === 0 && operation.whenNoTarget === 'refuse') {
      throw new ScimError(400, 'noTarget', 'No member of the group matches the filter in the path.')
    }
    wishes.push({ kind: 'join', users: known(operation.ids) })
  }
  await flush()
  return { joined: [...joined], left: [...left] }
}

async function carryOut(wishes: readonly MembershipWish[], group: GroupId, memberships: MembershipStore): Promise<Moved> {
  const { rest, joining, leaving } = membershipChange(wishes)
  const left = rest === 'leave' ? await memberships.removeOthers(group, joining) : await memberships.remove(group, leaving)
  return { left, joined: await memberships.add(group, joining) }
}

function wish(operation: Exclude<MemberOperation, { kind: 'remove-where' | 'replace-where' }>): MembershipWish {
  switch (operation.kind) {
    case 'add':
      return { kind: 'join', users: known(operation.ids) }
    case 'remove':
      return { kind: 'leave', users: known(operation.ids) }
    case 'clear':
      return { kind: 'become', users: [] }
    case 'replace-all':
      return { kind: 'become', users: known(operation.ids) }
  }
}

/** A value that is no id of ours names nobody, so nobody leaves by it. */
function known(values: readonly string[]): readonly UserId[] {
  return values.filter(isId).map(userId)
}
