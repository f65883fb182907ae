import { emptyObject, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import { quote } from '../quote.ts'
import type { Attribute } from './attribute.ts'
import { canonicalDateTime } from './date-time.ts'
import { elementIdentity } from './element-identity.ts'
import { findSubAttribute } from './find-attribute.ts'

/**
 * The canonical form of a value for an attribute (RFC 7643 §2.3), or undefined for one that leaves it unassigned: null, an empty list, a complex
 * value with nothing in it (§2.5). Read-only sub-attributes are passed over. Throws 400 `invalidValue`; `name` says where, in its message.
 */
export function readValue(attribute: Attribute, value: Json, name: string): Json | undefined {
  if (!attribute.multiValued) {
    if (isArray(value)) throw invalid(name, `is single-valued; send one value, not a list.`)
    return readOne(attribute, value, name)
  }
  if (!isArray(value)) {
    if (value === null) return undefined
    throw invalid(name, 'is multi-valued; send a list of values.')
  }
  const values = readValues(attribute, value, name)
  return values.length === 0 ? undefined : values
}

/** The elements of a multi-valued attribute: each once (§2.4), at most one of them primary. */
export function readValues(attribute: Attribute, values: readonly Json[], name: string): readonly Json[] {
  const read = values.flatMap((value) => readOne(attribute, value, name) ?? [])
  if (read.filter(isPrimary).length > 1) throw invalid(name, 'has more than one primary value; mark one.')
  return withoutDuplicates(read)
}

/** One element, or the value of a single-valued attribute. */
export function readOne(attribute: Attribute, value: Json, name: string): Json | undefined {
  if (value === null) return undefined
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, value, name)
    case 'boolean':
      if (typeof value !== 'boolean') throw invalid(name, `must be true or false, not ${kind(value)}.`)
      return value
    case 'integer':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(name, `must be an integer, not ${kind(value)}.`)
      return value
    case 'decimal':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(name, `must be a number, not ${kind(value)}.`)
      return value
    case 'string':
      return text(value, name)
    case 'dateTime': {
      const canonical = canonicalDateTime(text(value, name))
      if (canonical === undefined) throw invalid(name, 'must be a date and time such as "2026-01-31T12:00:00Z".')
      return canonical
    }
    case 'reference':
      if (!isUriReference(text(value, name))) throw invalid(name, 'must be a URI.')
      return value
    case 'binary':
      if (!isBase64(text(value, name))) throw invalid(name, 'must be base64.')
      return value
  }
}

function readComplex(attribute: Attribute, value: Json, name: string): JsonObject | undefined {
  if (!isObject(value)) throw invalid(name, `must be an object, not ${kind(value)}.`)
  const complex = emptyObject<Json>()
  const seen = new Set<Attribute>()
  for (const [key, inner] of Object.entries(value)) {
    const subAttribute = findSubAttribute(attribute, key)
    if (!subAttribute) throw new ScimError(400, 'invalidSyntax', `${name} has no sub-attribute ${quote(key)}.`)
    if (seen.has(subAttribute)) throw twice(`${name}.${subAttribute.name}`)
    seen.add(subAttribute)
    if (subAttribute.mutability === 'readOnly') continue
    const read = readValue(subAttribute, inner, `${name}.${subAttribute.name}`)
    if (read !== undefined) complex[subAttribute.name] = read
  }
  return Object.keys(complex).length === 0 ? undefined : complex
}

export function isPrimary(value: Json): boolean {
  return isObject(value) && value['primary'] === true
}

/** What is the same is kept once (§2.4): the last one, which may say more. */
function withoutDuplicates(values: readonly Json[]): readonly Json[] {
  const kept = new Map<string, Json>()
  for (const value of values) {
    const identity = elementIdentity(value)
    kept.delete(identity)
    kept.set(identity, value)
  }
  return [...kept.values()]
}

export function invalid(name: string, problem: string): ScimError {
  return new ScimError(400, 'invalidValue', `${name} ${problem}`)
}

/** Two spellings of one attribute: which one was meant cannot be known (INP-2). */
export function twice(name: string): ScimError {
  return new ScimError(400, 'invalidSyntax', `${name} is given twice.`)
}

function text(value: Json, name: string): string {
  if (typeof value !== 'string') throw invalid(name, `must be a string, not ${kind(value)}.`)
  return value
}

/** What was sent, in words. Never by `String`, which throws on an object without a prototype. */
function kind(value: Json): string {
  if (value === null) return 'null'
  if (isArray(value)) return 'a list'
  if (typeof value === 'string') return `the string ${quote(value)}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Letters of RFC 3986, and those beyond ASCII that an IRI has; no space, no angle brackets. */
function isUriReference(value: string): boolean {
  return value !== '' && !/[\s<>"{}|\\^`\p{Cc}]/u.test(value)
}

/** RFC 4648 §4, padded or not; the URL-safe letters are read too. */
function isBase64(value: string): boolean {
  const digits = value.replace(/={0,2}$/, '')
  return /^[A-Za-z0-9+/_-]+$/.test(digits) && digits.length % 4 !== 1 && (digits.length === value.length || value.length % 4 === 0)
}
