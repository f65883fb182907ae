import type { Attribute } from './attribute.ts'
import { commonAttributes } from './common-attributes.ts'
import { resourceTypes } from './resource-types.ts'
import type { AttributeReference, ResourceType, Schema } from './schema.ts'

/** By the name as the schema has it and in lower case: names ignore case (RFC 7643 §2.1), and most are sent as the schema has them. */
type ByName<Value> = ReadonlyMap<string, Value>

interface Index {
  readonly core: ByName<AttributeReference>
  /** By URN. The core schema's own URN leads to the core attributes. */
  readonly bySchema: ByName<ByName<AttributeReference>>
  readonly extensions: ByName<Schema>
}

const indexes = new Map<ResourceType, Index>(resourceTypes.map((type) => [type, indexOf(type)]))

function indexOf(type: ResourceType): Index {
  const core = references(null, [...commonAttributes, ...type.schema.attributes])
  const schemas = type.extensions.map(({ schema }) => schema)
  return {
    core,
    bySchema: byName([[type.schema.id, core], ...schemas.map(({ id, attributes }) => [id, references(id, attributes)] as const)]),
    extensions: byName(schemas.map((schema) => [schema.id, schema])),
  }
}

function references(extension: string | null, attributes: readonly Attribute[]): ByName<AttributeReference> {
  const shown = attributes.filter(({ returned }) => returned !== 'never')
  return byName(shown.map((attribute) => [attribute.name, { extension, attribute, subAttribute: null }]))
}

function byName<Value>(entries: readonly (readonly [string, Value])[]): ByName<Value> {
  return new Map([...entries.map(([name, value]) => [name.toLowerCase(), value] as const), ...entries])
}

function named<Value>(values: ByName<Value>, name: string): Value | undefined {
  return values.get(name) ?? values.get(name.toLowerCase())
}

/** The attribute that a name means in a resource type (RFC 7644 §3.10), or undefined. Case is nothing, in URNs neither. */
export function findAttribute(
  type: ResourceType,
  path: { readonly schema: string | null; readonly name: string; readonly subName: string | null },
): AttributeReference | undefined {
  const index = indexes.get(type)!
  const scope = path.schema === null ? index.core : named(index.bySchema, path.schema)
  const found = scope && named(scope, path.name)
  return found && path.subName !== null ? findPart(found, path.subName) : found
}

const parts = new WeakMap<AttributeReference, ByName<AttributeReference>>()

/** The sub-attribute that a name means in an attribute that was found. */
export function findPart(found: AttributeReference, name: string): AttributeReference | undefined {
  let known = parts.get(found)
  if (!known) {
    known = byName((found.attribute.subAttributes ?? []).map((subAttribute) => [subAttribute.name, { ...found, subAttribute }]))
    parts.set(found, known)
  }
  return named(known, name)
}

const subAttributes = new WeakMap<Attribute, ByName<Attribute>>()

export function findSubAttribute(attribute: Attribute, name: string): Attribute | undefined {
  let known = subAttributes.get(attribute)
  if (!known) {
    known = byName((attribute.subAttributes ?? []).map((subAttribute) => [subAttribute.name, subAttribute]))
    subAttributes.set(attribute, known)
  }
  return named(known, name)
}

/** The extension of a resource type that a URN names, in any case. */
export function findExtension(type: ResourceType, urn: string): Schema | undefined {
  return named(indexes.get(type)!.extensions, urn)
}

/** The whole name of an attribute: `emails.value`, `urn:…:User:department`. */
export function attributeName({ extension, attribute, subAttribute }: AttributeReference): string {
  const name = subAttribute ? `${attribute.name}.${subAttribute.name}` : attribute.name
  return extension === null ? name : `${extension}:${name}`
}
