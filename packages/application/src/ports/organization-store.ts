import type { Instant, Organization, UserId } from '@latchkey/domain'
import type { SecretDigest } from './secrets.ts'

/** The organisation that the stores are bound to. */
export interface OrganizationStore {
  get(): Promise<Organization>
  /** As `get`; nobody else changes its settings or its number of tokens until the transaction ends. */
  lock(): Promise<Organization>
  /** The one write that makes an organisation, with preset settings. Throws `UniqueNameTaken` for a slug in use. */
  insert(organization: Omit<Organization, 'createdAt' | 'settings'>): Promise<Organization>
  save(organization: Organization): Promise<void>
}

/** Looking for an organisation before one is known: commands only, never a request. */
export interface OrganizationRegister {
  list(): Promise<readonly Organization[]>
  findBySlug(slug: string): Promise<Organization | undefined>
}

/** One-time links with which owners begin. Only digests are kept. */
export interface OwnerLinkStore {
  /** Stores a link and ends every earlier one of the same user. */
  insert(link: { readonly user: UserId; readonly digest: SecretDigest; readonly expiresAt: Instant }): Promise<void>
  /** Whether this is the user's link, and its time has not passed. */
  isUsable(user: UserId, digest: SecretDigest): Promise<boolean>
  /** The link of a user is worth nothing from then on. */
  remove(user: UserId): Promise<void>
}

/** A presented owner link's other half: organisation and owner come from here. */
export interface OwnerLinkCredential {
  readonly organization: Organization
  readonly user: UserId
  readonly expiresAt: Instant
  /** The database's time at the look-up. */
  readonly now: Instant
}

export interface OwnerLinkCredentials {
  find(digest: SecretDigest): Promise<OwnerLinkCredential | undefined>
}
