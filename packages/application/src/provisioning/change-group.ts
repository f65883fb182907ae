import { type AuditEvent, type GroupId, type Result, changeGroupByProvisioning, isNameable, ok, refuse } from '@latchkey/domain'
import type { MemberOperation } from '@latchkey/scim'
import type { GroupRecord, GroupView } from '../ports/group-store.ts'
import { type FirstStores, type Storage, UniqueNameTaken } from '../ports/storage.ts'
import { type ChangeStep, applyAll } from './change-step.ts'
import { groupFacts, writableGroup } from './group-facts.ts'
import { askMembers, finishMembers, memberPlan } from './member-operations.ts'
import { type UnknownMembers, unknownMembers } from './members.ts'
import type { Precondition } from './precondition.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'
import { transactionFor } from './storage-for-caller.ts'

export type ChangeGroupRefusal =
  | { readonly kind: 'group-not-found' }
  | { readonly kind: 'group-managed-locally' }
  | { readonly kind: 'not-entitled' }
  | { readonly kind: 'version-moved' }
  | { readonly kind: 'name-unusable'; readonly attribute: 'displayName' }
  | { readonly kind: 'name-taken'; readonly attribute: 'displayName' | 'externalId' }
  | UnknownMembers

interface Change {
  readonly caller: ScimCaller
  readonly id: GroupId
  /** What is asked of the attributes. */
  readonly steps: readonly ChangeStep[]
  /** What is asked of the members, in order. A PUT that does not name members asks nothing of them (DAT-5). */
  readonly members: readonly MemberOperation[]
  readonly precondition: Precondition
  readonly wants: { readonly members: boolean }
}

/**
 * PUT and PATCH of a group. The cost follows the members that are named; the group's other members are never read. While the group is locked everybody else
 * who changes it waits, so its members are changed in the round trip that locks it, before it is known whether they may be (decision 0045).
 */
export class ChangeGroup {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** All or nothing (RFC 7644 §3.5.2). `wants.members` reads the members for the answer. */
  async execute({ caller, id, steps, members, precondition, wants }: Change): Promise<Result<GroupView, ChangeGroupRefusal>> {
    const plan = memberPlan(members)
    const ask = (stores: FirstStores) => Promise.all([stores.groups.lock(id), askMembers(plan, id, stores)])
    try {
      return await transactionFor(this.#storage, caller, ask, async (stores, [before, asked], { isEntitled }) => {
        const { groups, memberships, audit, activity } = stores
        if (!before) throw new Refused({ kind: 'group-not-found' })
        if (!precondition(before.version)) throw new Refused({ kind: 'version-moved' })

        const facts = groupFacts(applyAll(steps, writableGroup(before.group)))
        const group = changeGroupByProvisioning(before.group, facts)
        if (!group.ok) throw new Refused({ kind: 'group-managed-locally' })
        if (!isNameable(facts.displayName)) throw new Refused({ kind: 'name-unusable', attribute: 'displayName' })
        const unknown = unknownMembers(plan.values, (user) => !asked.unknown.has(user))
        if (unknown) throw new Refused(unknown)

        const moved = await finishMembers(plan, asked, id, memberships)
        if (!isEntitled && (group.value !== before.group || moved.joined.length > 0)) throw new Refused({ kind: 'not-entitled' })
        let after = before
        if (group.value !== before.group || moved.joined.length > 0 || moved.left.length > 0) {
          after = await groups.save(before, group.value)
          await recordChange({ audit, activity }, caller, groupChanged(before, after, moved), group.value.displayName)
        }
        return ok((wants.members ? await groups.get(id, wants) : undefined) ?? { record: after, members: null })
      })
    } catch (error) {
      if (error instanceof Refused) return refuse(error.refusal)
      if (error instanceof UniqueNameTaken && (error.attribute === 'displayName' || error.attribute === 'externalId')) {
        return refuse({ kind: 'name-taken', attribute: error.attribute })
      }
      throw error
    }
  }
}

/** Takes back what was written before it was known that it may not be. */
class Refused extends Error {
  readonly refusal: ChangeGroupRefusal

  constructor(refusal: ChangeGroupRefusal) {
    super(refusal.kind)
    this.refusal = refusal
  }
}

function groupChanged(
  { group: before }: GroupRecord,
  { group: after }: GroupRecord,
  moved: Pick<Extract<AuditEvent, { kind: 'group-changed' }>, 'joined' | 'left'>,
): Extract<AuditEvent, { kind: 'group-changed' }> {
  const attributes = [
    ...(before.displayName === after.displayName ? [] : ['displayName']),
    ...(before.externalId === after.externalId ? [] : ['externalId']),
  ]
  return { kind: 'group-changed', group: after.id, attributes, ...moved }
}
