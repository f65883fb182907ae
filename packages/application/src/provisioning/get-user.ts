import type { UserId } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import type { UserView } from '../ports/user-store.ts'
import { type Asker, glanceFor } from './storage-for-caller.ts'

export class GetUser {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Undefined for a user who is deleted, of another organisation or of none: the three are one answer (TEN-3). */
  execute(caller: Asker, id: UserId, wants: { readonly groups: boolean }): Promise<UserView | undefined> {
    return glanceFor(this.#storage, caller, ({ users }) => users.get(id, wants))
  }
}
