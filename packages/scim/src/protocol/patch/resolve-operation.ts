import { type Json, isArray, isObject } from '../../json.ts'
import { quote } from '../../quote.ts'
import { ScimError } from '../../scim-error.ts'
import type { Attribute } from '../../schema/attribute.ts'
import { attributeName, findAttribute, findExtension, findSubAttribute } from '../../schema/find-attribute.ts'
import { invalid, readOne, readValue, readValues, twice } from '../../schema/read-value.ts'
import type { AttributeReference, ResourceType, Schema } from '../../schema/schema.ts'
import type { ResolvedFilter } from '../filter/filter.ts'
import { resolveElementFilter } from '../filter/resolve-filter.ts'
import { invalidPath, parsePath } from './parse-path.ts'
import type { PatchOperation } from './parse-patch.ts'

/**
 * An operation whose every name is an attribute and whose value has that attribute's type: only this is ever applied (INP-2, INP-4).
 * `value` is undefined for a remove, and for a replace that unassigns.
 */
export interface ResolvedOperation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly target: AttributeReference
  /** Which elements; null for the attribute as a whole. */
  readonly elements: ResolvedFilter | null
  readonly value: Json | undefined
  readonly whenNoTarget: PatchOperation['whenNoTarget']
}

/**
 * What one operation asks of the attributes of a resource. Without a path, and with an extension's URN for one, it is one operation for each
 * attribute in its value (RFC 7644 §3.5.2.1, §3.5.2.3). Read-only attributes are refused with `mutability`, unknown ones with `invalidPath`.
 */
export function resolveOperation(type: ResourceType, operation: PatchOperation): readonly ResolvedOperation[] {
  const { path } = operation
  if (path === null) return resolveObject(type, null, operation, operation.value)
  const extension = findExtension(type, path)
  if (extension) return resolveExtension(type, extension, operation, operation.value)

  const { attribute, filter, subName } = parsePath(path)
  const found = findAttribute(type, attribute)
  if (!found) throw invalidPath(`${type.name} has no attribute ${quote(path)}.`)
  const elements = filter && resolveFilterOn(found, filter)
  const subAttribute = subName === null ? found.subAttribute : findSubAttribute(found.attribute, subName)
  if (subAttribute === undefined) throw invalidPath(`${attributeName(found)} has no sub-attribute ${quote(subName ?? '')}.`)
  return [resolveOne(operation, { ...found, subAttribute }, elements, operation.value)]
}

function resolveFilterOn(found: AttributeReference, filter: Parameters<typeof resolveElementFilter>[1]): ResolvedFilter {
  if (!found.attribute.multiValued || found.attribute.type !== 'complex')
    throw invalidPath(`${attributeName(found)} has no elements to choose from.`)
  return resolveElementFilter(found, filter)
}

function resolveObject(
  type: ResourceType,
  extension: Schema | null,
  operation: PatchOperation,
  value: Json | undefined,
): readonly ResolvedOperation[] {
  if (!isObject(value)) throw new ScimError(400, 'invalidValue', 'Without a path the value must be an object that names attributes.')
  const seen = new Set<string>()
  return Object.entries(value).flatMap(([key, inner]) => {
    if (extension === null && key.toLowerCase() === 'schemas') return []
    const inExtension = extension === null ? findExtension(type, key) : undefined
    if (inExtension) return resolveExtension(type, inExtension, operation, inner)
    const found = findAttribute(type, { schema: extension?.id ?? null, name: key, subName: null })
    if (!found) throw invalidPath(`${extension?.id ?? type.name} has no attribute ${quote(key)}.`)
    const name = attributeName(found)
    if (seen.has(name)) throw twice(name)
    seen.add(name)
    return [resolveOne(operation, found, null, inner)]
  })
}

function resolveExtension(
  type: ResourceType,
  extension: Schema,
  operation: PatchOperation,
  value: Json | undefined,
): readonly ResolvedOperation[] {
  const isCleared =
    operation.op === 'remove' || (operation.op === 'replace' && (value === null || (isObject(value) && Object.keys(value).length === 0)))
  if (!isCleared) return resolveObject(type, extension, operation, value)
  return extension.attributes.map((attribute) =>
    resolveOne({ ...operation, op: 'remove' }, { extension: extension.id, attribute, subAttribute: null }, null, undefined),
  )
}

function resolveOne(
  operation: PatchOperation,
  target: AttributeReference,
  elements: ResolvedFilter | null,
  value: Json | undefined,
): ResolvedOperation {
  const { op, whenNoTarget } = operation
  const name = attributeName(target)
  const leaf = target.subAttribute ?? target.attribute
  if (target.attribute.mutability === 'readOnly' || leaf.mutability === 'readOnly' || target.attribute.name === 'schemas') {
    throw new ScimError(400, 'mutability', `${name} is read-only.`)
  }
  if (target.subAttribute?.mutability === 'immutable')
    throw new ScimError(400, 'mutability', `${name} cannot change; remove the element and add another.`)
  if (op === 'remove') {
    if (target.attribute.required && !target.subAttribute) throw required(name)
    return { op, target, elements, value: undefined, whenNoTarget }
  }
  const read = readPatchValue(target, elements !== null, op, value ?? null, name)
  if (read === undefined || (typeof read === 'string' && read.trim() === '')) {
    if (leaf.required && target.subAttribute === null)
      throw op === 'replace' && read === undefined ? required(name) : invalid(name, 'is required.')
  }
  return { op, target, elements, value: read, whenNoTarget }
}

function required(name: string): ScimError {
  return new ScimError(400, 'mutability', `${name} is required and cannot be removed.`)
}

/** The value's canonical form: of one element where the path selects elements, else of the attribute. `add` may name one element without a list. */
function readPatchValue(
  { attribute, subAttribute }: AttributeReference,
  isElement: boolean,
  op: 'add' | 'replace',
  value: Json,
  name: string,
): Json | undefined {
  if (subAttribute) return readValue(subAttribute, value, name)
  if (isElement) return isArray(value) && value.length === 1 ? readOne(attribute, value[0]!, name) : readElement(attribute, value, name)
  if (attribute.multiValued && isObject(value)) return listOf(readOne(attribute, value, name))
  if (attribute.multiValued && op === 'add' && isArray(value)) return listOf(...readValues(attribute, value, name))
  return readValue(attribute, value, name)
}

function readElement(attribute: Attribute, value: Json, name: string): Json | undefined {
  if (isArray(value)) throw invalid(name, 'is one element here; send one object.')
  return readOne(attribute, value, name)
}

function listOf(...values: readonly (Json | undefined)[]): Json | undefined {
  const list = values.filter((value) => value !== undefined)
  return list.length === 0 ? undefined : list
}
