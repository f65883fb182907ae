import type { Administrator } from '@latchkey/application'
import type { Role } from '@latchkey/domain'
import type { z } from 'zod'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** An answer that is too long to be held, and so is sent while it is read. */
export class Download {
  readonly mediaType: string
  readonly fileName: string
  readonly chunks: AsyncIterable<string>

  constructor(facts: { mediaType: string; fileName: string; chunks: AsyncIterable<string> }) {
    this.mediaType = facts.mediaType
    this.fileName = facts.fileName
    this.chunks = facts.chunks
  }
}

interface Definition<Params, Query, Body, Answer> {
  readonly method: Method
  /** Below `/api/v1`, with `{name}` for what varies. */
  readonly path: string
  /** A name for programs that are generated from the description. */
  readonly name: string
  readonly summary: string
  /** Who may ask at least. */
  readonly least: Role
  readonly params: z.ZodType<Params>
  readonly query: z.ZodType<Query>
  readonly body: z.ZodType<Body> | null
  readonly answer: z.ZodType<Answer> | null
  /** 201 for what makes something; else 200, or 204 without an answer. */
  readonly status?: 201
  /** The media types that an answer may have; JSON unless it is said otherwise. Any other is a `Download`. */
  readonly mediaTypes?: readonly string[]
  handle(
    administrator: Administrator,
    asked: { readonly params: Params; readonly query: Query; readonly body: Body },
  ): Promise<Answer | Download>
}

/** One thing that can be asked of the admin API: what validates a request is what describes it. */
export interface Endpoint extends Omit<Definition<unknown, unknown, unknown, unknown>, 'handle' | 'status' | 'mediaTypes'> {
  readonly status: 200 | 201 | 204
  readonly mediaTypes: readonly string[]
  /** Throws a `z.ZodError` for params or a query that the schemas refuse. */
  run(administrator: Administrator, asked: { readonly params: unknown; readonly query: unknown; readonly body: unknown }): Promise<unknown>
}

export function endpoint<Params, Query, Body, Answer>(definition: Definition<Params, Query, Body, Answer>): Endpoint {
  const { handle, ...rest } = definition
  return {
    ...rest,
    mediaTypes: definition.mediaTypes ?? ['application/json'],
    status: definition.status ?? (definition.answer ? 200 : 204),
    // Body: read and checked by whoever took it off the wire.
    run: async (administrator, { params, query, body }) =>
      handle(administrator, { params: definition.params.parse(params), query: definition.query.parse(query), body: body as Body }),
  }
}
