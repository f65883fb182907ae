import { type Json, type JsonObject, emptyObject, isArray, isObject } from '../json.ts'
import { type PatchPath, parsePath } from '../protocol/patch/parse-path.ts'
import type { PatchOperation } from '../protocol/patch/parse-patch.ts'
import { ScimError } from '../scim-error.ts'
import { findAttribute, findExtension, findSubAttribute } from '../schema/find-attribute.ts'
import type { AttributeReference, ResourceType } from '../schema/schema.ts'

type Change = (target: AttributeReference, value: Json) => Json

/** A body with every known attribute's value changed, outside in. What is unknown stays as it is. */
export function mapBody(type: ResourceType, body: JsonObject, change: Change): JsonObject {
  return mapNames(body, (name, value) => {
    const extension = findExtension(type, name)
    if (extension && isObject(value)) {
      return mapNames(value, (inner, innerValue) => mapNamed(type, extension.id, inner, innerValue, change))
    }
    return mapNamed(type, null, name, value, change)
  })
}

/** An operation with its value changed as its attribute's. */
export function mapOperation(type: ResourceType, operation: PatchOperation, change: Change): PatchOperation {
  const { path, value } = operation
  if (value === undefined) return operation
  const extension = path === null ? undefined : findExtension(type, path)
  if (path === null) return isObject(value) ? { ...operation, value: mapBody(type, value, change) } : operation
  if (extension)
    return isObject(value)
      ? { ...operation, value: mapNames(value, (name, inner) => mapNamed(type, extension.id, name, inner, change)) }
      : operation
  const target = targetOf(type, path)
  return target ? { ...operation, value: mapValue(target.reference, value, change, target.path.filter !== null) } : operation
}

/** What a path is about; undefined for a path that the core will refuse, or that names nothing. */
export function targetOf(
  type: ResourceType,
  path: string,
): { readonly path: PatchPath; readonly reference: AttributeReference } | undefined {
  const parsed = tryParsePath(path)
  const found = parsed && findAttribute(type, parsed.attribute)
  if (!parsed || !found) return undefined
  const subAttribute = parsed.subName === null ? found.subAttribute : findSubAttribute(found.attribute, parsed.subName)
  return subAttribute === undefined ? undefined : { path: parsed, reference: { ...found, subAttribute } }
}

export function tryParsePath(path: string): PatchPath | undefined {
  try {
    return parsePath(path)
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}

export function mapNames(object: JsonObject, change: (name: string, value: Json) => Json | undefined): JsonObject {
  const mapped = emptyObject<Json>()
  for (const [name, value] of Object.entries(object)) {
    const changed = change(name, value)
    if (changed !== undefined) mapped[name] = changed
  }
  return mapped
}

function mapNamed(type: ResourceType, schema: string | null, name: string, value: Json, change: Change): Json {
  const target = findAttribute(type, { schema, name, subName: null })
  return target ? mapValue(target, value, change, false) : value
}

function mapValue(target: AttributeReference, value: Json, change: Change, isElement: boolean): Json {
  const changed = isElement && target.subAttribute === null ? value : change(target, value)
  if (target.subAttribute) return changed
  const element = (one: Json): Json => {
    if (!isObject(one)) return one
    return mapNames(one, (name, inner) => {
      const subAttribute = findSubAttribute(target.attribute, name)
      return subAttribute ? change({ ...target, subAttribute }, inner) : inner
    })
  }
  return isArray(changed) ? changed.map(element) : element(changed)
}
