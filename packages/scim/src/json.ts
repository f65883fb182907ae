/** JSON as it arrives and as it is stored. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** Always without a prototype where this package makes one, so that `__proto__` is a name like any other. */
export interface JsonObject {
  readonly [name: string]: Json
}

/** A fresh object without a prototype, for names that come from outside. */
export function emptyObject<Value extends Json>(): { [name: string]: Value } {
  return Object.create(null)
}

/** Whether the value is a JSON object: neither an array nor null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the value is a JSON array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
