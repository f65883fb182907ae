import { type GroupId, type Result, ok, refuse } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import type { Precondition } from './precondition.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'

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
    return this.#storage.transaction(caller.organization.id, async ({ groups, audit, activity }) => {
      const before = await groups.lock(id)
      if (!before) return refuse({ kind: 'group-not-found' })
      if (!precondition(before.version)) return refuse({ kind: 'version-moved' })
      if (before.group.managedBy !== 'scim') return refuse({ kind: 'group-managed-locally' })

      const left = await groups.delete(before)
      await recordChange({ audit, activity }, caller, { kind: 'group-deleted', group: id, left }, before.group.displayName)
      return ok(undefined)
    })
  }
}
