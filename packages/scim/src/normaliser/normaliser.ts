import type { JsonObject } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import { type PatchOperation, parsePatch } from '../protocol/patch/parse-patch.ts'
import type { AttributePath, Filter } from '../protocol/query/filter/filter.ts'
import { parseFilter } from '../protocol/query/filter/parse-filter.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import type { AttributeReference, ResourceType } from '../schema/schema.ts'
import type { Rule } from './rule.ts'
import { rules } from './rules.ts'
import { mapBody, mapOperands, mapOperation, mapPathOperands } from './walk.ts'

/** What stands between a request and the strict protocol. There is one protocol; a token decides which of the two stands in front of it. */
export interface Normaliser {
  /** A POST or PUT body. */
  resource(type: ResourceType, body: JsonObject): JsonObject
  /** The operations of a PATCH body. */
  patch(type: ResourceType, body: JsonObject): readonly PatchOperation[]
  filter(type: ResourceType, text: string, lengthMax: number): Filter
}

const changeOfValue = inTurn(rules.flatMap(({ value }) => value ?? []))
const stages = stagesOf(rules)

/** RFC 7643 and 7644 to the letter: for conformance suites and clients that keep to them. */
export const strict: Normaliser = {
  resource: (_type, body) => body,
  patch: (_type, body) => parsePatch(body).map(withoutStrayValue),
  filter: (_type, text, lengthMax) => parseFilter(text, { lengthMax }),
}

/** What real providers send, read as what they mean. */
export const tolerant: Normaliser = {
  resource: (type, body) =>
    mapBody(
      type,
      rules.reduce((read, rule) => rule.body?.(type, read) ?? read, body),
      changeOfValue,
    ),
  patch: (type, body) =>
    stages.reduce(
      (operations, stage) => operations.flatMap((operation) => normaliseOperation(type, stage, operation)),
      parsePatch(rules.reduce((read, rule) => rule.patch?.(read) ?? read, body)),
    ),
  filter: (type, text, lengthMax) =>
    rules.reduce((filter, rule) => normaliseFilter(type, rule, filter), parseFilter(text, { lengthMax, bareWords: true })),
}

/** What several rules make of a value, one after the other: a message is walked once for all of them. */
function inTurn<Value>(changes: readonly ((target: AttributeReference, value: Value) => Value)[]) {
  return (target: AttributeReference, value: Value): Value => {
    let changed = value
    for (const change of changes) changed = change(target, changed)
    return changed
  }
}

/** A rule that changes operations, with those behind it that change only what stands in them. */
interface Stage {
  readonly operation: NonNullable<Rule['operation']> | null
  readonly operand: NonNullable<Rule['operand']> | null
  readonly value: NonNullable<Rule['value']> | null
}

function stagesOf(all: readonly Rule[]): readonly Stage[] {
  const groups: Rule[][] = [[]]
  for (const rule of all) {
    if (rule.operation) groups.push([rule])
    else groups.at(-1)!.push(rule)
  }
  return groups.map((group) => {
    const operands = group.flatMap(({ operand }) => operand ?? [])
    const values = group.flatMap(({ value }) => value ?? [])
    return {
      operation: group[0]?.operation ?? null,
      operand: operands.length > 0 ? inTurn(operands) : null,
      value: values.length > 0 ? inTurn(values) : null,
    }
  })
}

function normaliseOperation(type: ResourceType, { operation, operand, value }: Stage, read: PatchOperation): readonly PatchOperation[] {
  const operations = operation?.(type, read) ?? [read]
  if (!operand && !value) return operations
  return operations.map((one) => {
    const withOperands = operand ? mapPathOperands(type, one, operand) : one
    return value ? mapOperation(type, withOperands, value) : withOperands
  })
}

function normaliseFilter(type: ResourceType, { alias, operand }: Rule, filter: Filter): Filter {
  const named = alias ? renamed(filter, (path) => alias(type, path)) : filter
  return operand ? mapOperands(named, (path) => findAttribute(type, path), operand) : named
}

/** A filter with other names for its attributes. What stands within brackets are parts of an attribute. */
function renamed(filter: Filter, rename: (path: AttributePath) => AttributePath): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map((inner) => renamed(inner, rename)) }
    case 'not':
      return { ...filter, filter: renamed(filter.filter, rename) }
    case 'present':
    case 'comparison':
    case 'element':
      return { ...filter, path: rename(filter.path) }
  }
}

/** RFC 7644 §3.5.2.2 gives `remove` no value. To ignore one would clear a list of which the client named a part: it is refused (P-6). */
function withoutStrayValue(operation: PatchOperation): PatchOperation {
  if (operation.op === 'remove' && operation.value !== undefined && operation.value !== null) {
    throw new ScimError(400, 'invalidValue', 'A remove operation has no value; name the values in the path, as in members[value eq "…"].')
  }
  return operation
}
