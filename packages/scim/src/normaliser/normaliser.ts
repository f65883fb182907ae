import type { JsonObject } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import { type PatchOperation, parsePatch } from '../protocol/patch/parse-patch.ts'
import type { AttributePath, Filter } from '../protocol/query/filter/filter.ts'
import { parseFilter } from '../protocol/query/filter/parse-filter.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import type { ResourceType } from '../schema/schema.ts'
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

/** RFC 7643 and 7644 to the letter: for conformance suites and clients that keep to them. */
export const strict: Normaliser = {
  resource: (_type, body) => body,
  patch: (_type, body) => parsePatch(body).map(withoutStrayValue),
  filter: (_type, text, lengthMax) => parseFilter(text, { lengthMax }),
}

/** What real providers send, read as what they mean. */
export const tolerant: Normaliser = {
  resource: (type, body) => rules.reduce((read, rule) => normaliseBody(type, rule, read), body),
  patch: (type, body) =>
    rules.reduce(
      (operations, rule) => operations.flatMap((operation) => normaliseOperation(type, rule, operation)),
      parsePatch(rules.reduce((read, rule) => rule.patch?.(read) ?? read, body)),
    ),
  filter: (type, text, lengthMax) =>
    rules.reduce((filter, rule) => normaliseFilter(type, rule, filter), parseFilter(text, { lengthMax, bareWords: true })),
}

function normaliseBody(type: ResourceType, { body, value }: Rule, read: JsonObject): JsonObject {
  const whole = body?.(type, read) ?? read
  return value ? mapBody(type, whole, value) : whole
}

function normaliseOperation(type: ResourceType, { operation, value, operand }: Rule, read: PatchOperation): readonly PatchOperation[] {
  const operations = operation?.(type, read) ?? [read]
  if (!value && !operand) return operations
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
