import type { JsonObject } from '../json.ts'

/** The `scimType` keywords of RFC 7644 §3.12 and, for cursors, RFC 9865 §2.1. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount'

export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** A message that breaks the protocol, or a refusal on its way out. Rendered as it is: `detail` is read by the client's administrator. */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined

  constructor(status: number, scimType: ScimType | undefined, detail: string) {
    super(detail)
    this.name = 'ScimError'
    this.status = status
    this.scimType = scimType
  }
}

/** The error message of RFC 7644 §3.12; `status` is a string there. */
export function errorMessage(error: ScimError): JsonObject {
  return {
    schemas: [errorSchema],
    status: String(error.status),
    ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
    detail: error.message,
  }
}
