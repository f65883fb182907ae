import { emptyObject, isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { elementIdentity } from '../../schema/element-identity.ts'
import { attributeName } from '../../schema/find-attribute.ts'
import { isPrimary, readOne } from '../../schema/read-value.ts'
import { type Resource, sameResource } from '../../schema/resource.ts'
import { ScimError } from '../error.ts'
import { matchesElement } from '../query/filter/evaluate-filter.ts'
import type { Comparable, ResolvedFilter } from '../query/filter/filter.ts'
import type { ResolvedOperation } from './resolve-operation.ts'

/**
 * The resource after one operation (RFC 7644 §3.5.2.1 to §3.5.2.3); the very same one if the operation changes nothing. Nothing that was given is
 * changed: an operation that cannot be applied throws 400 `noTarget`, and leaves the caller with what it had.
 */
export function applyOperation(resource: Resource, operation: ResolvedOperation, comparable: Comparable): Resource {
  const { extension, attribute } = operation.target
  const scope = extension === null ? resource : (resource[extension] ?? emptyObject())
  if (!isObject(scope)) return resource
  const before = scope[attribute.name]
  const after = attribute.multiValued ? orUnassigned(changedList(listed(before), operation, comparable)) : changedValue(before, operation)
  if (sameResource(before ?? null, after ?? null)) return resource
  const changed = assigned(scope, attribute.name, after)
  return extension === null ? changed : assigned(resource, extension, orUnassigned(changed))
}

/** A single value, or one part of it. A remove has no value, and so unassigns. */
function changedValue(before: Json | undefined, { target: { subAttribute }, value }: ResolvedOperation): Json | undefined {
  if (!subAttribute) return value
  return orUnassigned(assigned(isObject(before) ? before : emptyObject(), subAttribute.name, value))
}

function changedList(before: readonly Json[], operation: ResolvedOperation, comparable: Comparable): readonly Json[] {
  const { op, target, elements, value } = operation
  if (!elements && !target.subAttribute) return op === 'add' ? appended(before, listed(value)) : listed(value)

  const isSelected = before.map((element) => elements === null || matchesElement(elements, element, comparable))
  if (!isSelected.includes(true)) return withMissing(before, operation)

  const touched: Json[] = []
  const after = before.flatMap((element, index) => {
    if (!isSelected[index]) return [element]
    const changed = changedElement(element, operation)
    if (changed === undefined) return []
    touched.push(changed)
    return [changed]
  })
  return sameResource(before, after) ? before : onePrimary(distinct(after), touched)
}

/** An element that was selected; undefined if nothing is left of it. A replace leaves nothing of what it was (§3.5.2.3), an add is merged. */
function changedElement(element: Json, { op, target: { subAttribute }, value }: ResolvedOperation): Json | undefined {
  if (subAttribute) return isObject(element) ? orUnassigned(assigned(element, subAttribute.name, value)) : element
  if (op !== 'add') return value
  return isObject(element) && isObject(value) ? Object.assign(emptyObject<Json>(), element, value) : element
}

/** What becomes of a list of which nothing was selected. Removing nobody is no error. */
function withMissing(before: readonly Json[], operation: ResolvedOperation): readonly Json[] {
  const { op, target, elements, value, whenNoTarget } = operation
  if (op === 'remove') return before
  const described = elements === null ? emptyObject<Json>() : whenNoTarget === 'create' ? describedBy(elements) : undefined
  if (!described) {
    const name = attributeName({ ...target, subAttribute: null })
    throw new ScimError(400, 'noTarget', `No element of ${name} matches the filter in the path.`)
  }
  if (value === undefined) return before
  const more = target.subAttribute ? { [target.subAttribute.name]: value } : value
  // What a filter says may be no value of the attribute: only what could have been sent is made.
  const made =
    elements === null ? Object.assign(described, more) : readOne(target.attribute, Object.assign(described, more), attributeName(target))
  return made === undefined ? before : appended(before, [made])
}

/** The element that a filter describes by saying what it equals (P-5); undefined for one that says more, since nothing made for it need satisfy it. */
function describedBy(filter: ResolvedFilter): { [name: string]: Json } | undefined {
  const terms = filter.kind === 'and' ? filter.filters : [filter]
  const element = emptyObject<Json>()
  for (const term of terms) {
    if (term.kind === 'and') {
      const described = describedBy(term)
      if (!described) return undefined
      Object.assign(element, described)
    } else if (term.kind === 'comparison' && term.operator === 'eq' && term.target.subAttribute) {
      element[term.target.subAttribute.name] = term.value
    } else return undefined
  }
  return element
}

/** One that is there already is not there twice: what the newcomer says more is added to it. */
function appended(before: readonly Json[], newcomers: readonly Json[]): readonly Json[] {
  const after = new Map(before.map((element) => [elementIdentity(element), element]))
  const touched = newcomers.map((newcomer) => {
    const identity = elementIdentity(newcomer)
    const present = after.get(identity)
    const joined = isObject(present) && isObject(newcomer) ? Object.assign(emptyObject<Json>(), present, newcomer) : newcomer
    after.set(identity, joined)
    return joined
  })
  return onePrimary([...after.values()], touched)
}

/** What a change has made equal is one, and stays primary if either was. One pass: a list may be long and changed often. */
function distinct(elements: readonly Json[]): readonly Json[] {
  const kept = new Map<string, Json>()
  for (const element of elements) {
    const identity = elementIdentity(element)
    const twin = kept.get(identity)
    if (twin === undefined || !isPrimary(twin)) kept.set(identity, element)
  }
  return kept.size === elements.length ? elements : [...kept.values()]
}

/** A newcomer that is primary takes that from whoever was (§3.5.2.1, R-169, D-20), and without it that one may be another's twin. */
function onePrimary(elements: readonly Json[], newcomers: readonly Json[]): readonly Json[] {
  // A newcomer may have become one with another, and is then not among the elements.
  const present = new Set(elements)
  const winner = newcomers.findLast((newcomer) => isPrimary(newcomer) && present.has(newcomer))
  if (winner === undefined) return elements
  return distinct(
    elements.map((element) =>
      element !== winner && isObject(element) && isPrimary(element) ? assigned(element, 'primary', false) : element,
    ),
  )
}

function assigned(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  const copy = Object.assign(emptyObject<Json>(), object)
  if (value === undefined) delete copy[name]
  else copy[name] = value
  return copy
}

/** Nothing within is no value at all (RFC 7643 §2.5). */
function orUnassigned(value: JsonObject | readonly Json[]): Json | undefined {
  return Object.keys(value).length === 0 ? undefined : value
}

function listed(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : isArray(value) ? value : [value]
}
