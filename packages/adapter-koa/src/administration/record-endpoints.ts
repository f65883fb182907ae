import type { AuditFilter, ReadableEvent, ReadRecords, VerifyAudit } from '@latchkey/application'
import { scimTokenId, userId } from '@latchkey/domain'
import { z } from 'zod'
import { auditCsv, auditJson } from './audit-export.ts'
import { type EventView, event, eventView } from './audit-event-view.ts'
import { Download, type Endpoint, endpoint } from './endpoint.ts'
import { id, instant, iso, nextCursor, nothing, numberedPage, text } from './schemas.ts'

const action = z.enum([
  'create-user',
  'change-user',
  'deactivate-user',
  'reactivate-user',
  'delete-user',
  'create-group',
  'change-group',
  'delete-group',
  'read',
  'other',
])

const activity = z.object({
  id: z.int(),
  at: instant,
  requestId: z.string(),
  token: id,
  provider: z.string().nullable().describe('Who the request seems to come from.'),
  action,
  words: z.string().describe('What was asked for: `deactivate ada@example.com`.'),
  subject: id.nullable(),
  outcome: z.enum(['changed', 'failed']),
  status: z.int().nullable().describe('Of a failure.'),
  reason: z.string().nullable(),
  durationMs: z.number(),
  body: z.unknown().describe('What was sent, without secrets; of failures, and for seven days.'),
})

const counted = z.object({
  token: id,
  hour: instant.describe('The beginning of the hour.'),
  reads: z.int(),
  writes: z.int(),
  failures: z.int(),
  slowestMs: z.number(),
})

const eventFilter = {
  kind: z.string().max(50).optional(),
  subject: id.optional(),
  since: instant.optional(),
  until: instant.optional(),
}

export function recordEndpoints(records: ReadRecords, verifyAudit: VerifyAudit): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/activity',
      name: 'listActivity',
      summary: 'SCIM requests that changed something or failed, the latest first',
      least: 'auditor',
      params: nothing,
      query: z.object({
        ...numberedPage,
        outcome: z.enum(['changed', 'failed']).optional(),
        action: action.optional(),
        token: id.optional(),
        text,
      }),
      body: null,
      answer: z.object({ activity: z.array(activity), nextCursor }),
      async handle(administrator, { query }) {
        const filter = {
          outcome: query.outcome ?? null,
          action: query.action ?? null,
          token: query.token === undefined ? null : scimTokenId(query.token),
          text: query.text ?? null,
        }
        const found = await records.activity(administrator, filter, pageOf(query))
        const shown = found.map(({ verb, name, at, ...rest }) => ({
          ...rest,
          at: iso(at),
          words: `${verb} ${name ?? rest.subject ?? ''}`.trimEnd(),
        }))
        return { activity: shown, nextCursor: cursorBehind(found, query.limit) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/activity/counts',
      name: 'getActivityCounts',
      summary: 'How many SCIM requests there were, by token and hour, in order of time',
      least: 'auditor',
      params: nothing,
      query: z.object({ hours: z.coerce.number().int().min(1).max(2_160).default(24) }),
      body: null,
      answer: z.object({ counts: z.array(counted) }),
      async handle(administrator, { query }) {
        const found = await records.requestCounts(administrator, query.hours)
        return { counts: found.map(({ lastAt: _last, hour, ...rest }) => ({ ...rest, hour: iso(hour) })) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/audit-events',
      name: 'listAuditEvents',
      summary: 'Audit events, the latest first',
      least: 'auditor',
      params: nothing,
      query: z.object({
        ...numberedPage,
        ...eventFilter,
      }),
      body: null,
      answer: z.object({ events: z.array(event), nextCursor }),
      async handle(administrator, { query }) {
        const found = await records.audit(administrator, filterOf(query), pageOf(query))
        return { events: found.map(eventView), nextCursor: cursorBehind(found, query.limit) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/audit-events/export',
      name: 'exportAuditEvents',
      summary: 'Every event that the filter names, the latest first, as one file',
      least: 'auditor',
      params: nothing,
      query: z.object({ format: z.enum(['csv', 'json']).default('csv'), ...eventFilter }),
      body: null,
      answer: z.object({ events: z.array(event) }),
      mediaTypes: ['application/json', 'text/csv'],
      async handle(administrator, { query }) {
        const fileName = `audit-${administrator.organization.slug}.${query.format}`
        const pages = viewed(records.auditPages(administrator, filterOf(query)))
        return query.format === 'csv'
          ? new Download({ mediaType: 'text/csv', fileName, chunks: auditCsv(pages) })
          : new Download({ mediaType: 'application/json', fileName, chunks: auditJson(pages) })
      },
    }),
    endpoint({
      method: 'post',
      path: '/audit-events/verify',
      name: 'verifyAudit',
      summary: 'Follow the chain of sealed events, and name the first that is broken',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({
        events: z.int(),
        head: z.string().nullable(),
        firstBroken: z.object({ sequence: z.int(), fault: z.enum(['missing', 'altered', 'misplaced']) }).nullable(),
      }),
      handle: ({ organization }) => verifyAudit.execute(organization),
    }),
  ]
}

async function* viewed(pages: AsyncIterable<readonly ReadableEvent[]>): AsyncGenerator<readonly EventView[]> {
  for await (const page of pages) yield page.map(eventView)
}

function filterOf(query: z.output<z.ZodObject<typeof eventFilter>>): AuditFilter {
  return {
    kinds: query.kind === undefined ? null : [query.kind as NonNullable<AuditFilter['kinds']>[number]],
    subject: query.subject === undefined ? null : userId(query.subject),
    since: query.since === undefined ? null : Date.parse(query.since),
    until: query.until === undefined ? null : Date.parse(query.until),
  }
}

function pageOf({ cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number }) {
  return { before: cursor === undefined ? null : Number(cursor), limit }
}

/** A full page may have another one behind it; that one may be empty. */
function cursorBehind(entries: readonly { readonly id: number }[], limit: number): string | null {
  const last = entries.at(-1)
  return last && entries.length === limit ? String(last.id) : null
}
