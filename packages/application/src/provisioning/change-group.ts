import { type AuditEvent, type GroupId, type Result, changeGroupByProvisioning, isNameable, ok, refuse } from '@latchkey/domain'
import type { MemberOperation } from '@latchkey/scim'
import type { GroupRecord, GroupView } from '../ports/group-store.ts'
import { type FirstStores, type Storage, UniqueNameTaken } from '../ports/storage.ts'
import { transactionFor } from './admission.ts'
import { type ChangeStep, applyAll } from './change-step.ts'
import { groupFacts, writableGroup } from './group-facts.ts'
import { applyMemberOperations, joiningValues } from './member-operations.ts'
import { type UnknownMembers, membersNamed } from './members.ts'
import type { Precondition } from './precondition.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'

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

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** All or nothing (RFC 7644 §3.5.2). `wants.members` reads the members for the answer. */
  async execute({ caller, id, steps, members, precondition, wants }: Change): Promise<Result<GroupView, ChangeGroupRefusal>> {
    try {
      const ask = ({ groups }: FirstStores) => groups.lock(id)
      return await transactionFor(this.#storage, caller, ask, async (stores, before, { isEntitled }) => {
        const { groups, memberships, users, audit, activity } = stores
        if (!before) return refuse({ kind: 'group-not-found' })
        if (!precondition(before.version)) return refuse({ kind: 'version-moved' })

        const facts = groupFacts(applyAll(steps, writableGroup(before.group)))
        const group = changeGroupByProvisioning(before.group, facts)
        if (!group.ok) return refuse({ kind: 'group-managed-locally' })
        if (!isNameable(facts.displayName)) return refuse({ kind: 'name-unusable', attribute: 'displayName' })
        const named = await membersNamed(joiningValues(members), users)
        if ('kind' in named) return refuse(named)

        const moved = await applyMemberOperations(members, id, memberships)
        // Who is a member already is known only now; what was written goes with the transaction.
        if (!isEntitled && (group.value !== before.group || moved.joined.length > 0)) throw new NotEntitled()
        let after = before
        if (group.value !== before.group || moved.joined.length > 0 || moved.left.length > 0) {
          after = await groups.save(before, group.value)
          await recordChange({ audit, activity }, caller, groupChanged(before, after, moved), group.value.displayName)
        }
        return ok((wants.members ? await groups.get(id, wants) : undefined) ?? { record: after, members: null })
      })
    } catch (error) {
      if (error instanceof NotEntitled) return refuse({ kind: 'not-entitled' })
      if (error instanceof UniqueNameTaken && (error.attribute === 'displayName' || error.attribute === 'externalId')) {
        return refuse({ kind: 'name-taken', attribute: error.attribute })
      }
      throw error
    }
  }
}

/** Takes back what was written before it was known to be more than a removal. */
class NotEntitled extends Error {}

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
