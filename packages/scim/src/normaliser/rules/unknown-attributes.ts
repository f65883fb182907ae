import { isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { findAttribute, findExtension, findSubAttribute } from '../../schema/find-attribute.ts'
import type { AttributeReference, ResourceType } from '../../schema/schema.ts'
import type { Rule } from '../rule.ts'
import { mapElements, mapNames, targetOf, tryParsePath } from '../walk.ts'

/** P-8, R-65. */
export const unknownAttributes: Rule = {
  name: 'unknown-attributes',
  providers: ['Okta', 'Microsoft Entra ID', 'JumpCloud', 'OneLogin', 'authentik'],
  sends: 'Attributes that no schema here has: `password`, custom extensions, unmapped fields.',
  reads: 'Nothing: they are dropped from bodies, and operations on them do nothing. A path that cannot be read is still refused.',
  body: known,
  value: (target, value) => knownParts(target, value),
  operation: (type, operation) => {
    const { path, value } = operation
    if (path === null) return [isObject(value) ? { ...operation, value: known(type, value) } : operation]
    const extension = findExtension(type, path)
    if (extension) return [isObject(value) ? { ...operation, value: knownOf(type, extension.id, value) } : operation]
    // What names nothing is dropped; what is no path stays, to be refused.
    return tryParsePath(path) && !targetOf(type, path) ? [] : [operation]
  },
}

function known(type: ResourceType, body: JsonObject): JsonObject {
  return mapNames(body, (name, value) => {
    const extension = findExtension(type, name)
    if (extension) return isObject(value) ? knownOf(type, extension.id, value) : value
    return findAttribute(type, { schema: null, name, subName: null }) ? value : undefined
  })
}

function knownOf(type: ResourceType, schema: string, value: JsonObject): JsonObject {
  return mapNames(value, (name, inner) => (findAttribute(type, { schema, name, subName: null }) ? inner : undefined))
}

function knownParts({ attribute, subAttribute }: AttributeReference, value: Json): Json {
  if (subAttribute || attribute.type !== 'complex') return value
  const parts = (element: Json) =>
    isObject(element) ? mapNames(element, (name, inner) => (findSubAttribute(attribute, name) ? inner : undefined)) : element
  return isArray(value) ? mapElements(value, parts) : parts(value)
}
