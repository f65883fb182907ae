import type { ReadableEvent } from '@latchkey/application'
import { z } from 'zod'
import { actor, actorView, id, instant, iso } from './schemas.ts'

export const event = z.object({
  id: z.int(),
  at: instant,
  actor,
  event: z.looseObject({ kind: z.string() }),
  subject: id.nullable(),
  told: z
    .record(z.string(), z.string())
    .nullable()
    .describe('What the event says of its person; null once they are erased, and until it is sealed.'),
  seal: z.object({ sequence: z.int(), hash: z.string() }).nullable(),
})

/** An event as it is told, in a list and in an export. */
export type EventView = z.input<typeof event>

export function eventView({ actor: by, actorName, event: what, at, ...entry }: ReadableEvent): EventView {
  return { ...entry, at: iso(at), actor: actorView(by, actorName), event: { ...what } }
}
