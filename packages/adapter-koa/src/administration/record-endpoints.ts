import type { AuditFilter, ReadRecords, VerifyAudit } from '@latchkey/application'
import { scimTokenId, userId } from '@latchkey/domain'
import { z } from 'zod'
import { type Endpoint, endpoint } from './endpoint.ts'
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

const event = z.object({
  id: z.int(),
  at: instant,
  actor: z.looseObject({ kind: z.string() }),
  event: z.looseObject({ kind: z.string() }),
  subject: id.nullable(),
  told: z
    .record(z.string(), z.string())
    .nullable()
    .describe('What the event says of its person; null once they are erased, and until it is sealed.'),
  seal: z.object({ sequence: z.int(), hash: z.string() }).nullable(),
})

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
      path: '/audit-events',
      name: 'listAuditEvents',
      summary: 'Audit events, the latest first',
      least: 'auditor',
      params: nothing,
      query: z.object({
        ...numberedPage,
        kind: z.string().max(50).optional(),
        subject: id.optional(),
        since: instant.optional(),
        until: instant.optional(),
      }),
      body: null,
      answer: z.object({ events: z.array(event), nextCursor }),
      async handle(administrator, { query }) {
        const filter: AuditFilter = {
          kinds: query.kind === undefined ? null : [query.kind as NonNullable<AuditFilter['kinds']>[number]],
          subject: query.subject === undefined ? null : userId(query.subject),
          since: query.since === undefined ? null : Date.parse(query.since),
          until: query.until === undefined ? null : Date.parse(query.until),
        }
        const found = await records.audit(administrator, filter, pageOf(query))
        return {
          events: found.map((entry) => ({ ...entry, at: iso(entry.at), actor: { ...entry.actor }, event: { ...entry.event } })),
          nextCursor: cursorBehind(found, query.limit),
        }
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

function pageOf({ cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number }) {
  return { before: cursor === undefined ? null : Number(cursor), limit }
}

/** A full page may have another one behind it; that one may be empty. */
function cursorBehind(entries: readonly { readonly id: number }[], limit: number): string | null {
  const last = entries.at(-1)
  return last && entries.length === limit ? String(last.id) : null
}
