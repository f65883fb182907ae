import { emptyObject, isArray, isObject, type Json, type JsonObject } from '../json.ts'

/**
 * A resource in canonical form: names in the schema's spelling, values of the schema's types, dateTimes as `YYYY-MM-DDTHH:mm:ss.sssZ`,
 * an extension's attributes under its URN, nothing unassigned (no null, no empty list or object), nothing that the client may not write.
 * `schemas` is not inside: it follows from what is.
 */
export type Resource = JsonObject

export const emptyResource: Resource = Object.freeze(emptyObject<Json>())

/** Whether two resources say the same. The order of names is nothing, the order of a list is. Neither is nested deeper than a body may be. */
export function sameResource(a: Json, b: Json): boolean {
  if (a === b) return true
  if (isArray(a) || isArray(b)) {
    return isArray(a) && isArray(b) && a.length === b.length && a.every((element, index) => sameResource(element, b[index] ?? null))
  }
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && sameResource(a[name]!, b[name]!))
}
