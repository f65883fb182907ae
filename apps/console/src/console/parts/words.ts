import type { Actor, ConnectionHealth, GroupKey, GroupKeyMember, Licence, Role, Status } from '../console-api.ts'

/** What each status is called (RFC 7643 knows `active` only; these are ours). */
export const statusWords: Readonly<Record<Status, string>> = {
  'pending-encryption-key': 'Pending encryption key',
  'pending-key-grant': 'Waiting for key grant',
  active: 'Active',
  deactivated: 'Deactivated',
  deleted: 'Deleted',
}

export const roleWords: Readonly<Record<Role, string>> = { member: 'Member', auditor: 'Auditor', admin: 'Admin', owner: 'Owner' }

export const groupKeyWords: Readonly<Record<GroupKey['state'], string>> = {
  unkeyed: 'No key yet: the first member with a key of their own can make it, on their account page',
  keyed: 'Keyed',
  'rotation-due': 'To be replaced: somebody who held it is gone. Any holder replaces it, on their account page',
  orphaned: 'Nobody can open it. Bring back somebody who held it: a deletion can be undone for 30 days',
}

export const departureWords: Readonly<Record<GroupKey['reasons'][number]['how'], string>> = {
  removed: 'left the group',
  deleted: 'was deleted',
  returned: 'left the group, came back,',
}

export const approvalWords: Readonly<Record<NonNullable<GroupKeyMember['grant']>['approval'], string>> = {
  'by-hand': 'approved by a person',
  automatic: 'granted automatically',
  'carried-over': 'carried over from the key before',
}

export const waitingWords: Readonly<Record<GroupKeyMember['because'], string>> = {
  new: 'New in the group',
  returned: 'Had the key before, and came back',
  reset: 'Has another key than before, after a reset',
  'carried-over': 'Gets it by itself as soon as a holder opens their account',
}

export const tokenStateWords: Readonly<Record<ConnectionHealth['state'], string>> = {
  usable: 'Usable',
  frozen: 'Frozen',
  revoked: 'Revoked',
  expired: 'Expired',
}

export const licenceWords: Readonly<Record<Licence['state'], string>> = {
  evaluation: 'Evaluation: every feature, for 30 days',
  'evaluation-over': 'The evaluation is over',
  licensed: 'Licensed',
  'not-started': 'The licence has not begun yet',
  expired: 'The licence has ended',
}

/** Who did something and is no person that the directory names. */
export function actorWords(kind: Actor['kind']): string {
  switch (kind) {
    case 'scim-token':
      return 'SCIM token'
    case 'api-token':
      return 'API token'
    case 'operator':
      return 'Operator (command line)'
    case 'clock':
      return 'By itself'
    case 'nobody':
      return 'Somebody not signed in'
    case 'person':
      return 'A person'
    default:
      return kind
  }
}

/** `key-reset-requested` as a sentence begins: `Key reset requested`. */
export function sentenceOf(kind: string): string {
  const words = kind.replaceAll('-', ' ').replace(/\b(scim|sso|api)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}
