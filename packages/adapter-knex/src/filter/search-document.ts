import type { AttributeReference } from '@latchkey/scim'
import { type Sql, constant, sql } from '../sql.ts'
import { type Source, type Value, single } from './source.ts'

/** An attribute that has no column: it is in the search document, in its comparable form. */
export function searched({ extension, attribute, subAttribute }: AttributeReference): Source {
  const scope = extension === null ? constant('users.search') : sql`(users.search->${extension}::text)`
  if (attribute.multiValued) {
    return {
      kind: 'elements',
      from: sql`from jsonb_array_elements(${scope}->${attribute.name}::text) with ordinality as element (value, position) where true`,
      value: (name) => {
        const leaf = attribute.subAttributes?.find((candidate) => candidate.name === name) ?? attribute
        return typed(leaf.type, name === null ? constant("(element.value #>> '{}')") : sql`(element.value->>${name}::text)`)
      },
    }
  }
  if (!subAttribute) return single(typed(attribute.type, sql`(${scope}->>${attribute.name}::text)`))
  return single(typed(subAttribute.type, sql`(${scope}->${attribute.name}::text->>${subAttribute.name}::text)`))
}

function typed(type: AttributeReference['attribute']['type'], expression: Sql): Value {
  switch (type) {
    case 'boolean':
      return { type: 'boolean', expression: sql`${expression}::boolean` }
    case 'integer':
    case 'decimal':
      return { type: 'number', expression: sql`${expression}::numeric` }
    case 'dateTime':
      return { type: 'instant', expression: sql`${expression}::timestamptz` }
    case 'complex':
    case 'string':
    case 'reference':
    case 'binary':
      return { type: 'text', expression }
  }
}
