import type { AuditRecord, SealedRecord } from '@latchkey/domain'
import type { AuditLog, AuditTrail } from '@latchkey/application'
import type { EventRow, Realm, Scope } from './realm.ts'

const chainKey = 'chain'

export function auditLog({ realm, now }: Scope): AuditLog {
  return {
    async append(actor, event, personal) {
      const id = realm.events.size + (realm.chain.get(chainKey)?.expired.sequence ?? 0)
      const told = personal && 'user' in event ? personal : null
      realm.events.set(id, { recorded: { at: now, actor, event }, personal: told, sealed: null })
    },
  }
}

export function auditTrail({ realm }: Scope): AuditTrail {
  const { chain, events, personalKeys } = realm
  const sealed = (): readonly SealedRecord[] =>
    events
      .values()
      .flatMap((row) => row.sealed ?? [])
      .sort((a, b) => a.sequence - b.sequence)
  const chainOf = () => {
    const found = chain.get(chainKey)
    if (!found) throw new Error('The chain was not locked.')
    return found
  }
  return {
    async lockChain(start) {
      const found = chain.get(chainKey) ?? { expired: start, head: start }
      chain.set(chainKey, found)
      return found
    },
    chain: async () => chain.get(chainKey),
    unsealed: async (limit) =>
      events
        .entries()
        .filter(([, row]) => row.sealed === null)
        .slice(0, limit)
        .map(([id, row]) => ({ id, ...recordOf(row), personal: row.personal })),

    async seal(places) {
      for (const { id, record } of places) {
        const row = events.get(id)
        if (row?.sealed !== null) throw new Error('An event is sealed once.')
        events.set(id, { ...row, personal: null, sealed: record })
      }
      const last = places.at(-1)?.record
      if (last) chain.set(chainKey, { ...chainOf(), head: { sequence: last.sequence, hash: last.hash } })
    },

    sealed: async (after, limit) =>
      sealed()
        .filter(({ sequence }) => sequence > after)
        .slice(0, limit),

    async personalKeys(users, newKey) {
      for (const user of users) if (personalKeys.get(user) === undefined) personalKeys.set(user, newKey())
      return new Map([...users].map((user) => [user, personalKeys.get(user) ?? null]))
    },

    async destroyPersonalKey(user) {
      personalKeys.set(user, null)
    },

    async lastBefore(moment) {
      const all = sealed()
      const kept = all.findIndex(({ at }) => at >= moment)
      const last = all.at(kept < 0 ? -1 : kept - 1)
      return kept === 0 || !last ? undefined : { sequence: last.sequence, hash: last.hash }
    },

    async expire(through) {
      chain.set(chainKey, { ...chainOf(), expired: through })
      for (const [id, row] of events.entries()) if (row.sealed && row.sealed.sequence <= through.sequence) events.delete(id)
    },

    async list({ kinds, subject, since, until }, { before, limit }) {
      return events
        .entries()
        .toReversed()
        .filter(([id, row]) => {
          const { at, event, subject: about } = recordOf(row)
          return (
            (before === null || id < before) &&
            (kinds === null || kinds.includes(event.kind)) &&
            (subject === null || about === subject) &&
            (since === null || at >= since) &&
            (until === null || at < until)
          )
        })
        .slice(0, limit)
        .map(([id, row]) => listed(realm, id, row))
    },
  }
}

function recordOf({ recorded }: EventRow): Omit<AuditRecord, 'personal'> {
  return { ...recorded, subject: 'user' in recorded.event ? recorded.event.user : null }
}

function listed({ personalKeys }: Realm, id: number, row: EventRow) {
  const record = recordOf(row)
  if (row.sealed === null) return { ...record, id, personal: null, seal: null, personalKey: null }
  const { personal, sequence, hash } = row.sealed
  return {
    ...record,
    id,
    personal,
    seal: { sequence, hash },
    personalKey: record.subject === null ? null : (personalKeys.get(record.subject) ?? null),
  }
}
