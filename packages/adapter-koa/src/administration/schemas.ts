import { type Actor, fromBase64url, toBase64url } from '@latchkey/domain'
import { type Json, isStorable } from '@latchkey/scim'
import { z } from 'zod'

export const nothing = z.object({})
export const id = z.guid()
export const instant = z.iso.datetime()
export const role = z.enum(['member', 'auditor', 'admin', 'owner'])
export const grantedRole = z.enum(['member', 'auditor', 'admin'])
export const withId = z.object({ id })

export const actor = z.object({
  kind: z.enum(['scim-token', 'person', 'api-token', 'operator', 'clock', 'nobody']),
  id: id.optional(),
  name: z.string().nullable().describe('What they are called now: a user name, or the description of a token.'),
})

export function actorView(shown: Actor, called: string | null): z.input<typeof actor> {
  return { ...shown, name: called }
}

/** A part of a name to look for. */
export const text = z.string().trim().min(1).max(200).refine(isStorable, 'must be text without NUL').optional()

/** A text that somebody reads: trimmed, and not empty. */
export const visible = (lengthMax: number) => z.string().trim().min(1).max(lengthMax).refine(isStorable, 'must be text without NUL')

export const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2_000).optional().describe('`nextCursor` of the page before.'),
}

/** A page's place in a list whose entries are numbered. */
export const numberedPage = {
  ...page,
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'is `nextCursor` of the page before')
    .optional(),
}

export const nextCursor = z.string().nullable().describe('Null on the last page.')

export function iso(at: number): string
export function iso(at: number | null): string | null
export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** A directory's position as a cursor: it tells nothing that the page before it did not. */
export function cursorOf(position: Json | null): string | null {
  return position === null ? null : toBase64url(new TextEncoder().encode(JSON.stringify(position)))
}

const positions = z.tuple([z.null(), z.guid()])

export function positionOf(cursor: string | undefined): Json | null {
  if (cursor === undefined) return null
  const bytes = fromBase64url(cursor)
  const read = positions.safeParse(bytes && jsonOf(new TextDecoder().decode(bytes)))
  if (!read.success)
    throw new z.ZodError([{ code: 'custom', path: ['cursor'], message: 'is `nextCursor` of the page before', input: cursor }])
  return [...read.data]
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
