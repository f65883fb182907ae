import type { JsonObject } from '../../json.ts'

export const listResponseSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** A page of resources (RFC 7644 §3.4.2). `startIndex` belongs to pages by index, `nextCursor` to pages by cursor (RFC 9865 §2). */
export function listResponse(page: {
  readonly resources: readonly JsonObject[]
  readonly totalResults: number
  readonly startIndex?: number
  readonly nextCursor?: string
}): JsonObject {
  return {
    schemas: [listResponseSchema],
    totalResults: page.totalResults,
    ...(page.startIndex === undefined ? {} : { startIndex: page.startIndex }),
    itemsPerPage: page.resources.length,
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
    Resources: page.resources,
  }
}
