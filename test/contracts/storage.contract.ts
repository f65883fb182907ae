import { afterAll, beforeAll, describe } from 'vitest'
import type { OrganizationId, UserId } from '@latchkey/domain'
import type {
  ApiCredentials,
  Locations,
  OrganizationRegister,
  OutgoingMail,
  OwnerLinkCredentials,
  ScimCredentials,
  SecretDigest,
  SessionCredentials,
  SsoRegister,
  Storage,
} from '@latchkey/application'
import type { RecordedEvent } from '@latchkey/adapter-memory'
import { activityStoreContract } from './activity-store.contract.ts'
import { administrationContract } from './administration.contract.ts'
import { apiTokenStoreContract } from './api-token-store.contract.ts'
import { auditTrailContract } from './audit-trail.contract.ts'
import { directoryStoreContract } from './directory-store.contract.ts'
import { groupChangesContract } from './group-changes.contract.ts'
import { groupKeyStoreContract } from './group-key-store.contract.ts'
import { groupStoreContract } from './group-store.contract.ts'
import { keyStoreContract } from './key-store.contract.ts'
import { mailContract } from './mail.contract.ts'
import { membershipStoreContract } from './membership-store.contract.ts'
import { organizationStoreContract } from './organization-store.contract.ts'
import { retentionContract } from './retention.contract.ts'
import { revisionContract } from './revision.contract.ts'
import { roleMappingStoreContract } from './role-mapping-store.contract.ts'
import { scimTokenStoreContract } from './scim-token-store.contract.ts'
import { sessionStoreContract } from './session-store.contract.ts'
import { ssoStoreContract } from './sso-store.contract.ts'
import { transactionContract } from './transaction.contract.ts'
import { userStoreContract } from './user-store.contract.ts'

/** An adapter, and eyes for what its ports only write. */
export interface StorageUnderTest {
  readonly storage: Storage
  readonly register: OrganizationRegister
  readonly credentials: ScimCredentials
  readonly apiCredentials: ApiCredentials
  readonly sessionCredentials: SessionCredentials
  readonly ownerLinkCredentials: OwnerLinkCredentials
  readonly ssoRegister: SsoRegister
  readonly locations: Locations
  /** In the order in which they were appended. */
  events(organization: OrganizationId): Promise<readonly RecordedEvent[]>
  queuedMails(organization: OrganizationId): Promise<readonly OutgoingMail[]>
  ownerLinks(organization: OrganizationId): Promise<readonly { readonly user: UserId; readonly digest: SecretDigest }[]>
  close(): Promise<void>
}

/** Opened before the first test; every test makes organisations of its own. */
export type Subject = () => StorageUnderTest

/** What every adapter for storage promises: each sentence in the comments of the application's ports. Called once per adapter. */
export function storageContract(open: () => Promise<StorageUnderTest>): void {
  let opened: StorageUnderTest | undefined
  const subject: Subject = () => {
    if (!opened) throw new Error('The storage was not opened.')
    return opened
  }
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())

  describe('transactions', () => transactionContract(subject))
  describe('revisions', () => revisionContract(subject))
  describe('organisations', () => organizationStoreContract(subject))
  describe('users', () => userStoreContract(subject))
  describe('groups', () => groupStoreContract(subject))
  describe('memberships', () => membershipStoreContract(subject))
  describe('changes of groups', () => groupChangesContract(subject))
  describe('lists', () => directoryStoreContract(subject))
  describe('SCIM tokens', () => scimTokenStoreContract(subject))
  describe('sessions', () => sessionStoreContract(subject))
  describe('single sign-on', () => ssoStoreContract(subject))
  describe('keys', () => keyStoreContract(subject))
  describe('group keys', () => groupKeyStoreContract(subject))
  describe('API tokens', () => apiTokenStoreContract(subject))
  describe('role mappings', () => roleMappingStoreContract(subject))
  describe('administration', () => administrationContract(subject))
  describe('retention', () => retentionContract(subject))
  describe('activity', () => activityStoreContract(subject))
  describe('the audit trail', () => auditTrailContract(subject))
  describe('mail', () => mailContract(subject))
}
