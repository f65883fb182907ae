import { type OrganizationId, type ScimToken, scimTokenState } from '@latchkey/domain'
import type { ScimCredential, ScimTokenStore } from '@latchkey/application'
import { compareCodePoints } from '@latchkey/scim'
import type { Realm, Scope } from './realm.ts'

export function scimTokenStore({ realm, organization, now }: Scope): ScimTokenStore {
  const tokens = (): readonly ScimToken[] =>
    realm.tokens
      .values()
      .map(({ token }) => token)
      .sort((a, b) => compareCodePoints(a.id, b.id))
  return {
    list: async () => tokens(),
    lock: async (id) => realm.tokens.get(id)?.token,

    async insert(wish, digest) {
      const token = { ...wish, createdAt: now }
      realm.tokens.set(token.id, { token, digest })
      return token
    },

    async save(token) {
      const row = realm.tokens.get(token.id)
      if (row) realm.tokens.set(token.id, { ...row, token })
    },

    async credential(id) {
      const row = realm.tokens.get(id)
      const found = realm.organization.get(organization)
      return row && found && { organization: found, token: row.token, digest: row.digest, now }
    },

    countUsable: async () => tokens().filter((token) => scimTokenState(token, now) === 'usable').length,
  }
}

/** The other half of a presented token, among all organisations: it is the token that says which one. */
export function findCredential(realms: ReadonlyMap<OrganizationId, Realm>, publicId: string): Omit<ScimCredential, 'now'> | undefined {
  for (const [id, { organization: organizations, tokens }] of realms) {
    const organization = organizations.get(id)
    const row = tokens.values().find(({ token }) => token.publicId === publicId)
    if (organization && row) return { organization, token: row.token, digest: row.digest }
  }
  return undefined
}
