import { type EncryptionKey, type Instant, type User, connectionId, userId } from '@latchkey/domain'
import type { UserRecord } from '@latchkey/application'
import type { Resource } from '@latchkey/scim'

const ms = (column: string): string => `(extract(epoch from users.${column}) * 1000)::bigint`

/** What few people have comes in one column each: whoever has it not costs one null. */
const identityLink = `case when users.link_connection_id is not null then
  json_build_object('connectionId', users.link_connection_id, 'subject', users.link_subject) end as identity_link`
const registeredKey = `case when users.key_state = 'registered' then json_build_object(
  'encryption', users.key_encryption_public, 'signing', users.key_signing_public, 'fingerprint', users.key_fingerprint,
  'envelope', users.key_envelope, 'envelopeVersion', users.key_envelope_version, 'registeredAt', ${ms('key_registered_at')},
  'requestedAt', ${ms('key_reset_requested_at')}, 'effectiveAt', ${ms('key_reset_effective_at')}) end as registered_key`

const columns = [
  'id',
  'user_name',
  'external_id',
  'managed_by',
  'role',
  'directory',
  'key_version',
  'set_up_mail_queued',
  'attributes::text',
  'version',
  'created_at',
  'last_modified_at',
] as const

export const userColumns = [...columns.map((column) => `users.${column}`), identityLink, registeredKey].join(', ')

/** A row of `users`; the table allows no other combination than those below. */
export interface UserRow {
  readonly id: string
  readonly user_name: string
  readonly external_id: string | null
  readonly managed_by: User['managedBy']
  readonly role: User['role']
  readonly directory: User['directory']
  readonly key_version: number
  readonly set_up_mail_queued: boolean
  /** JSON, which most who read a user show as it is. */
  readonly attributes: string
  readonly version: number
  readonly created_at: Date
  readonly last_modified_at: Date
  readonly identity_link: { readonly connectionId: string; readonly subject: string } | null
  readonly registered_key: RegisteredKey | null
}

/** Times are in milliseconds since 1970. */
interface RegisteredKey {
  readonly encryption: string
  readonly signing: string
  readonly fingerprint: string
  readonly envelope: string
  readonly envelopeVersion: number
  readonly registeredAt: number
  readonly requestedAt: number | null
  readonly effectiveAt: number | null
}

/** A user as a row has them. */
export interface UserAsStored extends Omit<UserRecord, 'attributes' | 'attributesJson'> {
  readonly attributesJson: string
}

/** A user as read: the attributes are taken apart when somebody asks what they say. */
class StoredUser implements UserRecord {
  readonly user: User
  readonly attributesJson: string
  readonly version: number
  readonly createdAt: Instant
  readonly lastModifiedAt: Instant
  #attributes: Resource | undefined

  constructor({ user, attributesJson, version, createdAt, lastModifiedAt }: UserAsStored) {
    this.user = user
    this.attributesJson = attributesJson
    this.version = version
    this.createdAt = createdAt
    this.lastModifiedAt = lastModifiedAt
  }

  get attributes(): Resource {
    this.#attributes ??= JSON.parse(this.attributesJson) as Resource
    return this.#attributes
  }
}

export function userFromRow(row: UserRow): UserRecord {
  return new StoredUser({
    user: {
      id: userId(row.id),
      userName: row.user_name,
      externalId: row.external_id,
      managedBy: row.managed_by,
      role: row.role,
      directory: row.directory,
      identityLink: row.identity_link && { ...row.identity_link, connectionId: connectionId(row.identity_link.connectionId) },
      encryptionKey: encryptionKey(row),
      setUpMailQueued: row.set_up_mail_queued,
    },
    attributesJson: row.attributes,
    version: row.version,
    createdAt: row.created_at.getTime(),
    lastModifiedAt: row.last_modified_at.getTime(),
  })
}

export function userAsStored(stored: UserAsStored): UserRecord {
  return new StoredUser(stored)
}

function encryptionKey({ key_version: version, registered_key: key }: UserRow): EncryptionKey {
  if (key === null) return { state: 'none', lastVersion: version }
  const { requestedAt, effectiveAt } = key
  return {
    state: 'registered',
    version,
    publicKeys: { encryption: key.encryption, signing: key.signing },
    fingerprint: key.fingerprint,
    protectedPrivateKeys: { version: key.envelopeVersion, envelope: key.envelope },
    registeredAt: key.registeredAt,
    resetRequest: requestedAt === null || effectiveAt === null ? null : { requestedAt, effectiveAt },
  }
}
