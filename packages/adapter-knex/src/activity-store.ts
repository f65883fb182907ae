import { type ActivityAction, groupId, scimTokenId } from '@latchkey/domain'
import type { Activity, ActivityStore, NewActivity, RequestCount } from '@latchkey/application'
import { type Connection, defer, insert, query, run } from './database.ts'
import type { Scope } from './scope.ts'
import { type Sql, join, sql } from './sql.ts'
import type { Into } from './statement.ts'

interface ActivityRow {
  readonly id: string
  readonly at: Date
  readonly request_id: string
  readonly token_id: string
  readonly provider: Activity['provider']
  readonly action: ActivityAction
  readonly verb: string
  readonly subject: string | null
  readonly name: string | null
  readonly outcome: Activity['outcome']
  readonly status: number | null
  readonly reason: string | null
  readonly duration_ms: number
  readonly body: Activity['body']
}

interface CountRow {
  readonly token_id: string
  readonly hour: Date
  readonly reads: string
  readonly writes: string
  readonly failures: string
  readonly slowest_ms: number
  readonly last_at: Date
}

const activities: Into = {
  name: 'activity-append-one',
  table: 'activity (org_id, at, request_id, token_id, provider, action, verb, subject, name, outcome, status, reason, duration_ms, body)',
  width: 14,
}

const iso = (instant: number) => new Date(instant).toISOString()

export function activityStore(connection: Connection, { organization, now }: Scope): ActivityStore {
  function appendOne(entry: NewActivity): void {
    const { requestId, token, provider, action, verb, subject, name, outcome, status, reason, durationMs, body } = entry
    const sent = body === null ? null : JSON.stringify(body)
    const values = [
      organization,
      iso(now),
      requestId,
      token,
      provider,
      action,
      verb,
      subject,
      name,
      outcome,
      status,
      reason,
      durationMs,
      sent,
    ]
    insert(connection, activities, values)
  }

  return {
    async append(entries) {
      const [entry] = entries
      if (!entry) return
      // A change comes alone and with its name. Reading many and looking names up is for what failed, and slows no change down.
      if (entries.length === 1 && entry.name !== null) return appendOne(entry)
      const text = `insert into ${activities.table}
        select ?::uuid, ?::timestamptz, entry."requestId", entry.token, entry.provider, entry.action, entry.verb, entry.subject,
          coalesce(entry.name,
            (select user_name from users where users.org_id = ? and users.id = entry.subject),
            (select display_name from groups where groups.org_id = ? and groups.id = entry.subject)),
          entry.outcome, entry.status, entry.reason, entry."durationMs", nullif(entry.body, 'null')
        from jsonb_to_recordset(?::jsonb) as entry ("requestId" text, token uuid, provider text, action text, verb text, subject uuid, name text,
          outcome text, status integer, reason text, "durationMs" double precision, body jsonb)`
      defer(connection, 'activity-append', text, [organization, iso(now), organization, organization, JSON.stringify(entries)])
    },

    async count(counts) {
      if (counts.length === 0) return
      const rows = counts.map((count) => ({ ...count, hour: iso(count.hour), lastAt: iso(count.lastAt) }))
      // In one order, so that two processes that count the same tokens do not wait in a circle.
      const text = `insert into request_counts (org_id, hour, token_id, reads, writes, failures, slowest_ms, last_at)
        select ?::uuid, hour, token, reads, writes, failures, "slowestMs", "lastAt"
        from jsonb_to_recordset(?::jsonb) as counted (token uuid, hour timestamptz, reads bigint, writes bigint, failures bigint,
          "slowestMs" double precision, "lastAt" timestamptz) order by hour, token
        on conflict (org_id, hour, token_id) do update set reads = request_counts.reads + excluded.reads,
          writes = request_counts.writes + excluded.writes, failures = request_counts.failures + excluded.failures,
          slowest_ms = greatest(request_counts.slowest_ms, excluded.slowest_ms), last_at = greatest(request_counts.last_at, excluded.last_at)`
      await run(connection, 'request-counts', text, [organization, JSON.stringify(rows)])
    },

    async list({ outcome, action, token, text }, { before, limit }) {
      const pattern = text === null ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
      const conditions: Sql[] = [
        sql`org_id = ${organization}`,
        ...(outcome === null ? [] : [sql`outcome = ${outcome}`]),
        ...(action === null ? [] : [sql`action = ${action}`]),
        ...(token === null ? [] : [sql`token_id = ${token}`]),
        ...(pattern === null ? [] : [sql`(name ilike ${pattern} or reason ilike ${pattern})`]),
        ...(before === null ? [] : [sql`id < ${before}`]),
      ]
      const rows = await query<ActivityRow>(
        connection,
        sql`select * from activity where ${join(conditions, ' and ')} order by id desc limit ${limit}`,
      )
      return rows.map(activityFromRow)
    },

    async counts(since) {
      const text = 'select * from request_counts where org_id = ? and last_at >= ? order by hour, token_id'
      const rows = await run<CountRow>(connection, 'request-counts-since', text, [organization, iso(since)])
      return rows.map(countFromRow)
    },

    async removalsSince(since) {
      const text = `select token_id, count(distinct subject)::integer as users,
          count(distinct subject) filter (where action = 'delete-user')::integer as deleted
        from activity where org_id = ? and at >= ? and outcome = 'changed' and action in ('deactivate-user', 'delete-user')
        group by token_id order by token_id`
      type Row = { readonly token_id: string; readonly users: number; readonly deleted: number }
      const rows = await run<Row>(connection, 'activity-removals', text, [organization, iso(since)])
      return rows.map(({ token_id: token, users, deleted }) => ({ token: scimTokenId(token), users, deleted }))
    },

    async firsts() {
      const actions: readonly ActivityAction[] = ['create-user', 'create-group', 'deactivate-user', 'delete-user']
      const text = `select action, first.at from unnest(?::text[]) as action
        cross join lateral (select at from activity where org_id = ? and activity.action = action.action and outcome = 'changed' order by id limit 1) as first`
      const rows = await run<{ action: ActivityAction; at: Date }>(connection, 'activity-firsts', text, [actions, organization])
      return new Map(rows.map(({ action, at }) => [action, at.getTime()]))
    },

    async expire({ entries, bodies }) {
      await run(connection, 'activity-expire', 'delete from activity where org_id = ? and at < ?', [organization, iso(entries)])
      const text = 'update activity set body = null where org_id = ? and at < ? and body is not null'
      await run(connection, 'activity-bodies-expire', text, [organization, iso(bodies)])
      await run(connection, 'request-counts-expire', 'delete from request_counts where org_id = ? and last_at < ?', [
        organization,
        iso(entries),
      ])
    },

    async forget(subject) {
      await run(connection, 'activity-forget', 'delete from activity where org_id = ? and subject = ?', [organization, subject])
    },
  }
}

function activityFromRow(row: ActivityRow): Activity {
  return {
    id: Number(row.id),
    at: row.at.getTime(),
    requestId: row.request_id,
    token: scimTokenId(row.token_id),
    provider: row.provider,
    action: row.action,
    verb: row.verb,
    subject: row.subject === null ? null : groupId(row.subject),
    name: row.name,
    outcome: row.outcome,
    status: row.status,
    reason: row.reason,
    durationMs: row.duration_ms,
    body: row.body,
  }
}

function countFromRow(row: CountRow): RequestCount {
  return {
    token: scimTokenId(row.token_id),
    hour: row.hour.getTime(),
    reads: Number(row.reads),
    writes: Number(row.writes),
    failures: Number(row.failures),
    slowestMs: row.slowest_ms,
    lastAt: row.last_at.getTime(),
  }
}
