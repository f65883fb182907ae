import type { ConnectionId, OrganizationId } from '@latchkey/domain'
import type { SecretDigest, SsoRegister, SsoStore } from '@latchkey/application'
import type { Realm, Scope } from './realm.ts'

export function ssoStore({ organization, realm, now }: Scope): SsoStore {
  const { ssoConnections, signInAttempts, seenAssertions, signInPlaces } = realm
  return {
    connection: async () => ssoConnections.get(organization),
    async save(connection) {
      ssoConnections.set(organization, connection)
    },
    async begin(attempt, handle) {
      signInAttempts.set(keyOf(handle), attempt)
    },
    async take(handle) {
      const attempt = signInAttempts.get(keyOf(handle))
      signInAttempts.delete(keyOf(handle))
      return attempt
    },
    async isFirstUse(connection, assertionId, expiresAt) {
      const key = `${connection} ${assertionId}`
      if (seenAssertions.get(key) !== undefined) return false
      seenAssertions.set(key, expiresAt)
      return true
    },
    async notePlace(user, place) {
      const places = signInPlaces.get(user) ?? new Set()
      if (places.has(place)) return 'known'
      signInPlaces.set(user, new Set([...places, place]))
      return places.size === 0 ? 'first' : 'new'
    },
    async removeExpired() {
      for (const [key, { expiresAt }] of signInAttempts.entries()) if (expiresAt <= now) signInAttempts.delete(key)
      for (const [key, expiresAt] of seenAssertions.entries()) if (expiresAt <= now) seenAssertions.delete(key)
    },
  }
}

/** Among all organisations: it is the attempt or the connection that says which one. */
export function ssoRegister(realms: ReadonlyMap<OrganizationId, Realm>): SsoRegister {
  const organizationWhere = async (holds: (realm: Realm) => boolean) => {
    const realm = [...realms.values()].find(holds)
    return realm?.organization.values()[0]
  }
  return {
    organizationOfAttempt: (handle: SecretDigest) =>
      organizationWhere(({ signInAttempts }) => signInAttempts.get(keyOf(handle)) !== undefined),
    organizationOfConnection: (id: ConnectionId) =>
      organizationWhere(({ ssoConnections }) => ssoConnections.values().some((connection) => connection.id === id)),
  }
}

function keyOf({ keyId, hmac }: SecretDigest): string {
  return `${keyId} ${hmac}`
}
