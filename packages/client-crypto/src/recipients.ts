import { toHexadecimal } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import type { GrantApproval } from './grant.ts'
import type { KnownKeys } from './key-log.ts'
import type { VerifiedStatement } from './key-statement.ts'
import { type PeoplePins, pinOf, withPerson } from './people.ts'

/** Somebody who is to be given a group's key, and why. */
export interface Recipient {
  readonly userId: string
  /** The key that is meant, in hexadecimal: for an approval, the one that the person saw on the page. */
  readonly fingerprint: string
  readonly because: /** A person looked at the fingerprint. */
    | 'approved'
    /** A person looked at it, and at its being another than before. */
    | 'approved-change'
    /** The organisation grants automatically. */
    | 'automatic'
    /** They hold the epoch before, or this one was made for them. */
    | 'held-before'
}

export interface CheckedRecipient {
  readonly statement: VerifiedStatement
  readonly approval: GrantApproval
}

/**
 * That everybody may be given the key, before the first of them is: the key is the newest of theirs that the log has, it is the one that was meant and the
 * one that this browser knows, and the reason holds. Answers whose keys these are and the pins that follow.
 */
export function checkRecipients(
  recipients: readonly Recipient[],
  by: { readonly known: KnownKeys; readonly people: PeoplePins; readonly holders: ReadonlySet<string> },
): { readonly recipients: readonly CheckedRecipient[]; readonly people: PeoplePins } {
  const people = new Map(by.people)
  const checked = recipients.map((recipient) => {
    const statement = by.known.newest.get(recipient.userId)
    if (!statement) throw new ClientCryptoError('invented-member', 'The server names somebody who has no key in its own log.')
    if (toHexadecimal(statement.fingerprint) !== recipient.fingerprint) {
      throw new ClientCryptoError('swapped-public-key', 'The key that was to be given something is not the one that the key log has.')
    }
    const approval = approvalOf(recipient, statement, by.holders)
    if (recipient.because !== 'approved-change') withPerson(people, statement)
    people.set(statement.user, pinOf(statement))
    return { statement, approval }
  })
  return { recipients: checked, people }
}

function approvalOf({ because, fingerprint }: Recipient, statement: VerifiedStatement, holders: ReadonlySet<string>): GrantApproval {
  switch (because) {
    case 'approved':
    case 'approved-change':
      return 'by-hand'
    case 'automatic':
      // A key after a reset is never the person's word alone (KEY-5).
      if (statement.version > 1) {
        throw new ClientCryptoError('reset-needs-approval', 'A key after a reset is given nothing until a person approves it.')
      }
      return 'automatic'
    case 'held-before':
      if (!holders.has(fingerprint)) {
        throw new ClientCryptoError('invented-member', 'The server names somebody as approved whom nobody has approved.')
      }
      return 'carried-over'
  }
}
