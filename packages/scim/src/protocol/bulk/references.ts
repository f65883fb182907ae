import { emptyObject, isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { quote } from '../../quote.ts'
import { ScimError } from '../error.ts'
import type { WellFormedOperation } from './read-bulk.ts'

const prefix = 'bulkId:'

/** The bulkIds that an operation refers to, each once: in its path, in values, and in the filters of PATCH paths. */
export function referencesOf(operation: WellFormedOperation): ReadonlySet<string> {
  const found = new Set<string>()
  rewrite(operation, (reference) => {
    found.add(reference)
    return reference
  })
  return found
}

/**
 * The operation with ids in the place of its references. 400 `invalidValue` for a reference to what does not exist: no operation creates
 * it, or the one that should have failed.
 */
export function withReferences<Operation extends WellFormedOperation>(operation: Operation, ids: ReadonlyMap<string, string>): Operation {
  return rewrite(operation, (reference) => {
    const id = ids.get(reference)
    if (id === undefined)
      throw new ScimError(400, 'invalidValue', `${quote(prefix + reference)} names nothing that this request has created.`)
    return id
  })
}

/** The data without some of its references. A complex value that loses its `value` is left out whole: a member or a manager is nothing else. */
export function withoutReferences(data: JsonObject, leftOut: ReadonlySet<string>): JsonObject {
  return (without(data, leftOut) ?? emptyObject()) as JsonObject
}

function without(value: Json, leftOut: ReadonlySet<string>): Json | undefined {
  if (isArray(value)) return value.flatMap((element) => without(element, leftOut) ?? [])
  if (!isObject(value)) return isLeftOut(value, leftOut) ? undefined : value
  const rest = emptyObject<Json>()
  for (const [name, inner] of Object.entries(value)) {
    const kept = without(inner, leftOut)
    if (kept !== undefined) rest[name] = kept
    else if (name.toLowerCase() === 'value') return undefined
  }
  return rest
}

function isLeftOut(value: Json, leftOut: ReadonlySet<string>): boolean {
  return typeof value === 'string' && value.startsWith(prefix) && leftOut.has(value.slice(prefix.length))
}

function rewrite<Operation extends WellFormedOperation>(operation: Operation, replace: (reference: string) => string): Operation {
  return {
    ...operation,
    ...(operation.kind === 'create' ? {} : { id: rewriteText(operation.id, replace) }),
    ...(operation.kind === 'delete' ? {} : { data: rewriteValue(operation.data, replace, operation.kind === 'modify') }),
  }
}

/** Values only: no name of an attribute is a reference. No deeper than a body may be. */
function rewriteValue(value: Json, replace: (reference: string) => string, hasPaths: boolean): Json {
  if (typeof value === 'string') return rewriteText(value, replace)
  if (isArray(value)) return value.map((element) => rewriteValue(element, replace, hasPaths))
  if (!isObject(value)) return value
  const rewritten = emptyObject<Json>()
  for (const [name, inner] of Object.entries(value)) {
    const isPath = hasPaths && typeof inner === 'string' && name.toLowerCase() === 'path'
    rewritten[name] = isPath ? rewritePath(inner, replace) : rewriteValue(inner, replace, hasPaths)
  }
  return rewritten
}

/** A reference is a whole text. `bulkId:` within a sentence is a sentence. */
function rewriteText(text: string, replace: (reference: string) => string): string {
  return text.startsWith(prefix) ? replace(text.slice(prefix.length)) : text
}

/** A PATCH path holds references as values of its filter, between quotes: `members[value eq "bulkId:qwerty"]`. */
function rewritePath(path: string, replace: (reference: string) => string): string {
  let rewritten = ''
  let from = 0
  for (;;) {
    const start = path.indexOf('"', from)
    const end = start < 0 ? -1 : endOfLiteral(path, start)
    if (end < 0) return rewritten + path.slice(from)
    const literal = path.slice(start, end)
    const text = literalText(literal)
    rewritten += path.slice(from, start) + (text?.startsWith(prefix) ? JSON.stringify(replace(text.slice(prefix.length))) : literal)
    from = end
  }
}

/** The position behind the closing quote; negative where there is none. */
function endOfLiteral(path: string, start: number): number {
  for (let index = start + 1; index < path.length; index += 1) {
    if (path[index] === '"') return index + 1
    if (path[index] === '\\') index += 1
  }
  return -1
}

/** What is no JSON string is the path parser's to refuse. */
function literalText(literal: string): string | undefined {
  try {
    return JSON.parse(literal)
  } catch {
    return undefined
  }
}
