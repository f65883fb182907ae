import { isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { quote } from '../../quote.ts'
import { attributeName, findAttribute, findExtension, findSubAttribute } from '../../schema/find-attribute.ts'
import { invalid, readOne, readValue, readValues, twice } from '../../schema/read-value.ts'
import type { AttributeReference, ResourceType, Schema } from '../../schema/schema.ts'
import { ScimError } from '../error.ts'
import type { Filter, ResolvedFilter } from '../query/filter/filter.ts'
import { resolveElementFilter } from '../query/filter/resolve-filter.ts'
import type { PatchOperation } from './parse-patch.ts'
import { invalidPath, parsePath } from './parse-path.ts'

/**
 * An operation whose every name is an attribute and whose value has that attribute's type: only this is ever applied (INP-2, INP-4).
 * A single-valued complex attribute is a target only to be unassigned: its parts are set one by one. `value` is undefined for a remove and for
 * null, which unassigns a single value and adds nothing to a list; for a multi-valued attribute as a whole it is a list.
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
 * What one operation asks of the attributes of a resource. Without a path, and with a schema's URN for one, it is one operation for each
 * attribute in its value (RFC 7644 §3.5.2.1, §3.5.2.3). Read-only attributes are refused with `mutability`, unknown ones with `invalidPath`.
 */
export function resolveOperation(type: ResourceType, operation: PatchOperation): readonly ResolvedOperation[] {
  const { op, path, value } = operation
  if (path === null || (op !== 'remove' && path.toLowerCase() === type.schema.id.toLowerCase())) {
    return resolveAttributes(type, null, operation, value)
  }
  const extension = findExtension(type, path)
  if (extension) return resolveExtension(type, extension, operation, value)

  const { attribute, filter, subName } = parsePath(path)
  const found = findAttribute(type, attribute)
  if (!found) throw invalidPath(`${type.name} has no attribute ${quote(path)}.`)
  const elements = filter && resolveFilterOn(found, filter)
  const subAttribute = subName === null ? found.subAttribute : findSubAttribute(found.attribute, subName)
  if (subAttribute === undefined) throw invalidPath(`${attributeName(found)} has no sub-attribute ${quote(subName ?? '')}.`)
  return resolveOne(operation, { ...found, subAttribute }, elements, value)
}

function resolveFilterOn(found: AttributeReference, filter: Filter): ResolvedFilter {
  if (!found.attribute.multiValued || found.attribute.type !== 'complex')
    throw invalidPath(`${attributeName(found)} has no elements to choose from.`)
  return resolveElementFilter(found, filter)
}

/** One operation for each attribute that an object names. `schemas` is passed over: it follows from what is there. */
function resolveAttributes(
  type: ResourceType,
  extension: Schema | null,
  operation: PatchOperation,
  value: Json | undefined,
): readonly ResolvedOperation[] {
  if (!isObject(value))
    throw new ScimError(400, 'invalidValue', 'Without the path of an attribute the value must be an object that names attributes.')
  const seen = new Set<string>()
  const once = (name: string) => {
    if (seen.has(name)) throw twice(name)
    seen.add(name)
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    if (extension === null && key.toLowerCase() === 'schemas') return []
    const inExtension = extension === null ? findExtension(type, key) : undefined
    if (inExtension) {
      once(inExtension.id)
      return resolveExtension(type, inExtension, operation, inner)
    }
    const found = findAttribute(type, { schema: extension?.id ?? null, name: key, subName: null })
    if (!found) throw invalidPath(`${extension?.id ?? type.name} has no attribute ${quote(key)}.`)
    once(attributeName(found))
    return resolveOne(operation, found, null, inner)
  })
}

function resolveExtension(
  type: ResourceType,
  extension: Schema,
  operation: PatchOperation,
  value: Json | undefined,
): readonly ResolvedOperation[] {
  if (operation.op !== 'remove' && value !== null) return resolveAttributes(type, extension, operation, value)
  return extension.attributes.flatMap((attribute) =>
    resolveOne({ ...operation, op: 'remove' }, { extension: extension.id, attribute, subAttribute: null }, null, undefined),
  )
}

function resolveOne(
  operation: PatchOperation,
  target: AttributeReference,
  elements: ResolvedFilter | null,
  value: Json | undefined,
): readonly ResolvedOperation[] {
  const { op, whenNoTarget } = operation
  const { attribute, subAttribute } = target
  const name = attributeName(target)
  checkMutability(target, name)
  const isRequired = attribute.required && !subAttribute
  if (op === 'remove') {
    if (isRequired) throw neverRemoved(name)
    return [{ op, target, elements, value: undefined, whenNoTarget }]
  }
  if (attribute.type === 'complex' && !attribute.multiValued && !subAttribute && isObject(value)) {
    return resolveParts(operation, target, value, name)
  }
  const read = readPatchValue(target, elements !== null, value ?? null, name)
  if (isRequired && read === undefined) throw neverRemoved(name)
  if (isRequired && typeof read === 'string' && read.trim() === '') throw invalid(name, 'is required.')
  return [{ op, target, elements, value: read, whenNoTarget }]
}

function neverRemoved(name: string): ScimError {
  return new ScimError(400, 'mutability', `${name} is required and cannot be removed.`)
}

function checkMutability({ attribute, subAttribute }: AttributeReference, name: string): void {
  const leaf = subAttribute ?? attribute
  if (attribute.mutability === 'readOnly' || leaf.mutability === 'readOnly' || attribute.name === 'schemas') {
    throw new ScimError(400, 'mutability', `${name} is read-only.`)
  }
  if (subAttribute?.mutability === 'immutable') {
    throw new ScimError(400, 'mutability', `${name} cannot change; remove the element and add another.`)
  }
}

/** The parts that a complex value names change, null takes one away, and those it does not name stay (§3.5.2.3, P-7). Read-only parts are passed over. */
function resolveParts(
  operation: PatchOperation,
  target: AttributeReference,
  value: JsonObject,
  name: string,
): readonly ResolvedOperation[] {
  const seen = new Set<string>()
  return Object.entries(value).flatMap(([key, inner]) => {
    const subAttribute = findSubAttribute(target.attribute, key)
    if (!subAttribute) throw new ScimError(400, 'invalidSyntax', `${name} has no sub-attribute ${quote(key)}.`)
    if (seen.has(subAttribute.name)) throw twice(`${name}.${subAttribute.name}`)
    seen.add(subAttribute.name)
    return subAttribute.mutability === 'readOnly' ? [] : resolveOne(operation, { ...target, subAttribute }, null, inner)
  })
}

/** The value's canonical form: of one element where the path selects elements, else of the attribute. One element may stand for a list of one. */
function readPatchValue({ attribute, subAttribute }: AttributeReference, isElement: boolean, value: Json, name: string): Json | undefined {
  if (subAttribute) return readValue(subAttribute, value, name)
  if (!attribute.multiValued) return readValue(attribute, value, name)
  if (!isElement) return value === null ? undefined : readValues(attribute, isArray(value) ? value : [value], name)
  if (!isArray(value)) return readOne(attribute, value, name)
  const [element, ...more] = value
  if (element === undefined || more.length > 0) throw invalid(name, 'is one element here; send one object.')
  return readOne(attribute, element, name)
}
