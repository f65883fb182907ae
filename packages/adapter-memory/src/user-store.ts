import { canonicalName, isOwner, userStatus } from '@latchkey/domain'
import { type DeletedUser, type UserRecord, type UserStore, emailKeys } from '@latchkey/application'
import type { Scope } from './realm.ts'
import { liveUser, liveUsers, userView } from './views.ts'

export function userStore({ realm, now, taken }: Scope): UserStore {
  const write = (record: UserRecord): UserRecord => {
    const { id, userName, externalId, directory } = record.user
    const nameKey = canonicalName(userName)
    if (directory !== 'deleted') {
      const others = realm.users.values().filter(({ record: { user } }) => user.id !== id && user.directory !== 'deleted')
      if (others.some((other) => other.nameKey === nameKey)) throw taken('userName')
      if (externalId !== null && others.some((other) => other.record.user.externalId === externalId)) throw taken('externalId')
    }
    realm.users.set(id, { record, nameKey, deletedAt: directory === 'deleted' ? now : null })
    return record
  }

  const deleted = (): readonly DeletedUser[] =>
    realm.users
      .values()
      .flatMap(({ record, deletedAt }) => (deletedAt === null ? [] : [{ record, deletedAt }]))
      .sort((a, b) => a.deletedAt - b.deletedAt)

  return {
    async get(id, wants) {
      const record = liveUser(realm, id)
      return record && userView(realm, record, wants)
    },
    lock: async (id) => liveUser(realm, id),
    async around(id, wants) {
      const record = liveUser(realm, id)
      return record && userView(realm, record, wants)
    },

    async insert(user, attributes) {
      if (realm.users.get(user.id)) throw new Error('An id is never used again.')
      return write({ user, attributes, version: 1, createdAt: now, lastModifiedAt: now })
    },

    save: async (before, user, attributes) =>
      write({
        user,
        attributes,
        version: before.version + 1,
        createdAt: before.createdAt,
        lastModifiedAt: Math.max(now, before.lastModifiedAt + 1),
      }),

    async saveLinkAndKey(before, { identityLink, encryptionKey }) {
      const record = { ...before, user: { ...before.user, identityLink, encryptionKey } }
      realm.users.set(before.user.id, { record, nameKey: canonicalName(before.user.userName), deletedAt: null })
      return record
    },

    async saveRole(before, role) {
      const record = { ...before, user: { ...before.user, role } }
      realm.users.set(before.user.id, { record, nameKey: canonicalName(before.user.userName), deletedAt: null })
      return record
    },

    lockLive: async (ids) => new Set(ids.filter((id) => liveUser(realm, id))),

    async byName(userName) {
      const key = canonicalName(userName)
      return liveUsers(realm).find(({ user }) => canonicalName(user.userName) === key)
    },

    async byExternalId(externalId) {
      return liveUsers(realm).find(({ user }) => user.externalId === externalId)
    },

    async byAddress(address) {
      const key = canonicalName(address)
      const has = ({ user, attributes }: UserRecord) => canonicalName(user.userName) === key || emailKeys(attributes).includes(key)
      return liveUsers(realm)
        .filter((record) => record.user.directory === 'enabled' && has(record))
        .slice(0, 5)
    },

    async byLink(connection, subject) {
      const linked = liveUsers(realm).find(
        ({ user: { identityLink: link } }) => link?.connectionId === connection && link.subject === subject,
      )
      return linked?.user.id
    },

    owners: async () => liveUsers(realm).filter(({ user }) => isOwner(user)),

    resetsDue: async (at) =>
      liveUsers(realm).flatMap(({ user: { id, encryptionKey: key } }) =>
        key.state === 'registered' && key.resetRequest && key.resetRequest.effectiveAt <= at ? [id] : [],
      ),

    async lockDeleted(id) {
      const row = realm.users.get(id)
      return row && row.deletedAt !== null ? { record: row.record, deletedAt: row.deletedAt } : undefined
    },
    deleted: async () => deleted().toReversed().slice(0, 500),
    deletedBefore: async (moment, limit) =>
      deleted()
        .filter(({ deletedAt }) => deletedAt < moment)
        .slice(0, limit)
        .map(({ record }) => record.user.id),
    async erase(id) {
      if (realm.users.get(id)?.deletedAt === null) return
      realm.users.delete(id)
      for (const { session } of realm.sessions.values()) if (session.user === id) realm.sessions.delete(session.id)
      realm.proofs.delete(id)
      realm.retiredKeys.delete(id)
      realm.notes.delete(id)
      realm.ownerLinks.delete(id)
    },

    async brief(ids) {
      return new Map(ids.flatMap((id) => liveUser(realm, id) ?? []).map(({ user: { id, userName, role } }) => [id, { userName, role }]))
    },

    async all(status) {
      const users = liveUsers(realm).map(({ user }) => user)
      return status === null ? users : users.filter((user) => userStatus(user) === status)
    },
  }
}
