import type { ApiToken, ApiTokenId, Instant, Organization, OrganizationId } from '@latchkey/domain'
import type { SecretDigest } from './secrets.ts'

export interface ApiTokenStore {
  /** In the order of their creation. */
  list(): Promise<readonly ApiToken[]>
  /** Stays as answered until the transaction ends. */
  lock(id: ApiTokenId): Promise<ApiToken | undefined>
  /** `createdAt` is the transaction's time. */
  insert(token: Omit<ApiToken, 'createdAt'>, digest: SecretDigest): Promise<ApiToken>
  save(token: ApiToken): Promise<void>
}

/** A presented token's other half: the organisation comes from here and from nowhere else (TEN-1). */
export interface ApiCredential {
  readonly organization: Organization
  readonly token: ApiToken
  readonly digest: SecretDigest
  /** The database's time at the look-up. */
  readonly now: Instant
}

export interface ApiCredentials {
  /** Always from the database, never from a cache: a revocation counts from the next request on (TOK-6). */
  find(publicId: string): Promise<ApiCredential | undefined>
  noteUse(organization: OrganizationId, token: ApiTokenId): Promise<void>
}
