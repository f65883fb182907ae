import type { JsonObject } from '../../json.ts'
import { errorMessage, type ScimError } from '../error.ts'
import type { BulkOperation } from './read-bulk.ts'

export const bulkResponseSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

/** What became of an operation. `location` is absolute; null where there is no resource: a POST that failed, a path that names nothing. */
export type BulkOutcome =
  | { readonly kind: 'done'; readonly status: 200 | 201 | 204; readonly location: string; readonly version: string | null }
  | { readonly kind: 'failed'; readonly error: ScimError; readonly location: string | null }

/** The entry of one operation (RFC 7644 §3.7.3). Its status is a string (D-1); the answer to a success is not repeated in it. */
export function bulkEntry({ method, bulkId }: BulkOperation, outcome: BulkOutcome): JsonObject {
  const { location } = outcome
  return {
    ...(location === null ? {} : { location }),
    ...(method === null ? {} : { method }),
    ...(bulkId === null ? {} : { bulkId }),
    ...(outcome.kind === 'done'
      ? { ...(outcome.version === null ? {} : { version: outcome.version }), status: String(outcome.status) }
      : { status: String(outcome.error.status), response: errorMessage(outcome.error) }),
  }
}

/** The answer to a bulk job: an entry for each operation that was processed, in the order of the request. */
export function bulkResponse(entries: readonly JsonObject[]): JsonObject {
  return { schemas: [bulkResponseSchema], Operations: entries }
}
