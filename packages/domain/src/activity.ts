import type { AuditEvent } from './audit-event.ts'
import type { GroupId, UserId } from './ids.ts'

/** What a provisioning client asked for, in kinds that can be counted and looked for. */
export type ActivityAction =
  | 'create-user'
  | 'change-user'
  | 'deactivate-user'
  | 'reactivate-user'
  | 'delete-user'
  | 'create-group'
  | 'change-group'
  | 'delete-group'
  | 'read'
  | 'other'

/** What was asked for, as an administrator reads it: `verb` and then whom it was about. */
export interface Asked {
  readonly action: ActivityAction
  /** `deactivate`, `add 2 members to`. */
  readonly verb: string
  readonly subject: UserId | GroupId | null
  /** The user's or group's name as it was known then. */
  readonly name: string | null
}

/** What was done, from the event that tells of it; null for events that no provisioning client causes. */
export function askedFor(event: AuditEvent, name: string): Asked | null {
  switch (event.kind) {
    case 'user-provisioned':
      return { action: 'create-user', verb: event.active ? 'create' : 'create, deactivated,', subject: event.user, name }
    case 'user-changed':
      switch (event.directory) {
        case 'deactivated':
          return { action: 'deactivate-user', verb: 'deactivate', subject: event.user, name }
        case 'reactivated':
          return { action: 'reactivate-user', verb: 'reactivate', subject: event.user, name }
        case 'unchanged':
          return { action: 'change-user', verb: changeOf(event.attributes), subject: event.user, name }
      }
      break
    case 'user-deleted':
      return { action: 'delete-user', verb: 'delete', subject: event.user, name }
    case 'group-created':
      return { action: 'create-group', verb: 'create group', subject: event.group, name }
    case 'group-changed':
      return { action: 'change-group', verb: groupChange(event), subject: event.group, name }
    case 'group-deleted':
      return { action: 'delete-group', verb: 'delete group', subject: event.group, name }
  }
  return null
}

/** `change title and emails of`; the names of attributes, never their values. */
export function changeOf(attributes: readonly string[]): string {
  if (attributes.length === 0) return 'take over'
  const short = attributes.map((attribute) => attribute.slice(attribute.lastIndexOf(':') + 1))
  return `change ${listed(short)} of`
}

/** `add 1 member to group`, `rename, and remove 3 members from, group`. */
export function groupChange(change: {
  readonly attributes: readonly string[]
  readonly joined: readonly unknown[]
  readonly left: readonly unknown[]
}): string {
  const parts = [
    ...(change.attributes.includes('displayName') ? ['rename'] : change.attributes.length > 0 ? ['change'] : []),
    ...(change.joined.length > 0 ? [`add ${members(change.joined.length)} to`] : []),
    ...(change.left.length > 0 ? [`remove ${members(change.left.length)} from`] : []),
  ]
  return parts.length === 0 ? 'change group' : `${listed(parts)} group`
}

function members(count: number): string {
  return count === 1 ? '1 member' : `${count} members`
}

function listed(words: readonly string[]): string {
  const shown = words.length > 4 ? [...words.slice(0, 3), `${words.length - 3} more`] : words
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
