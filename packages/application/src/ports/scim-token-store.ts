import type { Instant, Organization, OrganizationId, ScimToken, ScimTokenId } from '@latchkey/domain'
import type { SecretDigest } from './secrets.ts'

export interface ScimTokenStore {
  /** In the order of their creation. */
  list(): Promise<readonly ScimToken[]>
  /** Stays as answered until the transaction ends. */
  lock(id: ScimTokenId): Promise<ScimToken | undefined>
  /** `createdAt` is the transaction's time. */
  insert(token: Omit<ScimToken, 'createdAt'>, digest: SecretDigest): Promise<ScimToken>
  save(token: ScimToken): Promise<void>
  /** A token with its organisation as it is at this moment. Always from the database, never from a cache: a revocation counts from the next request on (TOK-6). */
  credential(id: ScimTokenId): Promise<ScimCredential | undefined>
  /** Not revoked, not expired. */
  countUsable(): Promise<number>
}

/** A presented token's other half: the organisation comes from here and from nowhere else (TEN-1). */
export interface ScimCredential {
  readonly organization: Organization
  readonly token: ScimToken
  readonly digest: SecretDigest
  /** The database's time at the look-up. */
  readonly now: Instant
}

export interface ScimCredentials {
  /** Always from the database, never from a cache: a revocation counts from the next request on (TOK-6). */
  find(publicId: string): Promise<ScimCredential | undefined>
  noteUse(organization: OrganizationId, token: ScimTokenId, address: string): Promise<void>
}
