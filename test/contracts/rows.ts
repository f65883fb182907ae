import {
  type Group,
  type GroupId,
  type Organization,
  type OrganizationId,
  type ScimToken,
  type Session,
  type User,
  type UserId,
  groupId,
  noKeyYet,
  organizationId,
  scimTokenId,
  sessionId,
  userId,
} from '@latchkey/domain'
import type { GroupRecord, OutgoingMail, SecretDigest, Storage, UserRecord } from '@latchkey/application'
import { sequentialRandomness } from '@latchkey/adapter-memory'
import { type Resource, emptyResource } from '@latchkey/scim'

/** Ids in the order of their making, as the product makes them. */
export const randomness = sequentialRandomness(2026)

export function newUserId(): UserId {
  return userId(randomness.uuid())
}

export function newGroupId(): GroupId {
  return groupId(randomness.uuid())
}

/** An enabled user without a key, as an identity provider makes them. */
export function newUser(userName: string, facts: Partial<User> = {}): User {
  return {
    id: newUserId(),
    userName,
    externalId: null,
    managedBy: 'scim',
    role: null,
    directory: 'enabled',
    identityLink: null,
    encryptionKey: noKeyYet,
    setUpMailQueued: false,
    ...facts,
  }
}

export function newGroup(displayName: string, facts: Partial<Group> = {}): Group {
  return { id: newGroupId(), displayName, externalId: null, managedBy: 'scim', ...facts }
}

export function newToken(facts: Partial<ScimToken> = {}): Omit<ScimToken, 'createdAt'> {
  const { createdAt: _made, ...rest } = { createdAt: 0, ...facts }
  return {
    id: scimTokenId(randomness.uuid()),
    description: 'Okta',
    publicId: randomness.uuid().replaceAll('-', '').slice(0, 17),
    mode: 'tolerant',
    createdBy: { kind: 'operator' },
    expiresAt: null,
    revokedAt: null,
    frozenAt: null,
    lastUsedAt: null,
    ...rest,
  }
}

export function newSession(user: UserId, facts: Partial<Session> = {}): Pick<Session, 'id' | 'user' | 'via' | 'address' | 'userAgent'> {
  return { id: sessionId(randomness.uuid()), user, via: 'sso', address: '192.0.2.1', userAgent: 'Browser/1.0', ...facts }
}

export function newDigest(): SecretDigest {
  return { keyId: 'key-1', hmac: (randomness.uuid() + randomness.uuid()).replaceAll('-', '') }
}

export function newMail(key: string, facts: Partial<OutgoingMail> = {}): OutgoingMail {
  const content = { subject: 'Hello', text: 'Hello', html: '<p>Hello</p>', messageId: `<${key}@example.com>` }
  return { key, user: null, to: 'ada@example.com', ...content, ...facts }
}

export async function makeOrganization(storage: Storage, facts: Partial<Organization> = {}): Promise<Organization> {
  const id: OrganizationId = organizationId(randomness.uuid())
  const slug = `org-${id.slice(0, 8)}${id.slice(9, 13)}`
  return storage.transaction(id, ({ organization }) => organization.insert({ id, slug, name: 'Acme', scimEnabled: true, ...facts }))
}

/** What a record says, however its adapter keeps it. */
export function said({ user, attributes, version, createdAt, lastModifiedAt }: UserRecord): UserRecord {
  return { user, attributes, version, createdAt, lastModifiedAt }
}

export function insertUser(
  storage: Storage,
  organization: OrganizationId,
  user: User,
  attributes: Resource = emptyResource,
): Promise<UserRecord> {
  return storage.transaction(organization, async ({ users }) => said(await users.insert(user, attributes)))
}

export function insertGroup(
  storage: Storage,
  organization: OrganizationId,
  group: Group,
  members: readonly UserId[] = [],
): Promise<GroupRecord> {
  return storage.transaction(organization, async ({ groups, memberships }) => {
    const record = await groups.insert(group)
    await memberships.add(group.id, members)
    return record
  })
}

/** As the use case does: groups first, then the user. */
export function deleteUser(storage: Storage, organization: OrganizationId, id: UserId): Promise<void> {
  return storage.transaction(organization, async ({ users, groups, memberships }) => {
    await groups.lockAll(await memberships.groupsOf(id))
    const before = await users.lock(id)
    if (!before) throw new Error('There is no such user.')
    await groups.touch(await memberships.removeUser(id))
    await users.save(before, { ...before.user, directory: 'deleted' }, before.attributes)
  })
}

export function deleteGroup(storage: Storage, organization: OrganizationId, id: GroupId): Promise<readonly UserId[]> {
  return storage.transaction(organization, async ({ groups }) => {
    const before = await groups.lock(id)
    if (!before) throw new Error('There is no such group.')
    return groups.delete(before)
  })
}
