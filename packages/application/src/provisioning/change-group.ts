import {
  type AuditEvent,
  type Group,
  type GroupId,
  type Result,
  type UserId,
  changeGroupByProvisioning,
  isNameable,
  ok,
  refuse,
} from '@latchkey/domain'
import type { MemberOperation } from '@latchkey/scim'
import type { GroupRecord, GroupView } from '../ports/group-store.ts'
import { type FirstStores, type SeenStores, type Storage, UniqueNameTaken, type WriteStores } from '../ports/storage.ts'
import type { Admitted } from './admission.ts'
import { type ChangeStep, applyAll } from './change-step.ts'
import { groupFacts, writableGroup } from './group-facts.ts'
import { type MemberPlan, type Moved, askMembers, finishMembers, isOfFew, memberPlan, seeMembers } from './member-operations.ts'
import { type UnknownMembers, unknownMembers } from './members.ts'
import type { Precondition } from './precondition.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'
import { reviseFor, transactionFor } from './storage-for-caller.ts'
import { Turns } from './turns.ts'

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

/** PUT and PATCH of a group. The cost follows the members that are named; the group's other members are never read. */
export class ChangeGroup {
  readonly #storage: Storage
  /** Where two change the same group, what one has seen the other makes untrue. */
  readonly #turns = new Turns<string>()

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** All or nothing (RFC 7644 §3.5.2). `wants.members` reads the members for the answer. */
  async execute(change: Change): Promise<Result<GroupView, ChangeGroupRefusal>> {
    const { caller, id, wants } = change
    const plan = memberPlan(change.members)
    const isQuick = isOfFew(plan) && !wants.members
    const inTurn = () => this.#inTurn(change, plan)
    try {
      return ok(
        await this.#turns.take(`${caller.organization.id} ${id}`, isQuick ? (next) => this.#revise(change, plan, next) : inTurn, inTurn),
      )
    } catch (error) {
      if (error instanceof Refused) return refuse(error.refusal)
      if (error instanceof UniqueNameTaken && (error.attribute === 'displayName' || error.attribute === 'externalId')) {
        return refuse({ kind: 'name-taken', attribute: error.attribute })
      }
      throw error
    }
  }

  /** What a few users come to is seen first, and written with whatever else is written at the time (decision 0057). */
  #revise(change: Change, plan: MemberPlan, next: () => void): Promise<GroupView> {
    const { caller, id } = change
    const see = (stores: SeenStores) => Promise.all([stores.groups.lock(id), seeMembers(plan, id, stores)])
    return reviseFor(this.#storage, caller, see, async (stores, [before, { moved, unknown }], admitted) => {
      const decided = decide(change, plan, before, unknown)
      const after = await write(stores, change, decided, moved, admitted)
      await stores.memberships.join(id, moved.joined)
      await stores.memberships.leave(id, moved.left)
      // Whoever is next rests on this, and goes with it.
      next()
      return { record: after, members: null }
    })
  }

  /**
   * While the group is locked everybody else who changes it waits, so its members are changed in the round trip that locks it, before it is known whether they
   * may be (decision 0045).
   */
  #inTurn(change: Change, plan: MemberPlan): Promise<GroupView> {
    const { caller, id, wants } = change
    const ask = (stores: FirstStores) => Promise.all([stores.groups.lock(id), askMembers(plan, id, stores)])
    return transactionFor(this.#storage, caller, ask, async (stores, [before, asked], admitted) => {
      const decided = decide(change, plan, before, asked.unknown)
      const moved = await finishMembers(plan, asked, id, stores.memberships)
      const after = await write(stores, change, decided, moved, admitted)
      return (wants.members ? await stores.groups.get(id, wants) : undefined) ?? { record: after, members: null }
    })
  }
}

interface Decided {
  readonly before: GroupRecord
  readonly group: Group
}

/** What the group shall be. Throws `Refused`. */
function decide({ steps, precondition }: Change, plan: MemberPlan, before: GroupRecord | undefined, unknown: ReadonlySet<UserId>): Decided {
  if (!before) throw new Refused({ kind: 'group-not-found' })
  if (!precondition(before.version)) throw new Refused({ kind: 'version-moved' })
  const facts = groupFacts(applyAll(steps, writableGroup(before.group)))
  const group = changeGroupByProvisioning(before.group, facts)
  if (!group.ok) throw new Refused({ kind: 'group-managed-locally' })
  if (!isNameable(facts.displayName)) throw new Refused({ kind: 'name-unusable', attribute: 'displayName' })
  const refused = unknownMembers(plan.values, (user) => !unknown.has(user))
  if (refused) throw new Refused(refused)
  return { before, group: group.value }
}

/** The group and who moved, if anything did. Throws `Refused`. */
async function write(
  { groups, audit, activity }: Pick<WriteStores, 'groups' | 'audit' | 'activity'>,
  { caller }: Change,
  { before, group }: Decided,
  moved: Moved,
  { isEntitled }: Admitted,
): Promise<GroupRecord> {
  const isChanged = group !== before.group
  if (!isEntitled && (isChanged || moved.joined.length > 0)) throw new Refused({ kind: 'not-entitled' })
  if (!isChanged && moved.joined.length === 0 && moved.left.length === 0) return before
  const after = await groups.save(before, group)
  await recordChange({ audit, activity }, caller, groupChanged(before, after, moved), group.displayName)
  return after
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
