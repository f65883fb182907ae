import type { AttributeReference } from '@latchkey/scim'
import { type Sql, constant, sql } from '../sql.ts'
import type { Sources } from './compile-filter.ts'
import type { Value } from './source.ts'

/** The text by which a row is sorted (RFC 7644 §3.4.2.3); of a multi-valued attribute the primary element's, else the first one's. Null where there is none. */
export function sortExpression(target: AttributeReference, sources: Sources): Sql {
  const source = sources(target)
  if (source.kind === 'value') return asText(source.value)
  const value = asText(source.value(target.subAttribute?.name ?? null))
  const hasPrimary = target.attribute.subAttributes?.some(({ name }) => name === 'primary') ?? false
  const first = hasPrimary
    ? sql`order by (${source.value('primary').expression} is true) desc, element.position`
    : sql`order by ${value} collate "C"`
  return sql`(select ${value} ${source.from} ${first} limit 1)`
}

function asText({ type, expression }: Value): Sql {
  switch (type) {
    case 'text':
      return expression
    case 'instant':
      return sql`to_char(${expression} at time zone 'UTC', ${constant(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`)})`
    case 'uuid':
    case 'boolean':
      return sql`(${expression})::text`
    case 'number':
      return sql`lpad((${expression})::text, 40)`
  }
}
