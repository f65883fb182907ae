import type { OrganizationId, ScimTokenId } from '@latchkey/domain'
import type { Provider } from '@latchkey/scim'
import type { Admission } from './admission.ts'

/** Who is calling: everything a use case knows of the caller comes from the token and from nowhere else (TEN-1). */
export interface ScimCaller {
  /** Whose token it is. That, its id and its mode never change; what may change is asked of the database with every request (`admission`). */
  readonly organization: { readonly id: OrganizationId }
  readonly token: ScimTokenId
  readonly mode: 'tolerant' | 'strict'
  readonly admission: Admission
  readonly request: ScimRequest
}

/** The request that a caller makes, for the list of what was done; nothing is decided by it. */
export interface ScimRequest {
  readonly id: string
  /** Who seems to be calling. */
  readonly provider: () => Provider | null
  /** Since the request began. */
  readonly elapsedMs: () => number
}
