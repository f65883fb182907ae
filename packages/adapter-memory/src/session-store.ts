import { type OrganizationId, type Session, sessionIsLive } from '@latchkey/domain'
import type { SecretDigest, SessionCredential, SessionStore } from '@latchkey/application'
import { compareCodePoints } from '@latchkey/scim'
import type { Realm, Scope } from './realm.ts'

export function sessionStore({ realm, now }: Scope): SessionStore {
  const { sessions } = realm
  const live = (): readonly Session[] =>
    sessions
      .values()
      .map(({ session }) => session)
      .filter((session) => sessionIsLive(session, now))
  return {
    async insert(wish, digest) {
      const session = { ...wish, authenticatedAt: now, lastUsedAt: now, unlockedAt: null }
      sessions.set(session.id, { session, digest })
      return session
    },
    lock: async (id) => live().find((session) => session.id === id),
    list: async (user) =>
      live()
        .filter((session) => session.user === user)
        .sort((a, b) => compareCodePoints(a.id, b.id)),
    async noteUnlocked(id) {
      const row = sessions.get(id)
      if (row) sessions.set(id, { ...row, session: { ...row.session, unlockedAt: now } })
    },
    async rotate(id, digest) {
      const row = sessions.get(id)
      if (row) sessions.set(id, { ...row, digest })
    },
    async end(user, which) {
      const ended = sessions
        .values()
        .map(({ session }) => session)
        .filter((session) => session.user === user && (which === 'all' || which.includes(session.id)))
        .map(({ id }) => id)
        .sort(compareCodePoints)
      for (const id of ended) sessions.delete(id)
      return ended
    },
    async removeExpired() {
      for (const { session } of sessions.values()) if (!sessionIsLive(session, now)) sessions.delete(session.id)
    },
  }
}

/** Among all organisations: it is the session that says which one. */
export function findSession(realms: ReadonlyMap<OrganizationId, Realm>, digest: SecretDigest): Omit<SessionCredential, 'now'> | undefined {
  for (const [id, { organization: organizations, sessions }] of realms) {
    const organization = organizations.get(id)
    const row = sessions.values().find((candidate) => candidate.digest.keyId === digest.keyId && candidate.digest.hmac === digest.hmac)
    if (organization && row) return { organization, session: row.session }
  }
  return undefined
}
