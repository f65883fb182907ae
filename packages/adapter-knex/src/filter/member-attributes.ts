import type { Locations } from '@latchkey/application'
import type { ResolvedFilter } from '@latchkey/scim'
import { type Sql, constant, sql } from '../sql.ts'
import { compileElementFilter } from './compile-filter.ts'
import { type Value, text, uuid } from './source.ts'
import { partOf } from './user-attributes.ts'

/** The sub-attributes of `members`, of the user who is called `member` in the statement. */
export function memberValue(locations: Locations): (subAttribute: string | null) => Value {
  const parts: Readonly<Record<string, Value>> = {
    value: uuid(constant('member.id')),
    $ref: text(sql`(${`${locations.base}/Users/`}::text || member.id)`),
    // Comparable, as every text in a filter is: "User" folds to "user".
    type: text(constant("'user'::text")),
    display: text(constant('member.display_key')),
  }
  return (name) => partOf(parts, name)
}

/** A filter on `members` as a condition on one member. */
export function memberCondition(filter: ResolvedFilter, locations: Locations): Sql {
  return compileElementFilter(filter, memberValue(locations))
}
