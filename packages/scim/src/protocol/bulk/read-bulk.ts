import { isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { limits } from '../../limits.ts'
import { quote } from '../../quote.ts'
import { groupType, resourceTypes } from '../../schema/resource-types.ts'
import type { ResourceType } from '../../schema/schema.ts'
import { ScimError } from '../error.ts'
import { namesFolded, patchSchema } from '../patch/parse-patch.ts'

export const bulkRequestSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

/** A bulk job (RFC 7644 §3.7). */
export interface BulkRequest {
  /** After so many errors the rest is not processed; null: everything is. */
  readonly failOnErrors: number | null
  readonly operations: readonly BulkOperation[]
}

/** An operation that can be tried, or one that cannot and whose entry in the answer says why: the others go on. */
export type BulkOperation = WellFormedOperation | RefusedOperation

export type WellFormedOperation = Creation | Change | Deletion

export interface Creation {
  readonly kind: 'create'
  readonly method: 'POST'
  readonly type: ResourceType
  /** The name by which the other operations of the job mean what this one creates, as `bulkId:` and the name. */
  readonly bulkId: string
  readonly data: JsonObject
}

export interface Change {
  readonly kind: 'replace' | 'modify'
  readonly method: 'PUT' | 'PATCH'
  readonly type: ResourceType
  readonly id: string
  readonly bulkId: string | null
  /** What would be the `If-Match` header of a request of its own. */
  readonly version: string | null
  readonly data: JsonObject
}

export interface Deletion {
  readonly kind: 'delete'
  readonly method: 'DELETE'
  readonly type: ResourceType
  readonly id: string
  readonly bulkId: string | null
  readonly version: string | null
}

export interface RefusedOperation {
  readonly kind: 'refused'
  /** As it was sent, where it was a text. */
  readonly method: string | null
  readonly bulkId: string | null
  readonly refusal: ScimError
}

/**
 * A bulk body. 400 `invalidSyntax` where it is no BulkRequest, 413 where it holds more operations than are advertised; what is wrong with
 * one operation is told in that operation. `bareOperations` reads a list as the body of a PATCH, as the RFC's own sample has it (D-8).
 */
export function readBulkRequest(body: JsonObject, { bareOperations = false }: { readonly bareOperations?: boolean } = {}): BulkRequest {
  const { schemas, failonerrors, operations } = namesFolded(body)
  if (!isArray(schemas) || !schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === bulkRequestSchema.toLowerCase())) {
    throw new ScimError(400, 'invalidSyntax', `schemas must contain ${bulkRequestSchema}.`)
  }
  if (!isArray(operations) || operations.length === 0) {
    throw new ScimError(400, 'invalidSyntax', 'Operations must be a list with at least one operation.')
  }
  if (operations.length > limits.bulkOperationsMax) {
    throw new ScimError(413, undefined, `A bulk request may hold ${limits.bulkOperationsMax} operations (maxOperations).`)
  }
  const read = operations.map((operation) => readOperation(operation, bareOperations))
  return { failOnErrors: readFailOnErrors(failonerrors), operations: withUniqueBulkIds(read) }
}

function readFailOnErrors(value: Json | undefined): number | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new ScimError(
      400,
      'invalidValue',
      'failOnErrors must be an integer of at least 1; leave it out to have every operation processed.',
    )
  }
  return value
}

function readOperation(json: Json, bareOperations: boolean): BulkOperation {
  let method: string | null = null
  let bulkId: string | null = null
  try {
    if (!isObject(json)) throw syntax('Every operation must be an object.')
    const operation = namesFolded(json)
    bulkId = text('bulkId', operation['bulkid'])
    method = text('method', operation['method'])
    const version = text('version', operation['version'])
    const { type, id } = readPath(text('path', operation['path']))

    switch (method) {
      case 'POST':
        if (id !== null) throw notServed(method, 'a resource; send it to the endpoint alone')
        if (bulkId === null || bulkId === '') throw new ScimError(400, 'invalidValue', 'A POST operation needs a bulkId.')
        return { kind: 'create', method, type, bulkId, data: readData(type, operation['data']) }
      case 'PUT':
      case 'PATCH': {
        if (id === null) throw notServed(method, 'an endpoint; name the resource in the path')
        const kind = method === 'PUT' ? 'replace' : 'modify'
        const bare = bareOperations && kind === 'modify' && isArray(operation['data'])
        const data = bare ? { schemas: [patchSchema], Operations: operation['data']! } : operation['data']
        return { kind, method, type, id, bulkId, version, data: readData(type, data) }
      }
      case 'DELETE':
        if (id === null) throw notServed(method, 'an endpoint; name the resource in the path')
        return { kind: 'delete', method, type, id, bulkId, version }
      case null:
        throw syntax('An operation needs a method.')
      default:
        throw new ScimError(405, undefined, `The method of an operation is POST, PUT, PATCH or DELETE, not ${quote(method)}.`)
    }
  } catch (error) {
    if (error instanceof ScimError) return { kind: 'refused', method, bulkId, refusal: error }
    throw error
  }
}

/** `/Users` or `/Users/{id}`, relative to the base URL. A slash at the end means nothing. */
function readPath(path: string | null): { readonly type: ResourceType; readonly id: string | null } {
  if (path === null) throw syntax('An operation needs a path, such as /Users.')
  const [root, endpoint, id = '', ...more] = path.split('/')
  const type = resourceTypes.find((candidate) => candidate.endpoint === `/${endpoint}`)
  if (root !== '' || !type || more.some((segment) => segment !== '') || more.length > 1) {
    throw new ScimError(404, undefined, `The path ${quote(path)} is no endpoint that a bulk request changes.`)
  }
  return { type, id: id === '' ? null : decoded(id) }
}

/** An id that is not well encoded is the id of nothing. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

function readData(type: ResourceType, data: Json | undefined): JsonObject {
  if (!isObject(data)) throw syntax('The data of a POST, PUT or PATCH operation must be an object.')
  const namesMax = limits.jsonKeysMax + (type === groupType ? 5 * limits.membersMax : 0)
  if (countNames(data) > namesMax) throw syntax(`The data of one operation may hold ${namesMax} names.`)
  return data
}

/** No deeper than a body may be. */
function countNames(value: Json): number {
  if (isArray(value)) return value.reduce<number>((count, element) => count + countNames(element), 0)
  if (!isObject(value)) return 0
  return Object.values(value).reduce<number>((count, inner) => count + 1 + countNames(inner), 0)
}

/** Where two operations create under one bulkId, a reference to it could mean either: both are refused. */
function withUniqueBulkIds(operations: readonly BulkOperation[]): readonly BulkOperation[] {
  const creations = new Map<string, number>()
  for (const { kind, bulkId } of operations) if (kind === 'create') creations.set(bulkId, (creations.get(bulkId) ?? 0) + 1)
  return operations.map((operation) => {
    if (operation.kind !== 'create' || creations.get(operation.bulkId) === 1) return operation
    const { method, bulkId } = operation
    const refusal = new ScimError(400, 'invalidValue', `The bulkId ${quote(bulkId)} is given to more than one POST operation.`)
    return { kind: 'refused', method, bulkId, refusal }
  })
}

function text(name: string, value: Json | undefined): string | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw syntax(`The ${name} of an operation must be a string.`)
  return value
}

function syntax(detail: string): ScimError {
  return new ScimError(400, 'invalidSyntax', detail)
}

function notServed(method: string, what: string): ScimError {
  return new ScimError(405, undefined, `${method} cannot be sent to ${what}.`)
}
