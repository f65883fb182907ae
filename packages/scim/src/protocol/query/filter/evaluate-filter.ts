import { isArray, isObject, type Json, type JsonObject } from '../../../json.ts'
import type { AttributeReference } from '../../../schema/schema.ts'
import type { Comparable, ResolvedFilter } from './filter.ts'

type Comparison = Extract<ResolvedFilter, { kind: 'comparison' }>

/** Whether a whole representation, with `schemas`, `id` and `meta`, satisfies a filter. Dotted paths look at each element on its own (D-19). */
export function matches(filter: ResolvedFilter, resource: JsonObject, comparable: Comparable): boolean {
  return evaluate(filter, comparable, (target) => valuesAt(target, resource))
}

/** Whether one element of a multi-valued attribute satisfies the filter of a value path. */
export function matchesElement(filter: ResolvedFilter, element: Json, comparable: Comparable): boolean {
  return evaluate(filter, comparable, ({ subAttribute }) => {
    if (!isObject(element)) return subAttribute?.name === 'value' ? [element] : []
    return subAttribute ? listed(element[subAttribute.name]) : []
  })
}

function evaluate(filter: ResolvedFilter, comparable: Comparable, valuesOf: (target: AttributeReference) => readonly Json[]): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((inner) => evaluate(inner, comparable, valuesOf))
    case 'or':
      return filter.filters.some((inner) => evaluate(inner, comparable, valuesOf))
    case 'not':
      return !evaluate(filter.filter, comparable, valuesOf)
    case 'constant':
      return filter.value
    case 'present':
      return valuesOf(filter.target).some(isAssigned)
    case 'comparison':
      return valuesOf(filter.target).some((value) => compare(value, filter, comparable))
    case 'element':
      return valuesOf(filter.target).some((element) => matchesElement(filter.filter, element, comparable))
  }
}

/** The values of an attribute; of a sub-attribute those of every element. */
export function valuesAt({ extension, attribute, subAttribute }: AttributeReference, resource: JsonObject): readonly Json[] {
  const scope = extension === null ? resource : resource[extension]
  if (!isObject(scope)) return []
  const values = listed(scope[attribute.name])
  if (!subAttribute) return values
  return values.flatMap((value) => (isObject(value) ? listed(value[subAttribute.name]) : []))
}

function listed(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return []
  return isArray(value) ? value : [value]
}

function isAssigned(value: Json): boolean {
  return value !== '' && !(isObject(value) && Object.keys(value).length === 0)
}

function compare(value: Json, { target, operator, value: operand }: Comparison, comparable: Comparable): boolean {
  if (typeof value === 'string' && typeof operand === 'string') {
    return compareTexts(comparable(target, value), operator, comparable(target, operand))
  }
  if (typeof value !== typeof operand || typeof value === 'object' || typeof value === 'string') return false
  switch (operator) {
    case 'eq':
      return value === operand
    case 'gt':
      return value > operand
    case 'ge':
      return value >= operand
    case 'lt':
      return value < operand
    case 'le':
      return value <= operand
    default:
      return false
  }
}

function compareTexts(value: string, operator: Comparison['operator'], operand: string): boolean {
  switch (operator) {
    case 'eq':
      return value === operand
    case 'co':
      return value.includes(operand)
    case 'sw':
      return value.startsWith(operand)
    case 'ew':
      return value.endsWith(operand)
    case 'gt':
      return compareCodePoints(value, operand) > 0
    case 'ge':
      return compareCodePoints(value, operand) >= 0
    case 'lt':
      return compareCodePoints(value, operand) < 0
    case 'le':
      return compareCodePoints(value, operand) <= 0
  }
}

/** The order of code points, which is the database's order of bytes. JavaScript's own puts the last thousands of the BMP behind the astral planes. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for what comes after the whole BMP. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
