import { emptyObject, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import { quote } from '../quote.ts'
import type { Attribute } from './attribute.ts'
import { attributeName, findAttribute, findExtension } from './find-attribute.ts'
import { invalid, readValue, twice } from './read-value.ts'
import type { Resource } from './resource.ts'
import type { ResourceType, Schema } from './schema.ts'

/**
 * A POST or PUT body as a resource (RFC 7644 §3.3, §3.5.1). Attributes that the client may not write are ignored; unknown attributes and schemas,
 * wrong types, missing required attributes and two spellings of one attribute are refused.
 */
export function readResource(type: ResourceType, body: JsonObject): Resource {
  const resource = emptyObject<Json>()
  const seen = new Set<Attribute | Schema>()
  let declared: readonly Json[] = []
  for (const [key, value] of Object.entries(body)) {
    const extension = findExtension(type, key)
    if (extension) {
      once(seen, extension, extension.id)
      const attributes = readExtension(type, extension, value)
      if (attributes) resource[extension.id] = attributes
      continue
    }
    const reference = findAttribute(type, { schema: null, name: key, subName: null })
    if (!reference) throw new ScimError(400, 'invalidSyntax', `${type.name} has no attribute ${quote(key)}.`)
    const { attribute } = reference
    once(seen, attribute, attribute.name)
    if (attribute.name === 'schemas') declared = isArray(value) ? value : []
    else assign(resource, attribute, value, attribute.name)
  }
  checkSchemas(type, declared)
  checkRequired(type, resource)
  return resource
}

function readExtension(type: ResourceType, extension: Schema, value: Json): JsonObject | undefined {
  if (value === null) return undefined
  if (!isObject(value)) throw invalid(extension.id, 'must be an object.')
  const attributes = emptyObject<Json>()
  const seen = new Set<Attribute>()
  for (const [key, inner] of Object.entries(value)) {
    const reference = findAttribute(type, { schema: extension.id, name: key, subName: null })
    if (!reference) throw new ScimError(400, 'invalidSyntax', `${extension.id} has no attribute ${quote(key)}.`)
    const name = attributeName(reference)
    once(seen, reference.attribute, name)
    assign(attributes, reference.attribute, inner, name)
  }
  return Object.keys(attributes).length === 0 ? undefined : attributes
}

function assign(target: { [name: string]: Json }, attribute: Attribute, value: Json, name: string): void {
  if (attribute.mutability === 'readOnly') return
  const read = readValue(attribute, value, name)
  if (read !== undefined) target[attribute.name] = read
}

/** Two spellings of one attribute are refused whatever their values are, null too (INP-2). */
function once<Named>(seen: Set<Named>, named: Named, name: string): void {
  if (seen.has(named)) throw twice(name)
  seen.add(named)
}

function checkSchemas(type: ResourceType, declared: readonly Json[]): void {
  const urns = declared.map((urn) => (typeof urn === 'string' ? urn : ''))
  const isCore = (urn: string) => urn.toLowerCase() === type.schema.id.toLowerCase()
  if (!urns.some(isCore)) throw new ScimError(400, 'invalidSyntax', `schemas must contain ${type.schema.id}.`)
  const unknown = urns.find((urn) => !isCore(urn) && !findExtension(type, urn))
  if (unknown !== undefined) throw new ScimError(400, 'invalidSyntax', `${quote(unknown)} is no schema of ${type.name}.`)
}

/** RFC 7643 §2.2: a required attribute has a value; white space alone is none. */
function checkRequired(type: ResourceType, resource: Resource): void {
  for (const { name, required } of type.schema.attributes) {
    const value = resource[name]
    if (required && (value === undefined || (typeof value === 'string' && value.trim() === ''))) throw invalid(name, 'is required.')
  }
}
