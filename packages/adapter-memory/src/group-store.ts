import { type GroupId, canonicalText } from '@latchkey/domain'
import { type DeletedGroup, type GroupRecord, type GroupStore, type Locations, type Member, memberResource } from '@latchkey/application'
import type { Scope } from './realm.ts'
import { groupView, liveGroup, memberShown, membersOf } from './views.ts'

export function groupStore({ realm, now, taken }: Scope): GroupStore {
  const write = (record: GroupRecord): GroupRecord => {
    const { id, displayName, externalId } = record.group
    const nameKey = canonicalText(displayName)
    const others = realm.groups.values().filter((other) => other.record.group.id !== id && other.deletedAt === null)
    if (others.some((other) => other.nameKey === nameKey)) throw taken('displayName')
    if (externalId !== null && others.some((other) => other.record.group.externalId === externalId)) throw taken('externalId')
    realm.groups.set(id, { record, nameKey, deletedAt: null })
    return record
  }
  const next = (before: GroupRecord): GroupRecord => ({
    ...before,
    version: before.version + 1,
    lastModifiedAt: Math.max(now, before.lastModifiedAt + 1),
  })

  const deleted = (): readonly DeletedGroup[] =>
    realm.groups
      .values()
      .flatMap(({ record, deletedAt }) => (deletedAt === null ? [] : [{ record, deletedAt }]))
      .sort((a, b) => a.deletedAt - b.deletedAt)

  const shown = (group: GroupId) =>
    [...membersOf(realm, group)].flatMap(([id, { position }]) => memberShown(realm, id).map((member) => ({ ...member, position })))

  return {
    async get(id, wants) {
      const record = liveGroup(realm, id)
      return record && groupView(realm, record, wants)
    },
    async text(id, { locations, membersMax }) {
      const record = liveGroup(realm, id)
      if (!record) return undefined
      const members = shown(id).map((member) => memberText(member, locations))
      return { record, members: members.length > membersMax ? null : members.join(',') }
    },

    async portion(id, { locations, after, limit }) {
      const behind = shown(id).filter(({ position }) => position > after)
      const portion = behind.slice(0, limit)
      const text = portion.map((member) => memberText(member, locations)).join(',')
      return { text, next: portion.length === limit ? portion.at(-1)!.position : null }
    },

    lock: async (id) => liveGroup(realm, id),
    // Transactions run one after the other: what this one sees stays as it is.
    lockAll: async () => {},

    async insert(group) {
      if (realm.groups.get(group.id)) throw new Error('An id is never used again.')
      return write({ group, version: 1, createdAt: now, lastModifiedAt: now })
    },

    save: async (before, group) => write({ ...next(before), group }),

    async touch(ids) {
      for (const id of ids) {
        const row = realm.groups.get(id)
        if (row) realm.groups.set(id, { ...row, record: next(row.record) })
      }
    },

    deleted: async () => deleted().slice(0, 100),
    lockDeleted: async (id) => deleted().find(({ record }) => record.group.id === id),
    restore: async ({ record }) => write(next(record)),

    deletedBefore: async (moment, limit) =>
      realm.groups
        .values()
        .filter(({ deletedAt }) => deletedAt !== null && deletedAt < moment)
        .slice(0, limit)
        .map(({ record }) => record.group.id),

    async erase(id) {
      if ((realm.groups.get(id)?.deletedAt ?? null) === null) return
      realm.groups.delete(id)
      realm.groupNotes.delete(id)
      for (const [key, row] of realm.groupEpochs.entries()) if (row.group === id) realm.groupEpochs.delete(key)
      for (const [key, row] of realm.keyGrants.entries()) if (row.group === id) realm.keyGrants.delete(key)
    },

    async delete(before) {
      const { id, displayName } = before.group
      const left = [...membersOf(realm, id).keys()]
      realm.members.delete(id)
      realm.groups.set(id, { record: next(before), nameKey: canonicalText(displayName), deletedAt: now })
      return left
    },
  }
}

function memberText(member: Member, locations: Locations): string {
  return JSON.stringify(memberResource(member, locations))
}
