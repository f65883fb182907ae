import { type Organization, type OrganizationId, presetSettings } from '@latchkey/domain'
import type { OrganizationRegister, OrganizationStore, OwnerLinkCredential, OwnerLinkStore, SecretDigest } from '@latchkey/application'
import { compareCodePoints } from '@latchkey/scim'
import type { Realm, Scope } from './realm.ts'

export function organizationStore({ organization: id, realm, now, taken }: Scope, register: OrganizationRegister): OrganizationStore {
  const get = async (): Promise<Organization> => {
    const organization = realm.organization.get(id)
    if (!organization) throw new Error('The organisation of this transaction does not exist.')
    return organization
  }
  return {
    get,
    lock: get,
    async insert(wish) {
      if (await register.findBySlug(wish.slug)) throw taken('slug')
      const organization = { ...wish, settings: presetSettings, createdAt: now }
      realm.organization.set(id, organization)
      return organization
    },
    async save(organization) {
      realm.organization.set(id, organization)
    },
  }
}

/** Organisations from outside any of them. `realms` are those that were committed. */
export function organizationRegister(realms: ReadonlyMap<OrganizationId, Realm>): OrganizationRegister {
  const list = () => [...realms.values()].flatMap(({ organization }) => organization.values()).sort((a, b) => compareCodePoints(a.id, b.id))
  return {
    list: async () => list(),
    findBySlug: async (slug) => list().find((organization) => organization.slug === slug),
  }
}

export function ownerLinkStore({ realm, now }: Scope): OwnerLinkStore {
  return {
    async insert(link) {
      realm.ownerLinks.set(link.user, link)
    },
    async isUsable(user, { keyId, hmac }) {
      const link = realm.ownerLinks.get(user)
      return link !== undefined && link.digest.keyId === keyId && link.digest.hmac === hmac && link.expiresAt > now
    },
    async remove(user) {
      realm.ownerLinks.delete(user)
    },
  }
}

/** Among all organisations: it is the link that says which one. */
export function findOwnerLink(
  realms: ReadonlyMap<OrganizationId, Realm>,
  digest: SecretDigest,
): Omit<OwnerLinkCredential, 'now'> | undefined {
  for (const { organization: organizations, ownerLinks } of realms.values()) {
    const [organization] = organizations.values()
    const link = ownerLinks.values().find((row) => row.digest.keyId === digest.keyId && row.digest.hmac === digest.hmac)
    if (organization && link) return { organization, user: link.user, expiresAt: link.expiresAt }
  }
  return undefined
}
