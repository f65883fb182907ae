import { type GroupId, type Result, ok, refuse } from '@latchkey/domain'
import type { FirstStores, Storage } from '../ports/storage.ts'
import type { Precondition } from './precondition.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'
import { transactionFor } from './storage-for-caller.ts'

export type DeleteGroupRefusal =
  | { readonly kind: 'group-not-found' }
  | { readonly kind: 'group-managed-locally' }
  | { readonly kind: 'version-moved' }

export class DeleteGroup {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  execute(caller: ScimCaller, id: GroupId, precondition: Precondition): Promise<Result<void, DeleteGroupRefusal>> {
    const ask = ({ groups }: FirstStores) => groups.lock(id)
    return transactionFor(this.#storage, caller, ask, async ({ groups, audit, activity }, before) => {
      if (!before) return refuse({ kind: 'group-not-found' })
      if (!precondition(before.version)) return refuse({ kind: 'version-moved' })
      if (before.group.managedBy !== 'scim') return refuse({ kind: 'group-managed-locally' })

      const left = await groups.delete(before)
      await recordChange({ audit, activity }, caller, { kind: 'group-deleted', group: id, left }, before.group.displayName)
      return ok(undefined)
    })
  }
}
