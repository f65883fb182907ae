import type { EncryptionKey } from './encryption-key.ts'
import type { ConnectionId, UserId } from './ids.ts'
import type { Role } from './role.ts'

/**
 * A user is three facts, and each has one owner: the directory belongs to the provisioning client (for local users, to an administrator),
 * the identity link to a verified SSO sign-in, the encryption key to the person. No transition of one writes another.
 */
export interface User {
  readonly id: UserId
  /** As it was sent; unique among the organisation's live users in its canonical form. */
  readonly userName: string
  readonly externalId: string | null
  readonly managedBy: 'scim' | 'local'
  /** A role of the person's own; null for whoever has only what groups and the default give. */
  readonly role: Role | null
  readonly directory: Directory
  readonly identityLink: IdentityLink | null
  readonly encryptionKey: EncryptionKey
  /** Whether the one set-up mail was queued: it goes out the first time a user is enabled without a key. */
  readonly setUpMailQueued: boolean
}

export type Directory = 'enabled' | 'deactivated' | 'deleted'

/** Whom a verified sign-in showed this user to be: from then on (connection, subject) decides, and no claim. */
export interface IdentityLink {
  readonly connectionId: ConnectionId
  readonly subject: string
}

export type UserStatus = 'pending-encryption-key' | 'active' | 'deactivated' | 'deleted'

/** Computed, never stored: a stored copy would be wrong the moment one of the facts moves. */
export function userStatus({ directory, encryptionKey }: Pick<User, 'directory' | 'encryptionKey'>): UserStatus {
  switch (directory) {
    case 'deleted':
    case 'deactivated':
      return directory
    case 'enabled':
      return encryptionKey.state === 'registered' ? 'active' : 'pending-encryption-key'
  }
}

/** SCIM's `active`. Who still has to make a key is active all the same: an identity provider would otherwise "repair" it in a loop. */
export function isScimActive({ directory }: Pick<User, 'directory'>): boolean {
  return directory === 'enabled'
}

/** Owners are local and beyond the reach of provisioning, so that an identity provider can never lock everybody out. */
export function isOwner({ role }: Pick<User, 'role'>): boolean {
  return role === 'owner'
}
