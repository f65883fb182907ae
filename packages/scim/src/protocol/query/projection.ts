import { isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import type { Attribute } from '../../schema/attribute.ts'
import { attributeName, findAttribute, findExtension } from '../../schema/find-attribute.ts'
import type { AttributeReference, ResourceType } from '../../schema/schema.ts'
import { parseAttributePath } from '../attribute-notation.ts'
import { ScimError } from '../error.ts'

/**
 * Which attributes an answer holds (RFC 7644 §3.4.2.5, §3.9). Names are the whole names of attributes and sub-attributes, and URNs of extensions
 * for everything in them. Null: what is returned by default.
 */
export interface Projection {
  readonly kind: 'only' | 'without'
  readonly names: ReadonlySet<string>
}

export const everything: Projection = { kind: 'without', names: new Set() }

/** Unknown names mean nothing. 400 `invalidValue` where both lists are given: they contradict one another. */
export function readProjection(
  type: ResourceType,
  lists: { readonly attributes: readonly string[] | null; readonly excludedAttributes: readonly string[] | null },
): Projection {
  const { attributes, excludedAttributes } = lists
  if (attributes && excludedAttributes) throw new ScimError(400, 'invalidValue', 'Send attributes or excludedAttributes, not both.')
  if (attributes) return { kind: 'only', names: namesOf(type, attributes) }
  return excludedAttributes ? { kind: 'without', names: namesOf(type, excludedAttributes) } : everything
}

function namesOf(type: ResourceType, names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => {
      const extension = findExtension(type, name)
      if (extension) return [extension.id]
      const path = parseAttributePath(name)
      const found = path && findAttribute(type, path)
      return found ? [attributeName(found)] : []
    }),
  )
}

/** Whether an attribute is in the answer at all, so that it need be read. */
export function wants(projection: Projection, reference: AttributeReference): boolean {
  return part(projection, reference) !== 'nothing'
}

/** A representation with what the projection leaves of it. `id` and `schemas` are never lost. */
export function project(type: ResourceType, projection: Projection, resource: JsonObject): JsonObject {
  if (projection === everything) return resource
  const projected: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(resource)) {
    const extension = findExtension(type, name)
    if (!extension || !isObject(value)) {
      const kept = projectAttribute(type, projection, null, name, value)
      if (kept !== undefined) projected[name] = kept
      continue
    }
    const inner: { [name: string]: Json } = {}
    for (const [innerName, innerValue] of Object.entries(value)) {
      const kept = projectAttribute(type, projection, extension.id, innerName, innerValue)
      if (kept !== undefined) inner[innerName] = kept
    }
    if (Object.keys(inner).length > 0) projected[name] = inner
  }
  return projected
}

function projectAttribute(
  type: ResourceType,
  projection: Projection,
  extension: string | null,
  name: string,
  value: Json,
): Json | undefined {
  const reference = findAttribute(type, { schema: extension, name, subName: null })
  if (!reference) return value
  switch (part(projection, reference)) {
    case 'all':
      return value
    case 'nothing':
      return undefined
    case 'some': {
      const kept = isArray(value)
        ? value.flatMap((element) => projectElement(projection, reference, element) ?? [])
        : projectElement(projection, reference, value)
      return isArray(kept) && kept.length === 0 ? undefined : kept
    }
  }
}

function projectElement(projection: Projection, reference: AttributeReference, element: Json): Json | undefined {
  if (!isObject(element)) return element
  const kept: { [name: string]: Json } = {}
  for (const subAttribute of reference.attribute.subAttributes ?? []) {
    const value = element[subAttribute.name]
    const isNamed = projection.names.has(attributeName({ ...reference, subAttribute }))
    if (value !== undefined && isNamed === (projection.kind === 'only')) kept[subAttribute.name] = value
  }
  return Object.keys(kept).length === 0 ? undefined : kept
}

function part(projection: Projection, reference: AttributeReference): 'all' | 'some' | 'nothing' {
  const { attribute, extension } = reference
  if (attribute.returned === 'always') return 'all'
  const isNamed =
    projection.names.has(attributeName({ ...reference, subAttribute: null })) || (extension !== null && projection.names.has(extension))
  if (isNamed) return projection.kind === 'only' ? 'all' : 'nothing'
  const isPartNamed =
    attribute.subAttributes?.some((subAttribute: Attribute) => projection.names.has(attributeName({ ...reference, subAttribute }))) ?? false
  if (isPartNamed) return 'some'
  return projection.kind === 'only' ? 'nothing' : 'all'
}
