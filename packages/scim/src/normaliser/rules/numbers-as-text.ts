import type { Json } from '../../json.ts'
import { findSubAttribute } from '../../schema/find-attribute.ts'
import type { AttributeReference } from '../../schema/schema.ts'
import type { Rule } from '../rule.ts'

export const numbersAsText: Rule = {
  name: 'numbers-as-text',
  providers: ['JumpCloud', 'SailPoint', 'hand-written clients'],
  sends: 'A number or a boolean for an attribute that is a string: `employeeNumber: 701984`, `externalId eq 701984`.',
  reads: 'Its text.',
  value: asText,
  // `emails eq 5` asks for `emails.value`.
  operand: (target, operand) =>
    asText({ ...target, subAttribute: target.subAttribute ?? findSubAttribute(target.attribute, 'value') ?? null }, operand),
}

function asText<Value extends Json>({ attribute, subAttribute }: AttributeReference, value: Value): Value | string {
  const isText = (subAttribute ?? attribute).type === 'string'
  return isText && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value
}
