import type { Actor, ConnectionHealth, Licence, Role, Status } from '../console-api.ts'

/** What each status is called (RFC 7643 knows `active` only; these are ours). */
export const statusWords: Readonly<Record<Status, string>> = {
  'pending-encryption-key': 'Pending encryption key',
  active: 'Active',
  deactivated: 'Deactivated',
  deleted: 'Deleted',
}

export const roleWords: Readonly<Record<Role, string>> = { member: 'Member', auditor: 'Auditor', admin: 'Admin', owner: 'Owner' }

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
