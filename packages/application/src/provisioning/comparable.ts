import { canonicalName, canonicalText } from '@latchkey/domain'
import { type AttributeReference, type Json, type JsonObject, type Resource, type ResourceType, isArray, isObject } from '@latchkey/scim'

/**
 * The form in which a text of an attribute is compared, everywhere: in a filter, in a sort order, in PATCH and in the search document.
 * `caseExact` texts are themselves, names and e-mail addresses are canonical, everything else is folded.
 */
export function comparable({ extension, attribute, subAttribute }: AttributeReference, text: string): string {
  const leaf = subAttribute ?? attribute
  if (leaf.caseExact) return text
  const identifies = extension === null && (attribute.name === 'userName' || (attribute.name === 'emails' && leaf.name !== 'type'))
  return identifies ? canonicalName(text) : canonicalText(text)
}

/** A resource with every text in its comparable form: what storage filters and sorts by. */
export function searchDocument(type: ResourceType, resource: Resource): JsonObject {
  const document: Record<string, Json> = {}
  for (const attribute of type.schema.attributes) {
    const value = resource[attribute.name]
    if (value !== undefined) document[attribute.name] = comparableValue({ extension: null, attribute, subAttribute: null }, value)
  }
  for (const { schema } of type.extensions) {
    const values = resource[schema.id]
    if (!isObject(values)) continue
    const inner: Record<string, Json> = {}
    for (const attribute of schema.attributes) {
      const value = values[attribute.name]
      if (value !== undefined) inner[attribute.name] = comparableValue({ extension: schema.id, attribute, subAttribute: null }, value)
    }
    document[schema.id] = inner
  }
  return document
}

function comparableValue(reference: AttributeReference, value: Json): Json {
  if (typeof value === 'string') return comparable(reference, value)
  if (isArray(value)) return value.map((element) => comparableValue(reference, element))
  if (!isObject(value)) return value
  const document: Record<string, Json> = {}
  for (const subAttribute of reference.attribute.subAttributes ?? []) {
    const inner = value[subAttribute.name]
    if (inner !== undefined) document[subAttribute.name] = comparableValue({ ...reference, subAttribute }, inner)
  }
  return document
}
