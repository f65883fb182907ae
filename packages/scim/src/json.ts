/** JSON as it arrives and as it is stored. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** Always without a prototype where this package makes one, so that `__proto__` is a name like any other. */
export interface JsonObject {
  readonly [name: string]: Json
}

/** A fresh object without a prototype, for names that come from outside. */
export function emptyObject<Value extends Json>(): { [name: string]: Value } {
  return withoutPrototype({})
}

/**
 * An object of ours, from now on without a prototype. What `Object.create(null)` makes is a hash table to V8, in which every name is looked for, and which is listed
 * and written as JSON at twice the cost; an object that loses its prototype stays like any other.
 */
export function withoutPrototype<Value extends Json>(object: { [name: string]: Value }): { [name: string]: Value } {
  return Object.setPrototypeOf(object, null)
}

/** Whether the value is a JSON object: neither an array nor null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the value is a JSON array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
