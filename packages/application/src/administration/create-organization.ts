import { type Organization, type Result, isOrganizationName, isSlug, ok, organizationId, refuse } from '@latchkey/domain'
import { emptyResource } from '@latchkey/scim'
import type { Randomness } from '../ports/secrets.ts'
import { type Storage, UniqueNameTaken } from '../ports/storage.ts'
import type { OwnerLinks } from './owner-links.ts'

export type CreateOrganizationRefusal = 'slug-invalid' | 'name-invalid' | 'slug-taken'

export class CreateOrganization {
  readonly #storage: Storage
  readonly #randomness: Randomness
  readonly #ownerLinks: OwnerLinks

  constructor(ports: { storage: Storage; randomness: Randomness; ownerLinks: OwnerLinks }) {
    this.#storage = ports.storage
    this.#randomness = ports.randomness
    this.#ownerLinks = ports.ownerLinks
  }

  /** With its first owner, who is local: at least one always is. SCIM is off until somebody enables it. */
  async execute(wish: {
    readonly slug: string
    readonly name: string
  }): Promise<Result<{ readonly organization: Organization; readonly ownerLink: string }, CreateOrganizationRefusal>> {
    if (!isSlug(wish.slug)) return refuse('slug-invalid')
    if (!isOrganizationName(wish.name)) return refuse('name-invalid')
    const id = organizationId(this.#randomness.uuid())
    try {
      return await this.#storage.transaction(id, async (stores) => {
        const organization = await stores.organization.insert({ id, ...wish, scimEnabled: false })
        await stores.audit.append({ kind: 'operator' }, { kind: 'organization-created' })
        const owner = this.#ownerLinks.newOwner('owner')
        await stores.users.insert(owner, emptyResource)
        const { ownerLink } = await this.#ownerLinks.issue(stores, owner)
        return ok({ organization, ownerLink })
      })
    } catch (error) {
      if (error instanceof UniqueNameTaken) return refuse('slug-taken')
      throw error
    }
  }
}
