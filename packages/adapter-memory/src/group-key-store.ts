import { type Departure, type GroupId, type UserId, holdsGroupKey, waitsForGroupKey } from '@latchkey/domain'
import type { EvidentEpoch, GroupKeyMember, GroupKeyStore, StoredEpoch, Waiting } from '@latchkey/application'
import { compareCodePoints } from '@latchkey/scim'
import type { EpochRow, GrantRow, Scope } from './realm.ts'
import { groupsOf, liveGroup, liveGroups, liveUser, membersOf } from './views.ts'

const departuresMax = 100

export function groupKeyStore({ realm, now }: Scope): GroupKeyStore {
  const epochsOf = (group: GroupId): readonly EpochRow[] =>
    realm.groupEpochs
      .values()
      .filter((row) => row.group === group)
      .sort((a, b) => a.epoch.number - b.epoch.number)
  const newestOf = (group: GroupId) => epochsOf(group).at(-1)
  const grantsOf = (group: GroupId): readonly GrantRow[] => realm.keyGrants.values().filter((row) => row.group === group)

  const memberOf = (group: GroupId, user: UserId): readonly GroupKeyMember[] => {
    const membership = membersOf(realm, group).get(user)
    const record = liveUser(realm, user)
    if (!membership || !record || !liveGroup(realm, group)) return []
    const { directory, encryptionKey, userName } = record.user
    const { displayName } = record.attributes
    const key =
      encryptionKey.state === 'registered'
        ? { version: encryptionKey.version, fingerprint: encryptionKey.fingerprint, registeredAt: encryptionKey.registeredAt }
        : null
    const newest = newestOf(group)
    const grants = grantsOf(group).filter(({ grant }) => grant.recipient === user)
    const present = grants.find(
      (row) => row.epoch === newest?.epoch.number && row.grant.fingerprint === key?.fingerprint && !row.isDestroyed,
    )
    return [
      {
        user,
        userName,
        displayName: typeof displayName === 'string' ? displayName : null,
        ...membership,
        directory,
        key,
        isInRoster: newest?.roster.some((entry) => entry.user === user && entry.fingerprint === key?.fingerprint) ?? false,
        grant: present
          ? {
              isBeforeReturn: present.membership !== membership.position,
              issuer: present.grant.issuer,
              approval: present.grant.approval,
              at: present.at,
            }
          : null,
        heldBefore: grants.some((row) => row !== present),
      },
    ]
  }

  const members = (group: GroupId): readonly GroupKeyMember[] =>
    [...membersOf(realm, group).keys()].flatMap((user) => memberOf(group, user))

  const departuresFrom = (group: GroupId, { epoch }: EpochRow): readonly Departure[] => {
    const left = grantsOf(group).filter(
      (row) => row.epoch === epoch.number && membersOf(realm, group).get(row.grant.recipient)?.position !== row.membership,
    )
    return [...new Set(left.map(({ grant }) => grant.recipient))].sort(compareCodePoints).map((user) => {
      const record = realm.users.get(user)?.record.user
      const isGone = !record || record.directory === 'deleted'
      const how = isGone ? 'deleted' : membersOf(realm, group).has(user) ? 'returned' : 'removed'
      return { user, userName: record?.userName ?? null, how }
    })
  }

  const waitingIn = (group: GroupId, epoch: StoredEpoch): readonly Waiting[] => {
    const record = liveGroup(realm, group)
    if (!record) return []
    const { id, displayName } = record.group
    return members(group)
      .filter(waitsForGroupKey)
      .map((member) => ({
        group: { id, displayName },
        epoch: epoch.number,
        member,
        since: Math.max(member.since, member.key?.registeredAt ?? 0, epoch.madeAt),
      }))
  }

  return {
    newest: async (group) => newestOf(group)?.epoch,
    // Transactions run one after the other.
    lock: async () => {},

    async summary(group) {
      const record = liveGroup(realm, group)
      if (!record) return undefined
      const newest = newestOf(group)
      const all = members(group)
      return {
        group: { id: record.group.id, displayName: record.group.displayName },
        epoch: newest ? { number: newest.epoch.number, maker: newest.epoch.maker, madeAt: newest.epoch.madeAt } : null,
        holders: all.filter(holdsGroupKey).length,
        waiting: newest ? all.filter(waitsForGroupKey).length : 0,
        departures: newest ? departuresFrom(group, newest).slice(0, departuresMax) : [],
      }
    },

    members: async (group, users) => members(group).filter(({ user }) => users.includes(user)),

    async page(group, { which, after, limit }) {
      const fits = { all: () => true, holding: holdsGroupKey, waiting: newestOf(group) ? waitsForGroupKey : () => false }[which]
      return members(group)
        .filter((member) => member.position > after && fits(member))
        .slice(0, limit)
    },

    async waitingFor(holder, limit) {
      const groups = holder === null ? liveGroups(realm).map(({ group }) => group.id) : groupsOf(realm, holder)
      const waiting = groups.flatMap((group) => {
        const newest = newestOf(group)
        const isAsked = holder === null || memberOf(group, holder).some(holdsGroupKey)
        return newest && isAsked ? waitingIn(group, newest.epoch) : []
      })
      return waiting.slice(0, limit)
    },

    overdue: async (before) =>
      liveGroups(realm).flatMap(({ group: { id, displayName } }) => {
        const newest = newestOf(id)
        const waiting = newest ? waitingIn(id, newest.epoch) : []
        return waiting.some(({ since }) => since < before) ? [{ group: { id, displayName }, waiting: waiting.length }] : []
      }),

    evidence: async (group, from) =>
      epochsOf(group)
        .filter(({ epoch }) => epoch.number >= from)
        .map(({ epoch: { number, statement, signature }, roster }): EvidentEpoch => {
          const isInRoster = ({ grant }: GrantRow) =>
            roster.some(({ user, fingerprint }) => user === grant.recipient && fingerprint === grant.fingerprint)
          const grants = grantsOf(group)
            .filter((row) => row.epoch === number && !isInRoster(row))
            .map(({ grant }) => ({ statement: grant.statement, signature: grant.signature }))
          return { number, statement, signature, roster, grants }
        }),

    async sealedGrant(group, user) {
      const [member] = memberOf(group, user)
      const row = grantsOf(group).find(
        ({ epoch, grant, isDestroyed }) =>
          epoch === newestOf(group)?.epoch.number &&
          grant.recipient === user &&
          grant.fingerprint === member?.key?.fingerprint &&
          !isDestroyed,
      )
      return row && { statement: row.grant.statement, signature: row.grant.signature, sealed: row.grant.sealed }
    },

    async effectiveGrants(group, { after, limit }) {
      const newest = newestOf(group)
      return members(group)
        .filter((member) => member.position > after && holdsGroupKey(member))
        .slice(0, limit)
        .flatMap((member) =>
          grantsOf(group)
            .filter(
              ({ epoch, grant, isDestroyed }) =>
                epoch === newest?.epoch.number &&
                grant.recipient === member.user &&
                grant.fingerprint === member.key?.fingerprint &&
                !isDestroyed,
            )
            .map(({ grant: { statement, signature } }) => ({ statement, signature, member })),
        )
    },

    async saveEpoch(group, epoch, roster) {
      const key = `${group} ${epoch.number}`
      if (realm.groupEpochs.get(key)) throw new Error('The group has this epoch already.')
      realm.groupEpochs.set(key, { group, epoch: { ...epoch, madeAt: now }, roster })
    },

    async saveGrants(group, epoch, grants) {
      const saved: UserId[] = []
      for (const grant of grants) {
        const membership = membersOf(realm, group).get(grant.recipient)
        if (!membership) continue
        const isHeld = grantsOf(group).some(
          (row) =>
            row.epoch === epoch &&
            row.grant.recipient === grant.recipient &&
            row.grant.fingerprint === grant.fingerprint &&
            !row.isDestroyed,
        )
        if (isHeld) throw new Error('A key is granted once.')
        const row = { group, epoch, grant, membership: membership.position, at: now, withheldSince: null, isDestroyed: false }
        realm.keyGrants.set((realm.keyGrants.entries().at(-1)?.[0] ?? 0) + 1, row)
        saved.push(grant.recipient)
      }
      return saved
    },

    automaticSince: async (moment) =>
      realm.keyGrants.values().filter(({ grant, at }) => grant.approval === 'automatic' && at > moment).length,

    note: async (group) => realm.groupNotes.get(group),
    async saveNote(group, note) {
      realm.groupNotes.set(group, note)
    },

    async destroyWithheld(before) {
      let destroyed = 0
      for (const [key, row] of realm.keyGrants.entries()) {
        if (row.isDestroyed) continue
        const user = liveUser(realm, row.grant.recipient)?.user
        const isOfUse =
          membersOf(realm, row.group).has(row.grant.recipient) &&
          user?.encryptionKey.state === 'registered' &&
          user.encryptionKey.fingerprint === row.grant.fingerprint
        const withheldSince = isOfUse ? null : (row.withheldSince ?? now)
        const isDestroyed = withheldSince !== null && withheldSince < before
        if (isDestroyed) destroyed += 1
        realm.keyGrants.set(key, { ...row, withheldSince, isDestroyed, grant: isDestroyed ? { ...row.grant, sealed: '' } : row.grant })
      }
      return destroyed
    },
  }
}
