import type { OrganizationRegister } from '../ports/organization-store.ts'

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

  constructor(ports: { register: OrganizationRegister }) {
    this.#register = ports.register
  }

  async execute(slug: string): Promise<OrganizationDescription | undefined> {
    const organization = await this.#register.findBySlug(slug)
    return organization && { slug: organization.slug, name: organization.name, sso: null }
  }
}
