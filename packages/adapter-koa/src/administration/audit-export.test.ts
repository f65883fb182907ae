import { expect, test } from 'vitest'
import type { EventView } from './audit-event-view.ts'
import { auditCsv, auditJson } from './audit-export.ts'

const event: EventView = {
  id: 1,
  at: '2026-01-02T03:04:05.000Z',
  actor: { kind: 'person', id: '00000000-0000-4000-8000-000000000001', name: '=1+1' },
  event: { kind: 'role-changed', role: 'admin' },
  subject: null,
  told: { userName: 'says "hello"' },
  seal: { sequence: 7, hash: 'f00' },
}

async function* pagesOf(...sizes: readonly number[]) {
  for (const size of sizes) yield Array.from({ length: size }, () => event)
}

async function text(chunks: AsyncIterable<string>): Promise<string> {
  let whole = ''
  for await (const chunk of chunks) whole += chunk
  return whole
}

test('quotes are doubled and formulas are text', async () => {
  const [, line] = (await text(auditCsv(pagesOf(1)))).split('\r\n')
  expect(line).toBe(
    '"2026-01-02T03:04:05.000Z","7","role-changed","person","00000000-0000-4000-8000-000000000001","\'=1+1","","{""userName"":""says \\""hello\\""""}","{""role"":""admin""}","f00"',
  )
})

test.each(['=', '+', '-', '@', '\t', '\r'])('a name that begins with %j is shown and not worked out', async (begin) => {
  const one: EventView = { ...event, actor: { ...event.actor, name: `${begin}SUM(A1)` } }
  async function* page() {
    yield [one]
  }
  expect(await text(auditCsv(page()))).toContain(`,"'${begin}SUM(A1)",`)
})

test.each([[[]], [[0]], [[1]], [[2, 0]], [[2, 3, 1]]])('pages of %j events are one JSON document', async (sizes) => {
  const { events } = JSON.parse(await text(auditJson(pagesOf(...sizes))))
  expect(events).toEqual(Array.from({ length: sizes.reduce((sum, size) => sum + size, 0) }, () => event))
})
