import type { EventView } from './audit-event-view.ts'

const columns = ['at', 'sequence', 'kind', 'actor', 'actorId', 'actorName', 'subject', 'told', 'event', 'hash'] as const

/** RFC 4180, with a heading; what has parts of its own stands as JSON. */
export async function* auditCsv(pages: AsyncIterable<readonly EventView[]>): AsyncGenerator<string> {
  yield lineOf(columns)
  for await (const page of pages) yield page.map((event) => lineOf(cellsOf(event))).join('')
}

/** One document, `{"events": […]}`, an event on each line. */
export async function* auditJson(pages: AsyncIterable<readonly EventView[]>): AsyncGenerator<string> {
  let before = '{"events":[\n'
  for await (const page of pages) {
    if (page.length === 0) continue
    yield before + page.map((event) => JSON.stringify(event)).join(',\n')
    before = ',\n'
  }
  yield before === ',\n' ? '\n]}\n' : '{"events":[]}\n'
}

function cellsOf({ at, seal, actor, subject, told, event }: EventView): readonly string[] {
  const { kind, ...details } = event
  return [
    at,
    seal === null ? '' : String(seal.sequence),
    kind,
    actor.kind,
    actor.id ?? '',
    actor.name ?? '',
    subject ?? '',
    told === null ? '' : JSON.stringify(told),
    JSON.stringify(details),
    seal?.hash ?? '',
  ]
}

/** Whatever a spreadsheet would take for a formula is shown as text by the apostrophe in front of it (INP-8). */
function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${(/^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`).join(',')}\r\n`
}
