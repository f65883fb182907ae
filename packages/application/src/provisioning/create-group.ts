import { type Group, type Result, groupId, isNameable, ok, refuse } from '@latchkey/domain'
import type { Resource } from '@latchkey/scim'
import type { GroupView } from '../ports/group-store.ts'
import type { Randomness } from '../ports/secrets.ts'
import { type FirstStores, type Storage, type UniqueAttribute, UniqueNameTaken } from '../ports/storage.ts'
import { groupFacts } from './group-facts.ts'
import { type UnknownMembers, unknownMembers, usersNamed } from './members.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'
import { transactionFor } from './storage-for-caller.ts'

export type CreateGroupRefusal =
  | { readonly kind: 'not-entitled' }
  | { readonly kind: 'name-unusable'; readonly attribute: 'displayName' }
  | { readonly kind: 'name-taken'; readonly attribute: UniqueAttribute }
  | UnknownMembers

export class CreateGroup {
  readonly #storage: Storage
  readonly #randomness: Randomness

  constructor(ports: { storage: Storage; randomness: Randomness }) {
    this.#storage = ports.storage
    this.#randomness = ports.randomness
  }

  /** `members` are the values as they were sent, in any number up to the limit. */
  async execute(
    caller: ScimCaller,
    resource: Resource,
    members: readonly string[],
    wants: { readonly members: boolean },
  ): Promise<Result<GroupView, CreateGroupRefusal>> {
    const facts = groupFacts(resource)
    if (!isNameable(facts.displayName)) return refuse({ kind: 'name-unusable', attribute: 'displayName' })
    const group: Group = { id: groupId(this.#randomness.uuid()), ...facts, managedBy: 'scim' }

    const named = usersNamed(members)
    const ask = ({ memberships }: FirstStores) => memberships.live(named)
    try {
      return await transactionFor(this.#storage, caller, ask, async (stores, live, { isEntitled }) => {
        if (!isEntitled) return refuse({ kind: 'not-entitled' })
        const { groups, memberships, audit, activity } = stores
        const found = new Set(live.map(({ id }) => id))
        const unknown = unknownMembers(members, (user) => found.has(user))
        if (unknown) return refuse(unknown)

        const record = await groups.insert(group)
        await memberships.fill(group.id, named)
        await recordChange({ audit, activity }, caller, { kind: 'group-created', group: group.id, joined: named }, group.displayName)
        return ok({ record, members: wants.members ? live : null })
      })
    } catch (error) {
      if (error instanceof UniqueNameTaken) return refuse({ kind: 'name-taken', attribute: error.attribute })
      throw error
    }
  }
}
