import { type Result, type UserId, ok, refuse, remove } from '@latchkey/domain'
import type { FirstStores, Storage } from '../ports/storage.ts'
import type { Precondition } from './precondition.ts'
import { recordChange } from './record-change.ts'
import type { ScimCaller } from './scim-caller.ts'
import { transactionFor } from './storage-for-caller.ts'

export type DeleteUserRefusal =
  | { readonly kind: 'user-not-found' }
  | { readonly kind: 'user-is-owner' }
  | { readonly kind: 'version-moved' }

export class DeleteUser {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** U9: nothing but being an owner stands in its way. Memberships end with it, and the groups' versions say so. */
  execute(caller: ScimCaller, id: UserId, precondition: Precondition): Promise<Result<void, DeleteUserRefusal>> {
    const ask = ({ memberships }: FirstStores) => memberships.groupsOf(id)
    return transactionFor(this.#storage, caller, ask, async (stores, isIn) => {
      const { users, groups, memberships, sessions, audit, activity } = stores
      // Groups are locked before users everywhere, or this would wait for an "add member" that waits for this.
      await groups.lockAll(isIn)
      const before = await users.lock(id)
      if (!before) return refuse({ kind: 'user-not-found' })
      if (!precondition(before.version)) return refuse({ kind: 'version-moved' })
      const deleted = remove(before.user)
      if (!deleted.ok) {
        const refused = { kind: 'action-refused', action: 'delete-user', reason: 'user-is-owner', user: id } as const
        await audit.append({ kind: 'scim-token', id: caller.token }, refused)
        return refuse({ kind: 'user-is-owner' })
      }

      const left = await memberships.removeUser(id)
      await groups.touch(left)
      await users.save(before, deleted.value, before.attributes)
      await sessions.end(id, 'all')
      await recordChange({ audit, activity }, caller, { kind: 'user-deleted', user: id, groups: left }, before.user.userName)
      return ok(undefined)
    })
  }
}
