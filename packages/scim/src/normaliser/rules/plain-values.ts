import { isArray, isObject, type Json } from '../../json.ts'
import { findSubAttribute } from '../../schema/find-attribute.ts'
import type { Rule } from '../rule.ts'
import { mapElements } from '../walk.ts'

/** P-10, P-14: manager as a bare string, members as plain strings, lists that hold one value and values that stand for a list. */
export const plainValues: Rule = {
  name: 'plain-values',
  providers: ['Microsoft Entra ID', 'JumpCloud', 'PingOne'],
  sends: '`manager: "id"`, `members: ["id"]`, `emails: "a@example.com"`, or one value within a list where one is meant.',
  reads: 'The complex value `{"value": "id"}`, in a list where the attribute is multi-valued, alone where it is not.',
  value: ({ attribute, subAttribute }, value) => {
    const leaf = subAttribute ?? attribute
    if (leaf.multiValued)
      return value === null ? null : mapElements(isArray(value) ? value : [value], (element) => asComplex(leaf, element))
    const single = isArray(value) && value.length <= 1 && !isArray(value[0]) ? (value[0] ?? null) : value
    if (leaf.type === 'complex') return asComplex(leaf, single)
    const held = isObject(single) ? single['value'] : undefined
    return held === undefined || isObject(held) || isArray(held) ? single : held
  },
}

function asComplex(attribute: Parameters<typeof findSubAttribute>[0], value: Json): Json {
  const isPlain = typeof value === 'string' && attribute.type === 'complex' && findSubAttribute(attribute, 'value') !== undefined
  return isPlain ? { value } : value
}
