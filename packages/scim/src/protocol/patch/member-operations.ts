import { emptyObject, isArray, isObject, type Json } from '../../json.ts'
import { limits } from '../../limits.ts'
import { quote } from '../../quote.ts'
import { findAttribute, findSubAttribute } from '../../schema/find-attribute.ts'
import { invalid } from '../../schema/read-value.ts'
import { groupType } from '../../schema/resource-types.ts'
import { ScimError } from '../error.ts'
import type { ResolvedFilter } from '../query/filter/filter.ts'
import { resolveElementFilter } from '../query/filter/resolve-filter.ts'
import { namesFolded, type PatchOperation } from './parse-patch.ts'
import { invalidPath, type PatchPath, parsePath } from './parse-path.ts'

/**
 * What a PATCH asks of a group's members, who are never loaded: a member is a name in a list, and only an operation with another filter than
 * `value eq` has to look at the group.
 */
export type MemberOperation =
  | { readonly kind: 'add' | 'remove' | 'replace-all'; readonly ids: readonly string[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'remove-where'; readonly filter: ResolvedFilter }
  | {
      readonly kind: 'replace-where'
      readonly filter: ResolvedFilter
      readonly ids: readonly string[]
      readonly whenNoTarget: PatchOperation['whenNoTarget']
    }

const members = findAttribute(groupType, { schema: null, name: 'members', subName: null })!

/** The operations of a group PATCH in two lists, each in its order: what is asked of the members, and the rest. */
export function splitMemberOperations(operations: readonly PatchOperation[]): {
  readonly members: readonly MemberOperation[]
  readonly others: readonly PatchOperation[]
} {
  const asked: MemberOperation[] = []
  const others: PatchOperation[] = []
  for (const operation of operations) {
    const { path, value } = operation
    if (path === null || isWholeGroup(operation)) {
      if (!isObject(value)) others.push(operation)
      else splitObject(operation, value, asked, others)
      continue
    }
    const parsed = /^(urn:[^[]*:)?members\b/i.test(path) ? parsePath(path) : undefined
    if (parsed && findAttribute(groupType, { ...parsed.attribute, subName: null })?.attribute === members.attribute)
      asked.push(memberOperation(operation, parsed))
    else others.push(operation)
  }
  return { members: asked, others }
}

/** The group schema's own URN for a path is no path. */
function isWholeGroup({ op, path }: PatchOperation): boolean {
  return op !== 'remove' && path?.toLowerCase() === groupType.schema.id.toLowerCase()
}

function splitObject(
  operation: PatchOperation,
  value: { readonly [name: string]: Json },
  asked: MemberOperation[],
  others: PatchOperation[],
): void {
  namesFolded(value)
  const rest = emptyObject<Json>()
  for (const [name, inner] of Object.entries(value)) {
    if (name.toLowerCase() === 'members') asked.push(wholeList(operation.op, memberIds(inner)))
    else rest[name] = inner
  }
  if (Object.keys(rest).length > 0 || Object.keys(value).length === 0) others.push({ ...operation, value: rest })
}

function memberOperation({ op, value, whenNoTarget }: PatchOperation, { attribute, filter, subName }: PatchPath): MemberOperation {
  const named = subName ?? attribute.subName
  if (named !== null) {
    if (!findSubAttribute(members.attribute, named)) throw invalidPath(`members has no sub-attribute ${quote(named)}.`)
    throw isImmutable()
  }
  if (!filter) return op === 'remove' ? { kind: 'clear' } : wholeList(op, memberIds(value ?? null))
  if (op === 'add') throw isImmutable()
  const resolved = resolveElementFilter(members, filter)
  if (op === 'remove') {
    const ids = idsNamedBy(resolved)
    return ids ? { kind: 'remove', ids } : { kind: 'remove-where', filter: resolved }
  }
  return { kind: 'replace-where', filter: resolved, ids: memberIds(value ?? null), whenNoTarget }
}

function isImmutable(): ScimError {
  return new ScimError(400, 'mutability', 'What is said of a member cannot change; remove the member and add another.')
}

function wholeList(op: PatchOperation['op'], ids: readonly string[]): MemberOperation {
  switch (op) {
    case 'add':
      return { kind: 'add', ids }
    case 'remove':
      return { kind: 'remove', ids }
    case 'replace':
      return { kind: 'replace-all', ids }
  }
}

/** The users that member values name, as they were sent (RFC 7643 §4.2). A group is no member: groups are flat. */
export function memberIds(value: Json): readonly string[] {
  if (value === null) return []
  const elements = isArray(value) ? value : [value]
  if (elements.length > limits.membersMax)
    throw new ScimError(413, undefined, `One operation may name ${limits.membersMax} members (membersMax).`)
  return elements.map((element) => {
    if (!isObject(element)) throw invalid('members', 'must be a list of objects with a value.')
    const { value: id, type, ...rest } = namesFolded(element)
    for (const name of Object.keys(rest)) {
      if (!findSubAttribute(members.attribute, name))
        throw new ScimError(400, 'invalidSyntax', `members has no sub-attribute ${quote(name)}.`)
    }
    if (typeof id !== 'string' || id === '') throw invalid('members.value', 'must be the id of a user.')
    if (typeof type === 'string' && type.toLowerCase() === 'group')
      throw invalid('members.type', 'cannot be Group: groups are flat and hold users only.')
    return id
  })
}

/** The ids of a filter that does nothing but name them: `value eq "a" or value eq "b"`. */
function idsNamedBy(filter: ResolvedFilter): readonly string[] | undefined {
  if (filter.kind === 'or') {
    const ids = filter.filters.map(idsNamedBy)
    return ids.every((some) => some !== undefined) ? ids.flat() : undefined
  }
  const names = filter.kind === 'comparison' && filter.operator === 'eq' && filter.target.subAttribute?.name === 'value'
  return names ? [String(filter.value)] : undefined
}
