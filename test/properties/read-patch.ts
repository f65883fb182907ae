import { comparable } from '@latchkey/application'
import {
  type JsonObject,
  type MemberOperation,
  type Normaliser,
  type Resource,
  type ResolvedOperation,
  type ResourceType,
  applyOperation,
  groupType,
  resolveOperation,
  splitMemberOperations,
} from '@latchkey/scim'

/** What a PATCH asks: of the attributes, and of a group's members. */
export interface ReadPatch {
  readonly attributes: readonly ResolvedOperation[]
  readonly members: readonly MemberOperation[]
}

/** Reads a PATCH as the server does, whole: what of it makes no sense throws a `ScimError`. */
export function readPatch(type: ResourceType, normaliser: Normaliser, body: JsonObject): ReadPatch {
  const operations = normaliser.patch(type, body)
  const { others, members } = type === groupType ? splitMemberOperations(operations) : { others: operations, members: [] }
  return { attributes: others.flatMap((operation) => resolveOperation(type, operation)), members }
}

/** The resource after a PATCH that was read. */
export function applyPatch(resource: Resource, { attributes }: ReadPatch): Resource {
  return attributes.reduce((before, operation) => applyOperation(before, operation, comparable), resource)
}
