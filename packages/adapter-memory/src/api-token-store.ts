import type { OrganizationId } from '@latchkey/domain'
import type { ApiCredential, ApiTokenStore } from '@latchkey/application'
import { compareCodePoints } from '@latchkey/scim'
import type { Realm, Scope } from './realm.ts'

export function apiTokenStore({ realm: { apiTokens }, now }: Scope): ApiTokenStore {
  return {
    list: async () =>
      apiTokens
        .values()
        .map(({ token }) => token)
        .sort((a, b) => compareCodePoints(a.id, b.id)),
    lock: async (id) => apiTokens.get(id)?.token,
    async insert(wish, digest) {
      const token = { ...wish, createdAt: now }
      apiTokens.set(token.id, { token, digest })
      return token
    },
    async save(token) {
      const row = apiTokens.get(token.id)
      if (row) apiTokens.set(token.id, { ...row, token })
    },
  }
}

/** Among all organisations: it is the token that says which one. */
export function findApiCredential(realms: ReadonlyMap<OrganizationId, Realm>, publicId: string): Omit<ApiCredential, 'now'> | undefined {
  for (const [id, { organization: organizations, apiTokens }] of realms) {
    const organization = organizations.get(id)
    const row = apiTokens.values().find(({ token }) => token.publicId === publicId)
    if (organization && row) return { organization, token: row.token, digest: row.digest }
  }
  return undefined
}
