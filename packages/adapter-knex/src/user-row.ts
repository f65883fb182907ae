import { type EncryptionKey, type User, connectionId, userId } from '@latchkey/domain'
import type { UserRecord } from '@latchkey/application'
import type { Resource } from '@latchkey/scim'

const columns = [
  'id',
  'user_name',
  'external_id',
  'managed_by',
  'role',
  'directory',
  'link_connection_id',
  'link_subject',
  'key_state',
  'key_version',
  'key_encryption_public',
  'key_signing_public',
  'key_fingerprint',
  'key_envelope',
  'key_envelope_version',
  'key_registered_at',
  'key_reset_requested_at',
  'key_reset_effective_at',
  'set_up_mail_queued',
  'attributes',
  'version',
  'created_at',
  'last_modified_at',
] as const

export const userColumns = columns.map((column) => `users.${column}`).join(', ')

/** A row of `users`; the table's checks allow no other combination than those below. */
export interface UserRow {
  readonly id: string
  readonly user_name: string
  readonly external_id: string | null
  readonly managed_by: User['managedBy']
  readonly role: User['role']
  readonly directory: User['directory']
  readonly link_connection_id: string | null
  readonly link_subject: string | null
  readonly key_state: EncryptionKey['state']
  readonly key_version: number
  readonly key_encryption_public: string | null
  readonly key_signing_public: string | null
  readonly key_fingerprint: string | null
  readonly key_envelope: string | null
  readonly key_envelope_version: number | null
  readonly key_registered_at: Date | null
  readonly key_reset_requested_at: Date | null
  readonly key_reset_effective_at: Date | null
  readonly set_up_mail_queued: boolean
  readonly attributes: Resource
  readonly version: number
  readonly created_at: Date
  readonly last_modified_at: Date
}

export function userFromRow(row: UserRow): UserRecord {
  return {
    user: {
      id: userId(row.id),
      userName: row.user_name,
      externalId: row.external_id,
      managedBy: row.managed_by,
      role: row.role,
      directory: row.directory,
      identityLink:
        row.link_connection_id === null || row.link_subject === null
          ? null
          : { connectionId: connectionId(row.link_connection_id), subject: row.link_subject },
      encryptionKey: encryptionKey(row),
      setUpMailQueued: row.set_up_mail_queued,
    },
    attributes: row.attributes,
    version: row.version,
    createdAt: row.created_at.getTime(),
    lastModifiedAt: row.last_modified_at.getTime(),
  }
}

function encryptionKey(row: UserRow): EncryptionKey {
  if (row.key_state === 'none') return { state: 'none', lastVersion: row.key_version }
  return {
    state: 'registered',
    version: row.key_version,
    publicKeys: { encryption: whole(row.key_encryption_public), signing: whole(row.key_signing_public) },
    fingerprint: whole(row.key_fingerprint),
    protectedPrivateKeys: { version: whole(row.key_envelope_version), envelope: whole(row.key_envelope) },
    registeredAt: whole(row.key_registered_at).getTime(),
    resetRequest:
      row.key_reset_requested_at === null
        ? null
        : { requestedAt: row.key_reset_requested_at.getTime(), effectiveAt: whole(row.key_reset_effective_at).getTime() },
  }
}

function whole<Value>(value: Value | null): Value {
  if (value === null) throw new Error('A row of users holds half of an encryption key.')
  return value
}
