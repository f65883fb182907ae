import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { Storage } from '../ports/storage.ts'

/** What anybody may know of an organisation who knows its short name. */
export interface OrganizationDescription {
  readonly slug: string
  readonly name: string
  /** How its people sign in; null where it has connected no identity provider. */
  readonly sso: 'oidc' | 'saml' | null
}

/** Where the way in begins: whose sign-in page this is. */
export class DescribeOrganization {
  readonly #register: OrganizationRegister
  readonly #storage: Storage

  constructor(ports: { register: OrganizationRegister; storage: Storage }) {
    this.#register = ports.register
    this.#storage = ports.storage
  }

  async execute(slug: string): Promise<OrganizationDescription | undefined> {
    const organization = await this.#register.findBySlug(slug)
    if (!organization) return undefined
    const connection = await this.#storage.read(organization.id, ({ sso }) => sso.connection())
    return { slug: organization.slug, name: organization.name, sso: connection?.kind ?? null }
  }
}
