import { type Json, type JsonObject, emptyObject, isArray, isObject } from '../../json.ts'
import { ScimError } from '../../scim-error.ts'
import { attributeName } from '../../schema/find-attribute.ts'
import { isPrimary, withoutDuplicates } from '../../schema/read-value.ts'
import { type Resource, sameResource } from '../../schema/resource.ts'
import { matchesElement } from '../filter/evaluate-filter.ts'
import type { Comparable, ResolvedFilter } from '../filter/filter.ts'
import type { ResolvedOperation } from './resolve-operation.ts'

/**
 * The resource after one operation (RFC 7644 §3.5.2.1 to §3.5.2.3). Nothing that was given is changed: an operation that cannot be applied throws,
 * and leaves the caller with what it had.
 */
export function applyOperation(resource: Resource, operation: ResolvedOperation, comparable: Comparable): Resource {
  const { extension, attribute } = operation.target
  const scope = extension === null ? resource : (resource[extension] ?? emptyObject())
  if (!isObject(scope)) return resource
  const before = scope[attribute.name]
  const after = operation.elements ? selected(before, operation, operation.elements, comparable) : whole(before, operation)
  if (after === before) return resource
  const changed = assigned(scope, attribute.name, after)
  if (extension === null) return changed
  return assigned(resource, extension, Object.keys(changed).length === 0 ? undefined : changed)
}

/** The attribute as a whole, or one sub-attribute of it. */
function whole(before: Json | undefined, { op, target, value }: ResolvedOperation): Json | undefined {
  const { attribute, subAttribute } = target
  if (subAttribute) {
    if (!attribute.multiValued)
      return withSub(isObject(before) ? before : emptyObject(), subAttribute.name, op === 'remove' ? undefined : value)
    return listed(before).length === 0 && op !== 'remove'
      ? [withSub(emptyObject(), subAttribute.name, value)].flatMap((element) => element ?? [])
      : mapped(listed(before), (element) =>
          isObject(element) ? withSub(element, subAttribute.name, op === 'remove' ? undefined : value) : element,
        )
  }
  if (op === 'remove' || value === undefined) return op === 'add' ? before : undefined
  if (attribute.multiValued) return op === 'replace' ? value : appended(listed(before), listed(value))
  // Named sub-attributes change, unnamed ones stay (§3.5.2.3, P-7).
  return isObject(before) && isObject(value) ? merged(before, value) : value
}

/** The elements that a filter selects. */
function selected(
  before: Json | undefined,
  operation: ResolvedOperation,
  filter: ResolvedFilter,
  comparable: Comparable,
): Json | undefined {
  const { op, target, value, whenNoTarget } = operation
  const { subAttribute } = target
  const elements = listed(before)
  const isSelected = elements.map((element) => matchesElement(filter, element, comparable))

  if (!isSelected.includes(true)) {
    if (op === 'remove') return before
    if (whenNoTarget === 'refuse')
      throw new ScimError(
        400,
        'noTarget',
        `No element of ${attributeName({ ...target, subAttribute: null })} matches the filter in the path.`,
      )
    const made = subAttribute
      ? withSub(described(filter), subAttribute.name, value)
      : merged(described(filter), isObject(value) ? value : emptyObject())
    return value === undefined || made === undefined ? before : appended(elements, [made])
  }

  const change = (element: Json): Json | undefined => {
    if (subAttribute) return isObject(element) ? withSub(element, subAttribute.name, op === 'remove' ? undefined : value) : element
    if (op === 'remove' || value === undefined) return undefined
    return op === 'add' && isObject(element) && isObject(value) ? merged(element, value) : value
  }
  const touched: Json[] = []
  const after = elements.flatMap((element, index) => {
    if (!isSelected[index]) return [element]
    const changed = change(element)
    if (changed === undefined) return []
    touched.push(changed)
    return [changed]
  })
  return settled(elements, onePrimary(after, touched))
}

/** The element that a filter describes: what its `eq` terms say must be so (P-5). */
function described(filter: ResolvedFilter): JsonObject {
  const element = emptyObject<Json>()
  const terms = filter.kind === 'and' ? filter.filters : [filter]
  for (const term of terms) {
    if (term.kind === 'comparison' && term.operator === 'eq' && term.target.subAttribute)
      element[term.target.subAttribute.name] = term.value
    if (term.kind === 'and') Object.assign(element, described(term))
  }
  return element
}

function appended(before: readonly Json[], more: readonly Json[]): Json | undefined {
  const fresh = more.filter((value) => !before.some((present) => sameResource(present, value)))
  if (fresh.length === 0) return settled(before, before)
  return settled(before, withoutDuplicates(onePrimary([...before, ...fresh], fresh)))
}

/** A newcomer that is primary takes that from whoever was (§3.5.2.1, R-169, D-20). */
function onePrimary(elements: readonly Json[], newcomers: readonly Json[]): readonly Json[] {
  const winner = newcomers.findLast(isPrimary)
  if (winner === undefined) return elements
  return elements.map((element) =>
    element !== winner && isPrimary(element) && isObject(element) ? { ...element, primary: false } : element,
  )
}

function mapped(elements: readonly Json[], change: (element: Json) => Json | undefined): Json | undefined {
  return settled(
    elements,
    elements.flatMap((element) => change(element) ?? []),
  )
}

/** A list with nothing in it is unassigned; a list that says the same is the same. */
function settled(before: readonly Json[], after: readonly Json[]): Json | undefined {
  if (after.length === 0) return undefined
  return sameResource(before, after) ? before : after
}

function merged(before: JsonObject, value: JsonObject): JsonObject {
  const after = Object.assign(emptyObject<Json>(), before, value)
  return sameResource(before, after) ? before : after
}

function withSub(element: JsonObject, name: string, value: Json | undefined): JsonObject | undefined {
  if (sameResource(element[name] ?? null, value ?? null)) return Object.keys(element).length === 0 ? undefined : element
  const changed = assigned(element, name, value)
  return Object.keys(changed).length === 0 ? undefined : changed
}

function assigned(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  const copy = Object.assign(emptyObject<Json>(), object)
  if (value === undefined) delete copy[name]
  else copy[name] = value
  return copy
}

function listed(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : isArray(value) ? value : [value]
}
