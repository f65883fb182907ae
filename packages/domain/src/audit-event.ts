import type { ApiTokenId, ConnectionId, GroupId, ScimTokenId, SessionId, UserId } from './ids.ts'
import type { GrantApproval } from './group-key-statement.ts'
import type { GrantedRole } from './role.ts'
import type { Session } from './session.ts'

/** Who did it. */
export type Actor =
  | { readonly kind: 'scim-token'; readonly id: ScimTokenId }
  | { readonly kind: 'person'; readonly id: UserId }
  | { readonly kind: 'api-token'; readonly id: ApiTokenId }
  | { readonly kind: 'operator' }
  | { readonly kind: 'clock' }
  /** Somebody of whom nothing is proved. */
  | { readonly kind: 'nobody' }

/**
 * What was done. Attributes are named, never quoted: an event outlives the person it tells of, and proves enough without their data.
 * A no-op has no event; every change has exactly one.
 */
export type AuditEvent =
  | { readonly kind: 'organization-created' }
  | { readonly kind: 'scim-enabled' | 'scim-disabled' }
  | { readonly kind: 'scim-token-created' | 'scim-token-revoked'; readonly token: ScimTokenId }
  | { readonly kind: 'scim-token-rotated'; readonly token: ScimTokenId; readonly successor: ScimTokenId }
  | { readonly kind: 'owner-link-created'; readonly user: UserId }
  | { readonly kind: 'user-provisioned'; readonly user: UserId; readonly active: boolean; readonly attributes: readonly string[] }
  | {
      readonly kind: 'user-changed'
      readonly user: UserId
      readonly directory: 'deactivated' | 'reactivated' | 'unchanged'
      readonly adopted: boolean
      readonly attributes: readonly string[]
    }
  | { readonly kind: 'user-invited'; readonly user: UserId; readonly role: GrantedRole | null; readonly attributes: readonly string[] }
  | { readonly kind: 'user-deleted'; readonly user: UserId; readonly groups: readonly GroupId[] }
  | { readonly kind: 'group-created'; readonly group: GroupId; readonly joined: readonly UserId[] }
  | {
      readonly kind: 'group-changed'
      readonly group: GroupId
      readonly attributes: readonly string[]
      readonly joined: readonly UserId[]
      readonly left: readonly UserId[]
    }
  | { readonly kind: 'group-deleted'; readonly group: GroupId; readonly left: readonly UserId[] }
  | {
      readonly kind: 'signed-in'
      readonly user: UserId
      readonly session: SessionId
      readonly via: Session['via']
      /** The connection to which this sign-in linked the person for the first time. */
      readonly linked: ConnectionId | null
    }
  /** Something sensitive was asked for and not done. */
  | {
      readonly kind: 'action-refused'
      readonly action: 'change-user' | 'delete-user'
      readonly reason: 'user-is-owner'
      readonly user: UserId
    }
  | { readonly kind: 'action-refused'; readonly action: 'create-scim-token' | 'enable-scim'; readonly reason: 'not-entitled' }
  | { readonly kind: 'action-refused'; readonly action: 'map-role'; readonly reason: 'above-own-role' }
  | { readonly kind: 'action-refused'; readonly action: 'administer'; readonly reason: 'role-too-low'; readonly operation: string }
  | {
      readonly kind: 'action-refused'
      readonly action: 'restore-user' | 'restore-group' | 'change-settings' | 'change-role' | 'invite-member'
      readonly reason: 'owners-only'
    }
  | { readonly kind: 'action-refused'; readonly action: 'set-sso-connection'; readonly reason: 'owner-linked' }
  | { readonly kind: 'audit-expired'; readonly through: number }
  | { readonly kind: 'api-token-created' | 'api-token-revoked'; readonly token: ApiTokenId }
  | { readonly kind: 'scim-token-frozen' | 'scim-token-released'; readonly token: ScimTokenId }
  | { readonly kind: 'mass-change-noticed'; readonly token: ScimTokenId; readonly users: number }
  | { readonly kind: 'role-changed'; readonly user: UserId; readonly role: GrantedRole | null }
  | { readonly kind: 'role-mapped'; readonly group: GroupId; readonly role: GrantedRole | null }
  | { readonly kind: 'settings-changed'; readonly settings: readonly string[] }
  | { readonly kind: 'user-restored' | 'user-erased' | 'set-up-mail-resent'; readonly user: UserId }
  | { readonly kind: 'group-restored' | 'group-erased' | 'group-note-saved'; readonly group: GroupId }
  | { readonly kind: 'group-key-made'; readonly group: GroupId; readonly epoch: number; readonly users: readonly UserId[] }
  | {
      readonly kind: 'group-key-granted'
      readonly group: GroupId
      readonly epoch: number
      readonly approval: GrantApproval
      readonly users: readonly UserId[]
    }
  | { readonly kind: 'group-key-refused'; readonly group: GroupId; readonly reason: string }
  | { readonly kind: 'withheld-grants-destroyed'; readonly grants: number }
  | { readonly kind: 'sessions-ended'; readonly user: UserId; readonly sessions: readonly SessionId[] }
  | { readonly kind: 'key-registered'; readonly user: UserId; readonly version: number; readonly fingerprint: string }
  | { readonly kind: 'key-unlocked' | 'proof-refused'; readonly user: UserId; readonly by: 'unlock' | 'recovery' }
  | {
      readonly kind: 'keys-protected-anew'
      readonly user: UserId
      readonly version: number
      /** Whether it was for a new master password, for a new recovery kit, or for both. */
      readonly unlock: boolean
      readonly recovery: boolean
    }
  | { readonly kind: 'key-reset-requested'; readonly user: UserId; readonly effectiveAt: number }
  | { readonly kind: 'key-reset-cancelled'; readonly user: UserId }
  | { readonly kind: 'key-reset-completed'; readonly user: UserId; readonly version: number }
  | { readonly kind: 'note-saved'; readonly user: UserId }
  | { readonly kind: 'sign-in-refused'; readonly reason: string }
  | { readonly kind: 'owner-link-refused'; readonly user: UserId }
  | { readonly kind: 'key-registration-refused' | 'key-protection-refused'; readonly user: UserId; readonly reason: string }
  | { readonly kind: 'identity-unlinked'; readonly user: UserId; readonly connection: ConnectionId }
  | { readonly kind: 'sso-connection-set'; readonly connection: ConnectionId; readonly replaced: ConnectionId | null }
