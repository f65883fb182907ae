import { type UserRecord, managerValue, searchDocument } from '@latchkey/application'
import { type User, canonicalName, canonicalText, isId } from '@latchkey/domain'
import { type Resource, sameResource, userType } from '@latchkey/scim'
import { holding } from './holding.ts'
import type { Bindable } from './sql.ts'
import type { Into } from './statement.ts'

const contentColumns = ['user_name', 'user_name_key', 'external_id', 'attributes', 'search', 'display_key', 'manager_id'] as const
const stateColumns = ['directory', 'set_up_mail_queued'] as const
export const linkAndKeyColumns = [
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
] as const
const bondColumns = ['managed_by', 'role', ...linkAndKeyColumns] as const

const insertedColumns = ['org_id', 'id', ...contentColumns, ...stateColumns, ...bondColumns, 'version', 'created_at', 'last_modified_at']
export const people: Into = { name: 'user-insert', table: `users (${insertedColumns.join(', ')})`, width: insertedColumns.length }
export const addresses: Into = { name: 'user-emails-insert', table: 'user_emails (org_id, user_id, value_key)', width: 3 }

export const assigned = (columns: readonly string[]): string => columns.map((column) => `${column} = ?`).join(', ')

type Parts = { readonly content: boolean; readonly bonds: boolean }

const savings = new Map<string, readonly [name: string, text: string]>()

/** Only what has changed is written: most changes are of the state alone, or of what the provider says of the person. */
export function saving(parts: Parts, isGuarded: boolean): readonly [name: string, text: string] {
  const name = `user-save${parts.content ? '-content' : ''}${parts.bonds ? '-bonds' : ''}${isGuarded ? '-guarded' : ''}`
  const known = savings.get(name)
  if (known) return known
  const columns = [
    ...(parts.content ? contentColumns : []),
    ...stateColumns,
    ...(parts.bonds ? bondColumns : []),
    'deleted_at',
    'version',
    'last_modified_at',
  ]
  const update = `update users set ${assigned(columns)} where org_id = ? and id = ?`
  const made = [name, isGuarded ? holding(`${update} and xmin = ?::xid returning 1`) : update] as const
  savings.set(name, made)
  return made
}

/** What SCIM says of a person. */
export function contentOf(user: User, attributes: Resource, attributesJson: string): readonly Bindable[] {
  const displayName = attributes['displayName']
  return [
    user.userName,
    canonicalName(user.userName),
    user.externalId,
    attributesJson,
    JSON.stringify(searchDocument(userType, attributes)),
    canonicalText(typeof displayName === 'string' ? displayName : user.userName),
    managerIdOf(attributes),
  ]
}

export function isSameContent({ user: before, attributes: had }: UserRecord, user: User, has: Resource): boolean {
  return before.userName === user.userName && before.externalId === user.externalId && (had === has || sameResource(had, has))
}

export function stateOf(user: User): readonly Bindable[] {
  return [user.directory, user.setUpMailQueued]
}

/** Whose the person is, and what is no affair of SCIM. */
export function bondsOf(user: User): readonly Bindable[] {
  return [user.managedBy, user.role, ...linkAndKeyOf(user)]
}

export function hasSameBonds(before: User, after: User): boolean {
  return (
    before.managedBy === after.managedBy &&
    before.role === after.role &&
    before.identityLink === after.identityLink &&
    before.encryptionKey === after.encryptionKey
  )
}

export function linkAndKeyOf({ identityLink, encryptionKey: key }: Pick<User, 'identityLink' | 'encryptionKey'>): readonly Bindable[] {
  const registered = key.state === 'registered' ? key : null
  const at = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString())
  return [
    identityLink?.connectionId ?? null,
    identityLink?.subject ?? null,
    key.state,
    key.state === 'registered' ? key.version : key.lastVersion,
    registered?.publicKeys.encryption ?? null,
    registered?.publicKeys.signing ?? null,
    registered?.fingerprint ?? null,
    registered?.protectedPrivateKeys.envelope ?? null,
    registered?.protectedPrivateKeys.version ?? null,
    at(registered?.registeredAt),
    at(registered?.resetRequest?.requestedAt),
    at(registered?.resetRequest?.effectiveAt),
  ]
}

function managerIdOf(attributes: Resource): string | null {
  const manager = managerValue(attributes)
  return manager !== null && isId(manager) ? manager.toLowerCase() : null
}
