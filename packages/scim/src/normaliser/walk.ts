import { emptyObject, isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import type { PatchOperation } from '../protocol/patch/parse-patch.ts'
import { formatPatchPath, type PatchPath, parsePath } from '../protocol/patch/parse-path.ts'
import type { AttributePath, ComparisonValue, Filter } from '../protocol/query/filter/filter.ts'
import { findAttribute, findExtension, findPart } from '../schema/find-attribute.ts'
import type { AttributeReference, ResourceType } from '../schema/schema.ts'

type ChangeValue = (target: AttributeReference, value: Json) => Json
type ChangeOperand = (target: AttributeReference, operand: ComparisonValue) => ComparisonValue
type Find = (path: AttributePath) => AttributeReference | undefined

/** A body with every known attribute's value changed, outside in. What is unknown stays as it is. */
export function mapBody(type: ResourceType, body: JsonObject, change: ChangeValue): JsonObject {
  return mapNames(body, (name, value) => {
    const extension = findExtension(type, name)
    return extension ? mapExtension(type, extension.id, value, change) : mapNamed(type, null, name, value, change)
  })
}

/** An operation with its value changed as its attribute's. */
export function mapOperation(type: ResourceType, operation: PatchOperation, change: ChangeValue): PatchOperation {
  const { path, value } = operation
  if (value === undefined) return operation
  if (path === null) return isObject(value) ? { ...operation, value: mapBody(type, value, change) } : operation
  const extension = findExtension(type, path)
  if (extension) return { ...operation, value: mapExtension(type, extension.id, value, change) }
  const target = targetOf(type, path)
  return target ? { ...operation, value: mapValue(target.reference, value, change, target.path.filter !== null) } : operation
}

/** An operation with what the filter in its path compares with changed. A path that the core will refuse stays as it is. */
export function mapPathOperands(type: ResourceType, operation: PatchOperation, change: ChangeOperand): PatchOperation {
  if (!operation.path?.includes('[')) return operation
  const target = targetOf(type, operation.path)
  if (!target?.path.filter) return operation
  const filter = mapOperands(target.path.filter, (path) => findInBrackets(target.reference, path), change)
  return { ...operation, path: formatPatchPath({ ...target.path, filter }) }
}

/** A filter with what known attributes are compared with changed. */
export function mapOperands(filter: Filter, find: Find, change: ChangeOperand): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map((inner) => mapOperands(inner, find, change)) }
    case 'not':
      return { ...filter, filter: mapOperands(filter.filter, find, change) }
    case 'element': {
      const target = find(filter.path)
      return target ? { ...filter, filter: mapOperands(filter.filter, (path) => findInBrackets(target, path), change) } : filter
    }
    case 'comparison': {
      const target = find(filter.path)
      return target ? { ...filter, value: change(target, filter.value) } : filter
    }
    case 'present':
      return filter
  }
}

/** What a path is about; undefined for a path that the core will refuse, or that names nothing. */
export function targetOf(
  type: ResourceType,
  path: string,
): { readonly path: PatchPath; readonly reference: AttributeReference } | undefined {
  const parsed = tryParsePath(path)
  const found = parsed && findAttribute(type, parsed.attribute)
  if (!parsed || !found) return undefined
  const reference = parsed.subName === null ? found : findPart(found, parsed.subName)
  return reference && { path: parsed, reference }
}

export function tryParsePath(path: string, syntax: { readonly bareWords?: boolean } = {}): PatchPath | undefined {
  try {
    return parsePath(path, syntax)
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}

/** An object with its values changed; undefined leaves a name out. Where nothing changes it is the object itself: a group has ten thousand members. */
export function mapNames(object: JsonObject, change: (name: string, value: Json) => Json | undefined): JsonObject {
  let mapped: { [name: string]: Json } | undefined
  for (const name of Object.keys(object)) {
    const value = object[name]!
    const changed = change(name, value)
    if (changed === value) continue
    mapped ??= Object.assign(emptyObject<Json>(), object)
    if (changed === undefined) delete mapped[name]
    else mapped[name] = changed
  }
  return mapped ?? object
}

/** A list with its elements changed; the list itself where none is. */
export function mapElements(list: readonly Json[], change: (element: Json) => Json): readonly Json[] {
  const mapped = list.map(change)
  return mapped.every((element, index) => element === list[index]) ? list : mapped
}

function mapExtension(type: ResourceType, schema: string, value: Json, change: ChangeValue): Json {
  return isObject(value) ? mapNames(value, (name, inner) => mapNamed(type, schema, name, inner, change)) : value
}

function mapNamed(type: ResourceType, schema: string | null, name: string, value: Json, change: ChangeValue): Json {
  const target = findAttribute(type, { schema, name, subName: null })
  return target ? mapValue(target, value, change, false) : value
}

function mapValue(target: AttributeReference, value: Json, change: ChangeValue, isElement: boolean): Json {
  const changed = isElement && target.subAttribute === null ? value : change(target, value)
  if (target.subAttribute) return changed
  const element = (one: Json): Json => {
    if (!isObject(one)) return one
    return mapNames(one, (name, inner) => {
      const part = findPart(target, name)
      return part ? change(part, inner) : inner
    })
  }
  return isArray(changed) ? mapElements(changed, element) : element(changed)
}

/** What a name within brackets means. */
function findInBrackets(target: AttributeReference, { schema, name, subName }: AttributePath): AttributeReference | undefined {
  return schema === null && subName === null ? findPart(target, name) : undefined
}
