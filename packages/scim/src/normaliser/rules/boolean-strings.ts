import type { Json } from '../../json.ts'
import type { AttributeReference } from '../../schema/schema.ts'
import type { Rule } from '../rule.ts'

/** P-4, P-11, R-97. */
export const booleanStrings: Rule = {
  name: 'boolean-strings',
  providers: ['Microsoft Entra ID', 'authentik', 'Keycloak clients'],
  sends: '`"True"` and `"False"` for boolean attributes: in values, in filters, and in paths such as `roles[primary eq "True"].value`.',
  reads: '`true` and `false`. Attributes of another type keep their text.',
  value: asBoolean,
  operand: asBoolean,
}

function asBoolean<Value extends Json>({ attribute, subAttribute }: AttributeReference, value: Value): Value | boolean {
  if ((subAttribute ?? attribute).type !== 'boolean' || typeof value !== 'string') return value
  const text = value.trim().toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : value
}
