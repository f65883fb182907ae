import type { AuditChain, AuditLog, AuditTrail, PersonalFields } from '@latchkey/application'
import { type Actor, type AuditEvent, type SealedRecord, type UserId, userId } from '@latchkey/domain'
import { type Connection, defer, insert, query, run } from './database.ts'
import type { Scope } from './scope.ts'
import { type Sql, constant, join, sql } from './sql.ts'
import type { Into } from './statement.ts'

const events: Into = { name: 'audit-append', table: 'audit_events (org_id, at, actor, event, subject, personal)', width: 6 }

export function auditLog(connection: Connection, { organization, now }: Scope): AuditLog {
  return {
    async append(actor, event, personal) {
      const subject = 'user' in event ? event.user : null
      const told = personal && subject !== null ? JSON.stringify(personal) : null
      const values = [organization, new Date(now).toISOString(), JSON.stringify(actor), JSON.stringify(event), subject, told]
      insert(connection, events, values)
    },
  }
}

/** Numbers of PostgreSQL's `bigint` come as text. */
interface EventRow {
  readonly id: string
  readonly at: Date
  readonly actor: Actor
  readonly event: AuditEvent
  readonly subject: string | null
  readonly personal: string | null
  readonly sequence: string | null
  readonly previous_hash: string | null
  readonly hash: string | null
}

interface ChainRow {
  readonly expired_sequence: string
  readonly expired_hash: string
  readonly head_sequence: string
  readonly head_hash: string
}

const columns = ['id', 'at', 'actor', 'event', 'subject', 'personal', 'sequence', 'previous_hash', 'hash']
  .map((column) => `audit_events.${column}`)
  .join(', ')
const chainColumns = 'expired_sequence, expired_hash, head_sequence, head_hash'

export function auditTrail(connection: Connection, { organization }: Scope): AuditTrail {
  return {
    async lockChain(start) {
      const insert = `insert into audit_chains (org_id, ${chainColumns}) values (?, ?, ?, ?, ?) on conflict do nothing`
      await run(connection, 'audit-chain-begin', insert, [organization, start.sequence, start.hash, start.sequence, start.hash])
      const text = `select ${chainColumns} from audit_chains where org_id = ? for update`
      const [row] = await run<ChainRow>(connection, 'audit-chain-lock', text, [organization])
      if (!row) throw new Error('The audit chain was just begun and is not there.')
      return chainFromRow(row)
    },

    async chain() {
      const [row] = await run<ChainRow>(connection, 'audit-chain', `select ${chainColumns} from audit_chains where org_id = ?`, [
        organization,
      ])
      return row && chainFromRow(row)
    },

    async unsealed(limit) {
      const text = `select ${columns} from audit_events where org_id = ? and sequence is null order by id limit ?`
      const rows = await run<EventRow>(connection, 'audit-unsealed', text, [organization, limit])
      return rows.map(({ id, at, actor, event, subject, personal }) => ({
        id: Number(id),
        at: at.getTime(),
        actor,
        event,
        subject: subject === null ? null : userId(subject),
        personal: personalFields(personal),
      }))
    },

    async seal(events) {
      const places = events.map(({ id, record: { sequence, previousHash, hash, personal } }) => ({
        id,
        sequence,
        previousHash,
        hash,
        personal,
      }))
      const text = `update audit_events set sequence = place.sequence, previous_hash = place."previousHash", hash = place.hash, personal = place.personal
        from jsonb_to_recordset(?::jsonb) as place (id bigint, sequence bigint, "previousHash" text, hash text, personal text)
        where audit_events.org_id = ? and audit_events.id = place.id`
      await run(connection, 'audit-seal', text, [JSON.stringify(places), organization])
      const last = events.at(-1)?.record
      if (!last) return
      const head = 'update audit_chains set head_sequence = ?, head_hash = ? where org_id = ?'
      await run(connection, 'audit-head', head, [last.sequence, last.hash, organization])
    },

    async sealed(after, limit) {
      const text = `select ${columns} from audit_events where org_id = ? and sequence > ? order by sequence, id limit ?`
      return (await run<EventRow>(connection, 'audit-sealed', text, [organization, after, limit])).map(sealedFromRow)
    },

    async personalKeys(users, newKey) {
      const known = await personalKeysOf([...users])
      const missing = [...users].filter((user) => !known.has(user))
      if (missing.length === 0) return known
      const insert = `insert into audit_personal_keys (org_id, user_id, key)
        select ?::uuid, user_id, key from unnest(?::uuid[], ?::text[]) as made (user_id, key) on conflict do nothing`
      defer(connection, 'audit-personal-keys-insert', insert, [organization, missing, missing.map(newKey)])
      return new Map([...known, ...(await personalKeysOf(missing))])
    },

    async destroyPersonalKey(user) {
      const text = `insert into audit_personal_keys (org_id, user_id, key) values (?, ?, null)
        on conflict (org_id, user_id) do update set key = null`
      await run(connection, 'audit-personal-key-destroy', text, [organization, user])
    },

    async lastBefore(moment) {
      const text = `select sequence, hash from audit_events where org_id = ? and sequence < coalesce(
          (select min(kept.sequence) from audit_events as kept where kept.org_id = ? and kept.sequence is not null and kept.at >= ?), 9223372036854775807)
        order by sequence desc limit 1`
      const values = [organization, organization, new Date(moment).toISOString()]
      const [row] = await run<{ sequence: string; hash: string }>(connection, 'audit-last-before', text, values)
      return row && { sequence: Number(row.sequence), hash: row.hash }
    },

    async expire({ sequence, hash }) {
      const chain = 'update audit_chains set expired_sequence = ?, expired_hash = ? where org_id = ?'
      await run(connection, 'audit-expired', chain, [sequence, hash, organization])
      await run(connection, 'audit-expire', 'delete from audit_events where org_id = ? and sequence <= ?', [organization, sequence])
    },

    async list({ kinds, subject, since, until }, { before, limit }) {
      const conditions: Sql[] = [
        sql`audit_events.org_id = ${organization}`,
        ...(kinds === null ? [] : [sql`audit_events.event->>'kind' = any(${kinds}::text[])`]),
        ...(subject === null ? [] : [sql`audit_events.subject = ${subject}`]),
        ...(since === null ? [] : [sql`audit_events.at >= ${new Date(since).toISOString()}::timestamptz`]),
        ...(until === null ? [] : [sql`audit_events.at < ${new Date(until).toISOString()}::timestamptz`]),
        ...(before === null ? [] : [sql`audit_events.id < ${before}`]),
      ]
      const rows = await query<EventRow & { readonly key: string | null }>(
        connection,
        sql`select ${constant(columns)}, keys.key from audit_events
          left join audit_personal_keys as keys on keys.org_id = audit_events.org_id and keys.user_id = audit_events.subject
          where ${join(conditions, ' and ')} order by audit_events.id desc limit ${limit}`,
      )
      return rows.map(({ key, ...row }) => ({
        ...recordFromRow(row),
        id: Number(row.id),
        personal: row.sequence === null ? null : row.personal,
        seal: row.sequence === null || row.hash === null ? null : { sequence: Number(row.sequence), hash: row.hash },
        personalKey: row.sequence === null ? null : key,
      }))
    },
  }

  async function personalKeysOf(users: readonly UserId[]): Promise<ReadonlyMap<UserId, string | null>> {
    const text = 'select user_id, key from audit_personal_keys where org_id = ? and user_id = any(?::uuid[])'
    const rows = await run<{ user_id: string; key: string | null }>(connection, 'audit-personal-keys', text, [organization, users])
    return new Map(rows.map(({ user_id, key }) => [userId(user_id), key]))
  }
}

function recordFromRow({ at, actor, event, subject }: EventRow) {
  return { at: at.getTime(), actor, event, subject: subject === null ? null : userId(subject) }
}

function sealedFromRow(row: EventRow): SealedRecord {
  return {
    ...recordFromRow(row),
    personal: row.personal,
    sequence: Number(row.sequence),
    previousHash: row.previous_hash ?? '',
    hash: row.hash ?? '',
  }
}

function chainFromRow(row: ChainRow): AuditChain {
  return {
    expired: { sequence: Number(row.expired_sequence), hash: row.expired_hash },
    head: { sequence: Number(row.head_sequence), hash: row.head_hash },
  }
}

function personalFields(text: string | null): PersonalFields | null {
  return text === null ? null : (JSON.parse(text) as PersonalFields)
}
