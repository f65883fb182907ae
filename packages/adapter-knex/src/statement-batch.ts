import { type ClientBase, type Connection as Wire, type Submittable, types } from 'pg'
import { serialize } from 'pg-protocol'
import type { Bindable } from './sql.ts'
import type { Statement } from './statement.ts'

export type Row = Readonly<Record<string, unknown>>

/** What one statement answered. */
export interface StatementResult {
  readonly rows: readonly Row[]
  /** The command tag: `SELECT 1`, `COMMIT`. */
  readonly command: string
}

interface Field {
  readonly name: string
  readonly dataTypeID: number
}

/** The columns of an answer, and a row without values, which is cheaper to copy than to build. */
interface Columns {
  readonly names: readonly string[]
  readonly parsers: readonly ((text: string) => unknown)[]
  readonly empty: Row
}

/** What a connection knows of a statement that it has parsed; no columns yet where an answer has not told them, or there are none. */
interface Prepared {
  readonly columns: Columns | null
}

const noColumns: Columns = { names: [], parsers: [], empty: {} }

/** Statements that could not be put into words: PostgreSQL has seen nothing of them. */
export class NotSent extends Error {
  constructor(cause: unknown) {
    super('The statements could not be sent.', { cause })
    this.name = 'NotSent'
  }
}

/**
 * Statements that go to PostgreSQL together and are answered together: one write, one wait (decision 0040). They stand before one Sync, so the first that
 * fails ends the batch, and outside a transaction they are one.
 *
 * For `client.query`: the methods named `handle…` are what pg calls of whatever it has submitted.
 */
export class StatementBatch implements Submittable {
  readonly #statements: readonly Statement[]
  readonly #end: (error: Error | null, results: readonly StatementResult[]) => void
  readonly #results: StatementResult[] = []
  /** Of each statement, what was known of it when it was sent. */
  readonly #known: (Prepared | undefined)[] = []
  #columns: Columns | null = null
  #rows: Row[] = []
  #isSent = false
  #follow: (() => void) | null = null
  #followers: readonly StatementBatch[] = []

  /** `end` is told the results in the order of the statements, or the error and the results of those before it. */
  constructor(statements: readonly Statement[], end: (error: Error | null, results: readonly StatementResult[]) => void) {
    this.#statements = statements
    this.#end = end
  }

  /** Sends several without waiting in between. Each has a Sync of its own, and so is a transaction of its own that fails alone. */
  static sendAll(client: ClientBase, batches: readonly StatementBatch[]): void {
    const [first, ...followers] = batches
    if (!first) return
    first.#followers = followers
    for (const [index, batch] of batches.entries()) {
      const next = batches[index + 1]
      // To `pg` they come one after the other: the bytes of the next are under way by the time that it asks for them.
      if (next) batch.#follow = () => client.query(next)
    }
    client.query(first)
  }

  /** Answers what `pg` is to hand to `handleError`, where nothing could be sent. */
  submit(wire: Wire): Error | undefined {
    if (this.#isSent) return undefined
    const together = [this, ...this.#followers]
    try {
      wire.stream.write(Buffer.concat(together.flatMap((batch) => batch.#messages(wire))))
      return undefined
    } catch (error) {
      // Nothing went out, for one of them. Each goes by itself now, and that one fails alone.
      this.#followers = []
      for (const batch of together) batch.#forget()
      if (together.length > 1) return this.submit(wire)
      return new NotSent(error)
    }
  }

  #forget(): void {
    this.#isSent = false
    this.#known.length = 0
  }

  #messages(wire: Wire): readonly Buffer[] {
    this.#isSent = true
    const prepared = preparedOn(wire)
    const messages: Buffer[] = []
    for (const { name, text, values } of this.#statements) {
      const known = name === null ? undefined : prepared.get(name)
      this.#known.push(known ?? undefined)
      if (!known) {
        if (known === null) messages.push(serialize.close({ type: 'S', name: name ?? '' }))
        messages.push(serialize.parse({ name: name ?? '', text, types: [] }))
        // Until an answer says that it was parsed.
        if (name !== null) prepared.set(name, null)
      }
      messages.push(serialize.bind({ statement: name ?? '', values: values.map(encode) }))
      // Its columns are told once: a prepared statement whose columns change fails (PostgreSQL's `cached plan must not change result type`).
      if (!known) messages.push(describePortal)
      messages.push(serialize.execute())
    }
    messages.push(serialize.sync())
    return messages
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#columns = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => parserOf(dataTypeID)),
      empty: Object.fromEntries(fields.map(({ name }) => [name, null])),
    }
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const { names, parsers, empty } = this.#columns ?? this.#known[this.#results.length]?.columns ?? noColumns
    const row: Record<string, unknown> = { ...empty }
    for (let index = 0; index < names.length; index += 1) {
      const field = fields[index] ?? null
      if (field !== null) row[names[index]!] = parsers[index]!(field)
    }
    this.#rows.push(row)
  }

  handleCommandComplete({ text }: { readonly text: string }, wire: Wire): void {
    const index = this.#results.length
    const name = this.#statements[index]?.name
    if (name && !this.#known[index]) preparedOn(wire).set(name, { columns: this.#columns })
    this.#results.push({ rows: this.#rows, command: text })
    this.#rows = []
    this.#columns = null
  }

  handleReadyForQuery(): void {
    this.#follow?.()
    this.#end(null, this.#results)
  }

  handleError(error: Error): void {
    this.#follow?.()
    this.#end(error, this.#results)
  }

  handleEmptyQuery(): void {
    throw new Error('A statement is never empty.')
  }

  handlePortalSuspended(): void {
    throw new Error('A statement is always read to its end.')
  }
}

const describePortal = serialize.describe({ type: 'P', name: '' })

/** What each connection has prepared, by name; null where a statement was sent and its answer has not come, or it failed before that. */
const names = new WeakMap<Wire, Map<string, Prepared | null>>()

function preparedOn(wire: Wire): Map<string, Prepared | null> {
  const known = names.get(wire) ?? new Map<string, Prepared | null>()
  names.set(wire, known)
  return known
}

const timestamptz = 1184

function parserOf(dataTypeID: number): (text: string) => unknown {
  return dataTypeID === timestamptz ? parseTimestamp : types.getTypeParser(dataTypeID, 'text')
}

/** `2026-11-24 17:19:03.123+00`: every connection speaks ISO and UTC, so that nothing has to be guessed. */
function parseTimestamp(text: string): Date {
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
}

/** A value in PostgreSQL's text format. */
function encode(value: Bindable): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'object') return `{${value.map((element) => `"${element.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`
  return String(value)
}
