import type { Instant, UserId } from '@latchkey/domain'
import type { KeyLog, KeyStore, WrongProofStore } from '@latchkey/application'
import type { Scope } from './realm.ts'

export function keyStore({ realm: { proofs, notes, retiredKeys }, now }: Scope): KeyStore {
  return {
    proofs: async (user) => proofs.get(user),
    async saveProofs(user, digests) {
      proofs.set(user, digests)
    },
    // What no request reaches, memory need not keep; when it was, somebody may ask.
    async retire(user) {
      proofs.delete(user)
      retiredKeys.set(user, now)
    },
    async lastRetired(users) {
      const found = new Map<UserId, Instant>()
      for (const user of users) {
        const at = retiredKeys.get(user)
        if (at !== undefined) found.set(user, at)
      }
      return found
    },
    note: async (user) => notes.get(user) ?? null,
    async saveNote(user, sealed) {
      notes.set(user, sealed)
    },
  }
}

export function keyLog({ realm: { keyLog: entries } }: Scope): KeyLog {
  return {
    lockHead: async () => entries.get(entries.size),
    async append(entry) {
      if (entry.sequence !== entries.size + 1) throw new Error('The key log has no gaps and no forks.')
      entries.set(entry.sequence, entry)
    },
    page: async (after, limit) => entries.values().slice(after, after + limit),
    ofUser: async (user) => entries.values().filter((entry) => entry.user === user),
  }
}

export function wrongProofStore({ realm: { wrongProofs }, now }: Scope): WrongProofStore {
  return {
    since: async (user, since, source) =>
      wrongProofs
        .values()
        .filter((wrong) => wrong.user === user && wrong.at > since && (source === null || wrong.source === source))
        .map(({ at }) => at),
    async note(user, source) {
      const last = wrongProofs.entries().at(-1)?.[0] ?? 0
      wrongProofs.set(last + 1, { user, source, at: now })
    },
    async forget(before) {
      for (const [key, { at }] of wrongProofs.entries()) if (at < before) wrongProofs.delete(key)
    },
  }
}
