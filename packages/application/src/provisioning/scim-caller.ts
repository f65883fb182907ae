import type { Organization, ScimTokenId } from '@latchkey/domain'

/** Who is calling: everything a use case knows of the caller comes from the token and from nowhere else (TEN-1). */
export interface ScimCaller {
  readonly organization: Organization
  readonly token: ScimTokenId
  readonly mode: 'tolerant' | 'strict'
  /** Whether provisioning is paid for. Who is not entitled may read and remove, and nothing else. */
  readonly isEntitled: boolean
}
