/** A piece of SQL and the values bound in it, in order. Text never comes from outside; values are never in the text (INP-6). */
export interface Sql {
  readonly text: string
  readonly values: readonly Bindable[]
}

export type Bindable = string | number | boolean | null | readonly string[]

/** SQL as it reads: a piece in `${}` is spliced in, any other value is bound. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | Bindable)[]): Sql {
  let text = strings[0]!
  const values: Bindable[] = []
  for (const [index, part] of parts.entries()) {
    if (isSql(part)) {
      text += part.text
      values.push(...part.values)
    } else {
      text += '?'
      values.push(part)
    }
    text += strings[index + 1]!
  }
  return { text, values }
}

/** Pieces with something between them. */
export function join(pieces: readonly Sql[], separator: string): Sql {
  return { text: pieces.map(({ text }) => text).join(separator), values: pieces.flatMap(({ values }) => values) }
}

/** A constant of this code as a piece of SQL: a column, a keyword. */
export function constant(text: string): Sql {
  return { text, values: [] }
}

/**
 * Ends a subquery that finds a row by its key, so that PostgreSQL carries it out as that and never as a join. Until a table is analysed for the first time, which is
 * during somebody's first synchronisation, it takes every organisation for one row, and a join of those for the best of plans: 500 users took minutes.
 */
export const byKey = 'offset 0'

function isSql(part: Sql | Bindable): part is Sql {
  return typeof part === 'object' && part !== null && 'text' in part
}

/** With `$1`, `$2`, … for its question marks. */
export function numbered(text: string): string {
  let count = 0
  return text.replaceAll('?', () => {
    count += 1
    return `$${count}`
  })
}
