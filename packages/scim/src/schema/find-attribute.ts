import type { Attribute } from './attribute.ts'
import { commonAttributes } from './common-attributes.ts'
import { resourceTypes } from './resource-types.ts'
import type { AttributeReference, ResourceType, Schema } from './schema.ts'

/** The attributes of one schema by lower-case name: names ignore case (RFC 7643 §2.1). */
type AttributesByName = ReadonlyMap<string, Attribute>

interface Index {
  readonly core: AttributesByName
  /** By lower-case URN. The core schema's own URN leads to the core attributes. */
  readonly bySchema: ReadonlyMap<string, Scope>
}

interface Scope {
  readonly extension: string | null
  readonly attributes: AttributesByName
}

const indexes = new Map<ResourceType, Index>(resourceTypes.map((type) => [type, indexOf(type)]))

function indexOf(type: ResourceType): Index {
  const core = byName([...commonAttributes, ...type.schema.attributes])
  const bySchema = new Map<string, Scope>([[type.schema.id.toLowerCase(), { extension: null, attributes: core }]])
  for (const { schema } of type.extensions)
    bySchema.set(schema.id.toLowerCase(), { extension: schema.id, attributes: byName(schema.attributes) })
  return { core, bySchema }
}

const subAttributes = new WeakMap<Attribute, AttributesByName>()

/** The attribute that a name means in a resource type (RFC 7644 §3.10), or undefined. Case is nothing, in URNs neither. */
export function findAttribute(
  type: ResourceType,
  path: { readonly schema: string | null; readonly name: string; readonly subName: string | null },
): AttributeReference | undefined {
  const index = indexes.get(type)!
  const scope = path.schema === null ? { extension: null, attributes: index.core } : index.bySchema.get(path.schema.toLowerCase())
  const attribute = scope?.attributes.get(path.name.toLowerCase())
  if (!scope || !attribute || attribute.returned === 'never') return undefined
  if (path.subName === null) return { extension: scope.extension, attribute, subAttribute: null }
  const subAttribute = findSubAttribute(attribute, path.subName)
  return subAttribute && { extension: scope.extension, attribute, subAttribute }
}

export function findSubAttribute(attribute: Attribute, name: string): Attribute | undefined {
  const known = subAttributes.get(attribute) ?? byName(attribute.subAttributes ?? [])
  subAttributes.set(attribute, known)
  return known.get(name.toLowerCase())
}

/** The extension of a resource type that a URN names, in any case. */
export function findExtension(type: ResourceType, urn: string): Schema | undefined {
  return type.extensions.find(({ schema }) => schema.id.toLowerCase() === urn.toLowerCase())?.schema
}

/** The whole name of an attribute: `emails.value`, `urn:…:User:department`. */
export function attributeName({ extension, attribute, subAttribute }: AttributeReference): string {
  const name = subAttribute ? `${attribute.name}.${subAttribute.name}` : attribute.name
  return extension === null ? name : `${extension}:${name}`
}

function byName(attributes: readonly Attribute[]): AttributesByName {
  return new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]))
}
