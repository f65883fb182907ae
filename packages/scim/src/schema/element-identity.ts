import { isObject, type Json, type JsonObject } from '../json.ts'

// An element does not change once it is read, and a PATCH of many operations asks again and again about those that it leaves alone.
const known = new WeakMap<JsonObject, string>()

/**
 * What makes an element of a multi-valued attribute the same as another, as a key: its (type, value) pair; where there is no value, as in an
 * address, all that it says (RFC 7643 §2.4).
 */
export function elementIdentity(element: Json): string {
  if (!isObject(element)) return JSON.stringify(element)
  const before = known.get(element)
  if (before !== undefined) return before
  const { value, type = null } = element
  const identity = JSON.stringify(value === undefined ? Object.entries(element).sort(byName) : [value, type])
  known.set(element, identity)
  return identity
}

function byName([a]: readonly [string, Json], [b]: readonly [string, Json]): number {
  return a < b ? -1 : 1
}
