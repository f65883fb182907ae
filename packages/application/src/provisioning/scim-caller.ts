import type { Organization, ScimTokenId } from '@latchkey/domain'
import type { Provider } from '@latchkey/scim'

/** Who is calling: everything a use case knows of the caller comes from the token and from nowhere else (TEN-1). */
export interface ScimCaller {
  readonly organization: Organization
  readonly token: ScimTokenId
  readonly mode: 'tolerant' | 'strict'
  /** Whether provisioning is paid for. Who is not entitled may read and remove, and nothing else. */
  readonly isEntitled: boolean
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
