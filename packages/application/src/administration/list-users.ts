import type { Organization, Role, User, UserStatus } from '@latchkey/domain'
import type { Storage } from '../ports/storage.ts'
import { effectiveRoles } from './effective-roles.ts'

/** A user with what they may do, by a role of their own, by their groups, or as everybody. */
export type UserWithRole = User & { readonly effectiveRole: Role }

export class ListUsers {
  readonly #storage: Storage

  constructor(ports: { storage: Storage }) {
    this.#storage = ports.storage
  }

  /** Every live user, or those of one status, in the order of their creation. */
  execute(organization: Organization, status: UserStatus | null): Promise<readonly UserWithRole[]> {
    return this.#storage.read(organization.id, async (stores) => {
      const users = await stores.users.all(status)
      const roles = await effectiveRoles(stores, organization, users)
      return users.map((user) => ({ ...user, effectiveRole: roles.get(user.id) ?? organization.settings.defaultRole }))
    })
  }
}
