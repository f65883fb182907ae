import { type Connection as Wire, type Submittable, types } from 'pg'
import type { Bindable } from './sql.ts'

/** A statement as PostgreSQL reads it, with `$1`, `$2`, … for its values. */
export interface Statement {
  /** Under which it is prepared once for each connection; null for a text that may never come again. */
  readonly name: string | null
  readonly text: string
  readonly values: readonly Bindable[]
  /** Whether an index answers it at once, whatever it is asked: it may then go out with others. */
  readonly isQuick?: boolean
}

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
  #columns: readonly { readonly name: string; readonly parse: (text: string) => unknown }[] = []
  #rows: Row[] = []

  /** `end` is told the results in the order of the statements, or the error and the results of those before it. */
  constructor(statements: readonly Statement[], end: (error: Error | null, results: readonly StatementResult[]) => void) {
    this.#statements = statements
    this.#end = end
  }

  submit(wire: Wire): void {
    const prepared = preparedOn(wire)
    wire.stream.cork()
    for (const { name, text, values } of this.#statements) {
      const known = name === null ? undefined : prepared.get(name)
      if (known !== 'prepared') {
        if (known === 'unknown') wire.close({ type: 'S', name: name ?? '' }, true)
        wire.parse({ name: name ?? '', text, types: [] }, true)
      }
      // Until an answer says that it was parsed.
      if (name !== null && known !== 'prepared') prepared.set(name, 'unknown')
      wire.bind({ statement: name ?? '', values: values.map(encode) }, true)
      wire.describe({ type: 'P' }, true)
      wire.execute(null, true)
    }
    wire.sync()
    wire.stream.uncork()
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID, 'text') }))
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {}
    for (const [index, { name, parse }] of this.#columns.entries()) {
      const field = fields[index] ?? null
      row[name] = field === null ? null : parse(field)
    }
    this.#rows.push(row)
  }

  handleCommandComplete({ text }: { readonly text: string }, wire: Wire): void {
    const name = this.#statements[this.#results.length]?.name
    if (name) preparedOn(wire).set(name, 'prepared')
    this.#results.push({ rows: this.#rows, command: text })
    this.#rows = []
    this.#columns = []
  }

  handleReadyForQuery(): void {
    this.#end(null, this.#results)
  }

  handleError(error: Error): void {
    this.#end(error, this.#results)
  }

  handleEmptyQuery(): void {
    throw new Error('A statement is never empty.')
  }

  handlePortalSuspended(): void {
    throw new Error('A statement is always read to its end.')
  }
}

/** What each connection has prepared; `unknown` where a statement failed before that was told. */
const names = new WeakMap<Wire, Map<string, 'prepared' | 'unknown'>>()

function preparedOn(wire: Wire): Map<string, 'prepared' | 'unknown'> {
  const known = names.get(wire) ?? new Map<string, 'prepared' | 'unknown'>()
  names.set(wire, known)
  return known
}

/** A value in PostgreSQL's text format. */
function encode(value: Bindable): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'object') return `{${value.map((element) => `"${element.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`
  return String(value)
}
