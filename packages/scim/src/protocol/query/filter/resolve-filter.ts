import { quote } from '../../../quote.ts'
import type { Attribute } from '../../../schema/attribute.ts'
import { canonicalDateTime } from '../../../schema/date-time.ts'
import { attributeName, findAttribute, findSubAttribute } from '../../../schema/find-attribute.ts'
import type { AttributeReference, ResourceType } from '../../../schema/schema.ts'
import type { AttributePath, ComparisonOperator, ComparisonValue, Filter, ResolvedFilter } from './filter.ts'
import { formatPath } from './format-filter.ts'
import { filterError } from './tokenize-filter.ts'

/** What an attribute is that the resource type does not have: a mistake, or, in a query over several types, a value nobody has (RFC 7644 §3.4.2.1). */
export type UnknownAttributes = 'refuse' | 'no-value'

/** The filter with every name found and every value checked against the attribute's type. 400 `invalidFilter` where one is wrong. */
export function resolveFilter(type: ResourceType, filter: Filter, unknown: UnknownAttributes = 'refuse'): ResolvedFilter {
  return resolve(filter, {
    find: (path) => findAttribute(type, path),
    of: type.name,
    unknown,
  })
}

/** The filter within the brackets of a path: its names are sub-attributes of `target`. */
export function resolveElementFilter(target: AttributeReference, filter: Filter): ResolvedFilter {
  return resolve(filter, {
    find: (path) => {
      if (path.schema !== null || path.subName !== null) return undefined
      const subAttribute = findSubAttribute(target.attribute, path.name)
      return subAttribute && { ...target, subAttribute }
    },
    of: attributeName(target),
    unknown: 'refuse',
  })
}

interface Scope {
  find(path: AttributePath): AttributeReference | undefined
  readonly of: string
  readonly unknown: UnknownAttributes
}

function resolve(filter: Filter, scope: Scope): ResolvedFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map((inner) => resolve(inner, scope)) }
    case 'not':
      return { kind: 'not', filter: resolve(filter.filter, scope) }
    case 'present': {
      const target = find(filter.path, scope)
      return target ? present(target) : nobody
    }
    case 'element': {
      const target = find(filter.path, scope)
      if (!target) return nobody
      if (!target.attribute.multiValued || !target.attribute.subAttributes) {
        throw filterError(
          filter.path.position,
          `${attributeName(target)} has no elements to choose from; brackets belong behind a multi-valued complex attribute`,
        )
      }
      return { kind: 'element', target, filter: resolveElementFilter(target, filter.filter) }
    }
    case 'comparison': {
      const target = find(filter.path, scope)
      // An attribute that nobody has equals nothing but null: `ne` holds for everybody (D-18), `eq null` too.
      if (!target) return { kind: 'constant', value: filter.operator === (filter.value === null ? 'eq' : 'ne') }
      return resolveComparison(target, filter.operator, filter.value, filter.path.position)
    }
  }
}

const nobody: ResolvedFilter = { kind: 'constant', value: false }

function find(path: AttributePath, scope: Scope): AttributeReference | undefined {
  const target = scope.find(path)
  if (!target && scope.unknown === 'refuse') throw filterError(path.position, `${scope.of} has no attribute ${quote(formatPath(path))}`)
  return target
}

function resolveComparison(
  found: AttributeReference,
  operator: ComparisonOperator,
  value: ComparisonValue,
  position: number,
): ResolvedFilter {
  if (value === null) {
    if (operator !== 'eq' && operator !== 'ne') throw filterError(position, `${operator} cannot be asked of null`)
    return operator === 'eq' ? { kind: 'not', filter: present(found) } : present(found)
  }
  const target = comparableTarget(found, position)
  const leaf = target.subAttribute ?? target.attribute
  const checked = checkValue(leaf, operator, value, attributeName(target), position)
  if (operator === 'ne') return { kind: 'not', filter: { kind: 'comparison', target, operator: 'eq', value: checked } }
  return { kind: 'comparison', target, operator, value: checked }
}

/** A single complex value is there when any part of it is: `pr` looks for a node that is not empty (RFC 7644 §3.4.2.2). */
function present(target: AttributeReference): ResolvedFilter {
  const { attribute, subAttribute } = target
  if (subAttribute || attribute.multiValued || !attribute.subAttributes) return { kind: 'present', target }
  return { kind: 'or', filters: attribute.subAttributes.map((part) => ({ kind: 'present', target: { ...target, subAttribute: part } })) }
}

/** `emails eq "x"` asks for `emails.value`; a complex attribute without `value` cannot be compared. */
function comparableTarget(target: AttributeReference, position: number): AttributeReference {
  if (target.subAttribute || target.attribute.type !== 'complex') return target
  const subAttribute = findSubAttribute(target.attribute, 'value')
  if (!subAttribute) throw filterError(position, `${attributeName(target)} is complex; name one of its sub-attributes`)
  return { ...target, subAttribute }
}

const textOperators: ReadonlySet<ComparisonOperator> = new Set(['co', 'sw', 'ew'])
const equality: ReadonlySet<ComparisonOperator> = new Set(['eq', 'ne'])

function checkValue(
  leaf: Attribute,
  operator: ComparisonOperator,
  value: string | number | boolean,
  name: string,
  position: number,
): string | number | boolean {
  const refuse = (problem: string) => filterError(position, `${name} ${problem}`)
  switch (leaf.type) {
    case 'boolean':
      if (!equality.has(operator)) throw refuse(`is true or false and cannot be asked ${operator}`)
      if (typeof value !== 'boolean') throw refuse('is compared with true or false, without quotation marks')
      return value
    case 'integer':
    case 'decimal':
      if (textOperators.has(operator)) throw refuse(`is a number and cannot be asked ${operator}`)
      if (typeof value !== 'number') throw refuse('is compared with a number')
      return value
    case 'dateTime': {
      if (textOperators.has(operator)) throw refuse(`is a date and time and cannot be asked ${operator}`)
      if (typeof value !== 'string') throw refuse('is compared with a date and time in quotation marks')
      const canonical = canonicalDateTime(value)
      if (canonical === undefined) throw refuse('is compared with a date and time such as "2026-01-31T12:00:00Z"')
      return canonical
    }
    case 'binary':
      if (!equality.has(operator) && !textOperators.has(operator)) throw refuse(`is binary and cannot be asked ${operator}`)
      break
    case 'string':
    case 'reference':
      break
    case 'complex':
      throw refuse('is complex; name one of its sub-attributes')
  }
  if (typeof value !== 'string') throw refuse('is compared with a string in quotation marks')
  return value
}
