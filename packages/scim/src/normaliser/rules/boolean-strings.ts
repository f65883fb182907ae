import type { Json } from '../../json.ts'
import { findAttribute } from '../../schema/find-attribute.ts'
import type { Rule } from '../rule.ts'

/** P-4, P-11, R-97. */
export const booleanStrings: Rule = {
  name: 'boolean-strings',
  providers: ['Microsoft Entra ID', 'authentik', 'Keycloak clients'],
  sends: '`"True"` and `"False"` for boolean attributes, in values and in filters.',
  reads: '`true` and `false`. Attributes of another type keep their text.',
  value: ({ attribute, subAttribute }, value) => ((subAttribute ?? attribute).type === 'boolean' ? asBoolean(value) : value),
  comparison: (type, filter) => {
    if (filter.kind !== 'comparison' || typeof filter.value !== 'string') return filter
    const found = findAttribute(type, filter.path)
    const isBoolean = found ? (found.subAttribute ?? found.attribute).type === 'boolean' : filter.path.name.toLowerCase() === 'primary'
    const value = asBoolean(filter.value)
    return isBoolean && typeof value === 'boolean' ? { ...filter, value } : filter
  },
}

function asBoolean(value: Json): Json {
  if (typeof value !== 'string') return value
  const text = value.trim().toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : value
}
