import type { Bindable } from './sql.ts'

/** A statement as PostgreSQL reads it, with `$1`, `$2`, … for its values. */
export interface Statement extends StatementKind {
  /** Under which it is prepared once for each connection; null for a text that may never come again. */
  readonly name: string | null
  readonly text: string
  readonly values: readonly Bindable[]
}

export interface StatementKind {
  /** Whether an index answers it at once, whatever it is asked: it may then go out with others. */
  readonly isQuick: boolean
  /** Whether it takes its time and several may ask the same: one answer is then for all of them who asked before it was sent. */
  readonly isShared: boolean
  /** Whether it changes nothing, and fails where something is not so any more: once is enough for several who rest on the same. */
  readonly isHold: boolean
  /** Where it puts rows, if it does nothing else: the rows of others for the same table may then go with its own. */
  readonly into: Into | null
}

/** Where rows go, and how many values each has. */
export interface Into {
  /** Of the statement for one row. */
  readonly name: string
  /** `table (column, …)`. */
  readonly table: string
  readonly width: number
}

/** Every statement is made here: they have one shape, which is what makes it cheap to look at them (decision 0058). */
export function statementOf(
  name: string | null,
  text: string,
  values: readonly Bindable[],
  { isQuick = false, isShared = false, isHold = false, into = null }: Partial<StatementKind> = {},
): Statement {
  return { name, text, values, isQuick, isShared, isHold, into }
}

/** Whether two ask the same. */
export function isSame(a: Statement, b: Statement): boolean {
  return a.text === b.text && a.values.length === b.values.length && a.values.every((value, index) => value === b.values[index])
}

/** The statement, to be prepared under no name. */
export function unnamed({ text, values, isQuick, isShared, isHold, into }: Statement): Statement {
  return { name: null, text, values, isQuick, isShared, isHold, into }
}
