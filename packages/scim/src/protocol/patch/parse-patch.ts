import { emptyObject, isArray, isObject, type Json, type JsonObject } from '../../json.ts'
import { limits } from '../../limits.ts'
import { quote } from '../../quote.ts'
import { twice } from '../../schema/read-value.ts'
import { ScimError } from '../error.ts'

export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** One operation as it was sent (RFC 7644 §3.5.2). `value` is undefined where none was. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path: string | null
  readonly value: Json | undefined
  /** What becomes of a filter that selects nothing: RFC 7644 §3.5.2.3 refuses, Entra relies on the element being made. */
  readonly whenNoTarget: 'refuse' | 'create'
}

/** The operations of a PATCH body; every name in it ignores case, and so does `op` (P-3). */
export function parsePatch(body: JsonObject): readonly PatchOperation[] {
  const message = namesFolded(body)
  const { schemas, operations } = message
  if (!isArray(schemas) || !schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === patchSchema.toLowerCase())) {
    throw new ScimError(400, 'invalidSyntax', `schemas must contain ${patchSchema}.`)
  }
  if (!isArray(operations) || operations.length === 0)
    throw new ScimError(400, 'invalidSyntax', 'Operations must be a list with at least one operation.')
  if (operations.length > limits.patchOperationsMax)
    throw new ScimError(413, undefined, `A PATCH may hold ${limits.patchOperationsMax} operations (patchOperationsMax).`)
  return operations.map(parseOperation)
}

function parseOperation(json: Json): PatchOperation {
  if (!isObject(json)) throw new ScimError(400, 'invalidSyntax', 'Every operation must be an object.')
  const { op: name, path = null, value } = namesFolded(json)
  const op = typeof name === 'string' ? name.toLowerCase() : undefined
  if (op !== 'add' && op !== 'remove' && op !== 'replace') {
    throw new ScimError(400, 'invalidSyntax', `op must be add, remove or replace${typeof name === 'string' ? `, not ${quote(name)}` : ''}.`)
  }
  if (path !== null && typeof path !== 'string') throw new ScimError(400, 'invalidPath', 'path must be a string.')
  if (op === 'remove' && path === null) throw new ScimError(400, 'noTarget', 'A remove operation needs a path.')
  if (op !== 'remove' && value === undefined) throw new ScimError(400, 'invalidValue', `A ${op} operation needs a value.`)
  return { op, path, value, whenNoTarget: 'refuse' }
}

/** The members of a message by lower-case name: attribute names ignore case (RFC 7643 §2.1). */
export function namesFolded(object: JsonObject): { readonly [name: string]: Json | undefined } {
  const folded = emptyObject<Json>()
  for (const [name, value] of Object.entries(object)) {
    const lower = name.toLowerCase()
    if (Object.hasOwn(folded, lower)) throw twice(name)
    folded[lower] = value
  }
  return folded
}
