/** Why something was refused, by the name of the lie or of the mistake. */
export type ClientCryptoErrorCode =
  /** Mistakes of the person. */
  | 'wrong-password'
  | 'wrong-recovery-kit'
  | 'password-too-short'
  /** What no honest server sends. */
  | 'unknown-suite'
  | 'weak-profile'
  | 'weak-salt'
  | 'swapped-salt'
  | 'altered-statement'
  | 'other-users-envelope'
  | 'swapped-public-key'
  | 'forged-envelope'
  | 'damaged-envelope'
  | 'replayed-envelope'
  | 'altered-registration'
  | 'truncated-key-log'
  | 'altered-key-log'
  | 'missing-from-key-log'
  /** What no honest server sends of a group's key. */
  | 'other-groups-key'
  | 'altered-epoch'
  | 'replayed-epoch'
  | 'forked-epoch'
  | 'changed-roster'
  | 'epoch-without-holder'
  | 'altered-grant'
  | 'wrong-epoch'
  | 'other-users-grant'
  | 'replayed-grant'
  | 'grant-without-holder'
  | 'wrong-group-key'
  | 'invented-member'
  /** What waits for a person: a key that is another than the one that this browser knows. */
  | 'changed-key'
  | 'reset-needs-approval'

/** Nothing was sent, wrapped or opened when this is thrown. */
export class ClientCryptoError extends Error {
  readonly code: ClientCryptoErrorCode

  constructor(code: ClientCryptoErrorCode, message: string) {
    super(message)
    this.name = 'ClientCryptoError'
    this.code = code
  }
}
