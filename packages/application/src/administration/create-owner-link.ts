import { type Instant, type Organization, type Result, isAddress, isOwner, ok, refuse } from '@latchkey/domain'
import { emptyResource } from '@latchkey/scim'
import { type Storage, UniqueNameTaken } from '../ports/storage.ts'
import type { OwnerLinks } from './owner-links.ts'

export type CreateOwnerLinkRefusal = 'address-invalid' | 'name-taken'

export class CreateOwnerLink {
  readonly #storage: Storage
  readonly #ownerLinks: OwnerLinks

  constructor(ports: { storage: Storage; ownerLinks: OwnerLinks }) {
    this.#storage = ports.storage
    this.#ownerLinks = ports.ownerLinks
  }

  /** A new link for the owner with this address, who is made if there is none. Nobody else's account becomes an owner's. */
  async execute(
    organization: Organization,
    email: string,
  ): Promise<Result<{ readonly ownerLink: string; readonly expiresAt: Instant }, CreateOwnerLinkRefusal>> {
    if (!isAddress(email)) return refuse('address-invalid')
    try {
      return await this.#storage.transaction(organization.id, async (stores) => {
        await stores.organization.lock()
        const found = await stores.users.byName(email)
        if (found && isOwner(found.user)) return ok(await this.#ownerLinks.issue(stores, found.user))
        const made = this.#ownerLinks.newOwner(email)
        await stores.users.insert(made, { ...emptyResource, emails: [{ value: email, type: 'work', primary: true }] })
        return ok(await this.#ownerLinks.issue(stores, made))
      })
    } catch (error) {
      if (error instanceof UniqueNameTaken) return refuse('name-taken')
      throw error
    }
  }
}
