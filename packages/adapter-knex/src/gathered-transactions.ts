import { type Bindable, numbered } from './sql.ts'
import { type Into, type Statement, isSame, statementOf } from './statement.ts'

/** A row more costs PostgreSQL half of what a statement for it does; more than this would make statements that hardly ever come again. */
export const rowsMax = 16

/** One insert of some rows, whose values stand one behind the other. Each number of rows has a text, and is prepared, by itself. */
export function insertStatement(into: Into, values: readonly Bindable[]): Statement {
  const { name, table, width } = into
  const rows = values.length / width
  const key = rows === 1 ? name : `${name}-x${rows}`
  let text = texts.get(key)
  if (text === undefined) {
    const row = `(${Array.from({ length: width }, () => '?').join(', ')})`
    text = numbered(`insert into ${table} values ${Array.from({ length: rows }, () => row).join(', ')}`)
    texts.set(key, text)
  }
  return statementOf(key, text, values, { into })
}

const texts = new Map<string, string>()

interface Place {
  readonly statement: Statement
  /** Of all the rows that go into the table here. */
  values: Bindable[]
}

/**
 * Several transactions as one, in which what goes into one table goes there in one statement (decision 0057). What stood in the order of one of them still does; between two of them there was none.
 */
export function gathered(transactions: readonly (readonly Statement[])[]): readonly Statement[] {
  const places: Place[] = []
  for (const statements of transactions) {
    let last = -1
    for (const statement of statements) {
      const { into, values } = statement
      const held = statement.isHold ? places.findIndex((place) => isSame(place.statement, statement)) : -1
      if (held >= 0) {
        last = Math.max(last, held)
        continue
      }
      const same = into ? places.findIndex((place, index) => index >= last && takes(place, statement)) : -1
      if (same >= 0) {
        places[same]!.values.push(...values)
        last = same
      } else {
        // Behind the changes that others begin with: of two of one thing the first stays the first.
        last += 1
        while (!into && places[last]?.statement.into === null) last += 1
        places.splice(last, 0, { statement, values: into ? [...values] : [] })
      }
    }
  }
  return places.map(({ statement, values }) => (statement.into ? insertStatement(statement.into, values) : statement))
}

function takes({ statement: { into }, values }: Place, more: Statement): boolean {
  return into !== null && into.name === more.into?.name && (values.length + more.values.length) / into.width <= rowsMax
}
