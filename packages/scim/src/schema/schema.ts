import type { Attribute } from './attribute.ts'

/** A schema (RFC 7643 §7): a URN and the attributes it defines. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

/** A resource type (RFC 7643 §6). `name` is also `meta.resourceType`. */
export interface ResourceType {
  readonly name: 'User' | 'Group'
  /** Relative to the base URL: `/Users`. */
  readonly endpoint: string
  readonly description: string
  readonly schema: Schema
  readonly extensions: readonly { readonly schema: Schema; readonly required: boolean }[]
}

/**
 * One attribute, found in a resource type: what a filter, a path, `sortBy`, `attributes` and a body all resolve to
 * before anything is read or written.
 */
export interface AttributeReference {
  /** The extension's URN, or null for the core schema and the common attributes (`id`, `externalId`, `meta`, `schemas`). */
  readonly extension: string | null
  readonly attribute: Attribute
  readonly subAttribute: Attribute | null
}
