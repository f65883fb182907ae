import { type KeyRegistration, type RegisterKeyRefusal, type Fingerprint, completeReset, noKeyYet, register } from './encryption-key.ts'
import type { UserId } from './ids.ts'
import { type Instant, dayMs } from './instant.ts'
import { type Result, ok, refuse } from './result.ts'
import type { GrantedRole } from './role.ts'
import { type IdentityLink, type User, isOwner } from './user.ts'

/** A deleted user and what belonged to them can be brought back for this long, and is destroyed afterwards. */
export const retentionMs = 30 * dayMs

/** U1, U3. A new person: no link, no key, nothing of whoever had the name before. */
export function provision(facts: {
  readonly id: UserId
  readonly userName: string
  readonly externalId: string | null
  readonly active: boolean
}): User {
  const { id, userName, externalId, active } = facts
  return newcomer({ id, userName, externalId, managedBy: 'scim', role: null, directory: active ? 'enabled' : 'deactivated' })
}

/** U1 by an administrator: a person whom no provisioning client manages, until one adopts them (U2). */
export function invite({
  id,
  userName,
  role,
}: {
  readonly id: UserId
  readonly userName: string
  readonly role: GrantedRole | null
}): User {
  return newcomer({ id, userName, externalId: null, managedBy: 'local', role, directory: 'enabled' })
}

function newcomer({
  id,
  userName,
  externalId,
  managedBy,
  role,
  directory,
}: Omit<User, 'identityLink' | 'encryptionKey' | 'setUpMailQueued'>): User {
  return { id, userName, externalId, managedBy, role, directory, identityLink: null, encryptionKey: noKeyYet, setUpMailQueued: false }
}

export type ProvisioningRefusal = 'owner' | 'deleted'

/**
 * U2, U7, U8, U10: what a provisioning client may say of a live user. The first such word adopts a local member, and changes neither role,
 * link nor key. Owners are never adopted, renamed, deactivated or deleted by SCIM.
 */
export function changeByProvisioning(
  user: User,
  change: { readonly userName: string; readonly externalId: string | null; readonly active: boolean },
): Result<User, ProvisioningRefusal> {
  if (user.directory === 'deleted') return refuse('deleted')
  if (isOwner(user)) return refuse('owner')
  const directory = change.active ? 'enabled' : 'deactivated'
  if (
    user.managedBy === 'scim' &&
    user.userName === change.userName &&
    user.externalId === change.externalId &&
    user.directory === directory
  ) {
    return ok(user)
  }
  return ok({ ...user, managedBy: 'scim', userName: change.userName, externalId: change.externalId, directory })
}

/** U7. Key, link and memberships stay; sessions end and grants are withheld with the same write. */
export function deactivate(user: User): Result<User, ProvisioningRefusal> {
  if (user.directory === 'deleted') return refuse('deleted')
  if (isOwner(user)) return refuse('owner')
  return ok(user.directory === 'deactivated' ? user : { ...user, directory: 'deactivated' })
}

/** U8. Status is then whatever the key axis says. */
export function reactivate(user: User): Result<User, 'deleted'> {
  if (user.directory === 'deleted') return refuse('deleted')
  return ok(user.directory === 'enabled' ? user : { ...user, directory: 'enabled' })
}

/** U9. From here on only an owner's restore reaches the user. */
export function remove(user: User): Result<User, ProvisioningRefusal> {
  if (user.directory === 'deleted') return refuse('deleted')
  if (isOwner(user)) return refuse('owner')
  return ok({ ...user, directory: 'deleted' })
}

export type RestoreRefusal = 'not-deleted' | 'retention-over'

/** U9r. Deactivated, with the same id, link and key: a mistaken mass delete loses nobody's key. That the names are still free, the store decides. */
export function restore(user: User, deletedAt: Instant, now: Instant): Result<User, RestoreRefusal> {
  if (user.directory !== 'deleted') return refuse('not-deleted')
  if (now - deletedAt >= retentionMs) return refuse('retention-over')
  return ok({ ...user, directory: 'deactivated' })
}

export type LinkRefusal = 'not-enabled' | 'other-subject' | 'claim-mismatch' | 'owner-session-needed'

/**
 * U4. `claimMatches`: the connection's mapped claim, verified and not editable by the person, names this user. It counts only while there is
 * no link. `fromOwnSession`: the owner asked for it from a local session of theirs; nothing else links an owner.
 */
export function signIn(
  user: User,
  assertion: IdentityLink & { readonly claimMatches: boolean; readonly fromOwnSession: boolean },
): Result<User, LinkRefusal> {
  if (user.directory !== 'enabled') return refuse('not-enabled')
  const { connectionId, subject } = assertion
  if (user.identityLink) {
    const same = user.identityLink.connectionId === connectionId && user.identityLink.subject === subject
    return same ? ok(user) : refuse('other-subject')
  }
  if (isOwner(user)) {
    if (!assertion.fromOwnSession) return refuse('owner-session-needed')
  } else if (!assertion.claimMatches) {
    return refuse('claim-mismatch')
  }
  return ok({ ...user, identityLink: { connectionId, subject } })
}

/** U4u. The next sign-in links anew; the key is untouched. */
export function unlink(user: User): User {
  return user.identityLink ? { ...user, identityLink: null } : user
}

/**
 * U6. `via` says what stands behind the session: single sign-on, or the one-time link with which an owner begins (KEY-6).
 */
export function registerEncryptionKey(
  user: User,
  registration: KeyRegistration & { readonly via: 'sso' | 'owner-link' },
  now: Instant,
  retired: ReadonlySet<Fingerprint>,
): Result<User, RegisterKeyRefusal> {
  if (user.directory !== 'enabled') return refuse('not-pending')
  const entitled = registration.via === 'sso' ? user.identityLink !== null : isOwner(user)
  if (!entitled) return refuse('not-pending')
  const key = register(user.encryptionKey, registration, now, retired)
  return key.ok ? ok({ ...user, encryptionKey: key.value }) : key
}

/** U12e, on the user. Deleted users are left as they are. */
export function letResetTakeEffect(user: User, now: Instant): User {
  if (user.directory === 'deleted') return user
  const encryptionKey = completeReset(user.encryptionKey, now)
  return encryptionKey === user.encryptionKey ? user : { ...user, encryptionKey }
}

/** Whether the one set-up mail is due: this is the first time that the user is enabled without a key (U1, U8). `before` is null for a new user. */
export function setUpMailIsDue(before: User | null, after: User): boolean {
  const becomesEnabled = after.directory === 'enabled' && before?.directory !== 'enabled'
  return becomesEnabled && after.encryptionKey.state === 'none' && !after.setUpMailQueued && !isOwner(after)
}

/** U13: another one may be asked for while the key is still missing. */
export function mayResendSetUpMail(user: User): boolean {
  return user.directory === 'enabled' && user.encryptionKey.state === 'none'
}
