import { isId } from '@latchkey/domain'
import { comparable } from '@latchkey/application'
import type { AttributeReference, ResolvedFilter } from '@latchkey/scim'
import { type Sql, constant, join, sql } from '../sql.ts'
import type { Source, Value } from './source.ts'

type Comparison = Extract<ResolvedFilter, { kind: 'comparison' }>

/** Where an attribute is in the table that is filtered. Every attribute of the schemas is somewhere: a filter is never dropped (INP-5). */
export type Sources = (target: AttributeReference) => Source

/** A filter as a condition that selects what scim's `matches` selects. An absent value makes a test unknown, which is never true. */
export function compileFilter(filter: ResolvedFilter, sources: Sources): Sql {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return sql`(${join(
        filter.filters.map((inner) => compileFilter(inner, sources)),
        ` ${filter.kind} `,
      )})`
    case 'not':
      return sql`((${compileFilter(filter.filter, sources)}) is not true)`
    case 'constant':
      return constant(filter.value ? 'true' : 'false')
    case 'present':
      return overValues(sources(filter.target), filter.target, isPresent)
    case 'comparison': {
      const source = sources(filter.target)
      if (source.kind === 'elements' && isOfValue(filter)) {
        if (source.indexed && filter.operator === 'eq') return source.indexed(operandText(filter))
        if (source.containing && filter.operator === 'co') return source.containing(operandText(filter))
      }
      return overValues(source, filter.target, (value) => compare(value, filter))
    }
    case 'element':
      return compileElement(filter, sources(filter.target))
  }
}

/** A filter on the sub-attributes of one element that is already at hand. */
export function compileElementFilter(filter: ResolvedFilter, value: (subAttribute: string | null) => Value): Sql {
  return compileFilter(filter, ({ subAttribute }) => ({ kind: 'value', value: value(subAttribute?.name ?? null) }))
}

function compileElement({ filter }: Extract<ResolvedFilter, { kind: 'element' }>, source: Source): Sql {
  if (source.kind === 'value') throw new Error('A single value has no elements.')
  const exists = sql`exists (select 1 ${source.from} and ${compileElementFilter(filter, source.value)})`
  const named = (filter.kind === 'and' ? filter.filters : [filter]).find(namesValue)
  // The same twice, so that an index finds the few rows on whose elements the rest is asked.
  return source.indexed && named ? sql`(${source.indexed(operandText(named))} and ${exists})` : exists
}

function overValues(source: Source, { subAttribute }: AttributeReference, test: (value: Value) => Sql): Sql {
  if (source.kind === 'value') return test(source.value)
  // An element of a complex attribute is never empty, so that one is there says it all.
  const isWhole = subAttribute === null && test === isPresent
  return isWhole
    ? sql`exists (select 1 ${source.from})`
    : sql`exists (select 1 ${source.from} and ${test(source.value(subAttribute?.name ?? null))})`
}

function namesValue(filter: ResolvedFilter): filter is Comparison {
  return filter.kind === 'comparison' && filter.operator === 'eq' && isOfValue(filter)
}

function isOfValue({ target }: Comparison): boolean {
  return target.subAttribute?.name === 'value'
}

function operandText({ target, value }: Comparison): string {
  return comparable(target, String(value))
}

function isPresent({ type, expression }: Value): Sql {
  return type === 'text' ? sql`(${expression} <> '')` : sql`(${expression} is not null)`
}

const orderings = { gt: constant('>'), ge: constant('>='), lt: constant('<'), le: constant('<=') } as const

function compare({ type, expression }: Value, filter: Comparison): Sql {
  const { operator, value } = filter
  if (type === 'uuid') return operator === 'eq' ? compareId(expression, operandText(filter)) : compareText(sql`${expression}::text`, filter)
  if (type === 'text') return typeof value === 'string' ? compareText(expression, filter) : constant('false')
  if (operator === 'co' || operator === 'sw' || operator === 'ew') return constant('false')
  const operand = type === 'instant' ? sql`${value}::timestamptz` : type === 'boolean' ? sql`${value}::boolean` : sql`${value}::numeric`
  return operator === 'eq' ? sql`(${expression} = ${operand})` : sql`(${expression} ${orderings[operator]} ${operand})`
}

/** Compared as ids, so that their index is used; what is no id of ours equals none. */
function compareId(expression: Sql, operand: string): Sql {
  return isId(operand) && operand === operand.toLowerCase() ? sql`(${expression} = ${operand}::uuid)` : constant('false')
}

/** The order of texts is that of their bytes, which is the order of code points, whatever the database's own is. */
function compareText(expression: Sql, filter: Comparison): Sql {
  const operand = operandText(filter)
  switch (filter.operator) {
    case 'eq':
      return sql`(${expression} = ${operand}::text)`
    case 'co':
      return sql`(strpos(${expression}, ${operand}::text) > 0)`
    case 'sw':
      return sql`starts_with(${expression}, ${operand}::text)`
    case 'ew':
      return sql`(right(${expression}, length(${operand}::text)) = ${operand}::text)`
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return sql`((${expression}) collate "C" ${orderings[filter.operator]} ${operand}::text)`
  }
}
