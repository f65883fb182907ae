import type { GroupId } from '@latchkey/domain'
import type { GroupView } from '../ports/group-store.ts'
import type { Storage } from '../ports/storage.ts'
import type { ScimCaller } from './scim-caller.ts'
import { glanceFor } from './storage-for-caller.ts'

export class GetGroup {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Undefined for a group that is deleted, of another organisation or of none. Members are read only where they are wanted. */
  execute(caller: ScimCaller, id: GroupId, wants: { readonly members: boolean }): Promise<GroupView | undefined> {
    return glanceFor(this.#storage, caller, ({ groups }) => groups.get(id, wants))
  }
}
