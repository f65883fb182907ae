import type { Organization, User, UserStatus } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'

export class ListUsers {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Every live user, or those of one status, in the order of their creation. */
  execute(organization: Organization, status: UserStatus | null): Promise<readonly User[]> {
    return this.#storage.read(organization.id, ({ users }) => users.all(status))
  }
}
