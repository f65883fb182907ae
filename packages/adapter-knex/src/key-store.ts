import { type KeyLogEntry, userId } from '@latchkey/domain'
import type { KeyLog, KeyStore, WrongProofStore } from '@latchkey/application'
import { type Connection, run } from './database.ts'
import type { Scope } from './scope.ts'

const at = (instant: number) => new Date(instant).toISOString()

export function keyStore(connection: Connection, { organization, now }: Scope): KeyStore {
  return {
    async proofs(user) {
      const text = 'select unlock_digest as unlock, recovery_digest as recovery from key_proofs where org_id = ? and user_id = ?'
      const [row] = await run<{ unlock: string; recovery: string }>(connection, 'key-proofs', text, [organization, user])
      return row
    },

    async saveProofs(user, { unlock, recovery }) {
      const text = `insert into key_proofs (org_id, user_id, unlock_digest, recovery_digest) values (?, ?, ?, ?)
        on conflict (org_id, user_id) do update set unlock_digest = excluded.unlock_digest, recovery_digest = excluded.recovery_digest`
      await run(connection, 'key-proofs-save', text, [organization, user, unlock, recovery])
    },

    async retire(user, { version, protectedPrivateKeys: { envelope } }) {
      await run(connection, 'key-proofs-delete', 'delete from key_proofs where org_id = ? and user_id = ?', [organization, user])
      const text = 'insert into retired_keys (org_id, user_id, version, envelope, retired_at) values (?, ?, ?, ?, ?)'
      await run(connection, 'key-retire', text, [organization, user, version, envelope, at(now)])
    },

    async lastRetired(users) {
      if (users.length === 0) return new Map()
      const text = 'select user_id, max(retired_at) as at from retired_keys where org_id = ? and user_id = any(?::uuid[]) group by user_id'
      const rows = await run<{ user_id: string; at: Date }>(connection, 'keys-last-retired', text, [organization, users])
      return new Map(rows.map((row) => [userId(row.user_id), row.at.getTime()]))
    },

    async note(user) {
      const text = 'select sealed from notes where org_id = ? and user_id = ?'
      const [row] = await run<{ sealed: string }>(connection, 'note', text, [organization, user])
      return row?.sealed ?? null
    },

    async saveNote(user, sealed) {
      const text = `insert into notes (org_id, user_id, sealed) values (?, ?, ?)
        on conflict (org_id, user_id) do update set sealed = excluded.sealed`
      await run(connection, 'note-save', text, [organization, user, sealed])
    },
  }
}

interface EntryRow {
  readonly sequence: number
  readonly user_id: string
  readonly version: number
  readonly statement: string
  readonly statement_signature: string
  readonly previous_signature: string | null
  readonly at: Date
  readonly previous_hash: string | null
  readonly hash: string
}

const entryColumns = 'sequence, user_id, version, statement, statement_signature, previous_signature, at, previous_hash, hash'

export function keyLog(connection: Connection, { organization }: Scope): KeyLog {
  return {
    async lockHead() {
      // The organisation's row stands for the end of its log, which there may be nothing of yet to lock.
      await run(connection, 'key-log-lock', 'select 1 from organizations where id = ? for no key update', [organization])
      const text = `select ${entryColumns} from key_log where org_id = ? order by sequence desc limit 1`
      const [row] = await run<EntryRow>(connection, 'key-log-head', text, [organization])
      return row && entryFromRow(row)
    },

    async append(entry) {
      const text = `insert into key_log (org_id, ${entryColumns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      const { sequence, user, version, statement, statementSignature, previousSignature, previousHash, hash } = entry
      const values = [sequence, user, version, statement, statementSignature, previousSignature, at(entry.at), previousHash, hash]
      await run(connection, 'key-log-append', text, [organization, ...values])
    },

    async page(after, limit) {
      const text = `select ${entryColumns} from key_log where org_id = ? and sequence > ? order by sequence limit ?`
      return (await run<EntryRow>(connection, 'key-log-page', text, [organization, after, limit])).map(entryFromRow)
    },

    async ofUser(user) {
      const text = `select ${entryColumns} from key_log where org_id = ? and user_id = ? order by version`
      return (await run<EntryRow>(connection, 'key-log-of-user', text, [organization, user])).map(entryFromRow)
    },
  }
}

export function wrongProofStore(connection: Connection, { organization, now }: Scope): WrongProofStore {
  return {
    async since(user, since, source) {
      const text = `select at from wrong_proofs where org_id = ? and user_id = ? and at > ? and (?::text is null or source = ?) order by at, id`
      const rows = await run<{ at: Date }>(connection, 'wrong-proofs', text, [organization, user, at(since), source, source])
      return rows.map((row) => row.at.getTime())
    },

    async note(user, source) {
      const text = 'insert into wrong_proofs (org_id, user_id, source, at) values (?, ?, ?, ?)'
      await run(connection, 'wrong-proof-note', text, [organization, user, source, at(now)])
    },

    async forget(before) {
      await run(connection, 'wrong-proofs-forget', 'delete from wrong_proofs where org_id = ? and at < ?', [organization, at(before)])
    },
  }
}

function entryFromRow(row: EntryRow): KeyLogEntry {
  return {
    sequence: row.sequence,
    user: userId(row.user_id),
    version: row.version,
    statement: row.statement,
    statementSignature: row.statement_signature,
    previousSignature: row.previous_signature,
    at: row.at.getTime(),
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}
