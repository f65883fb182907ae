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

/** Nothing was sent, wrapped or opened when this is thrown. */
export class ClientCryptoError extends Error {
  readonly code: ClientCryptoErrorCode

  constructor(code: ClientCryptoErrorCode, message: string) {
    super(message)
    this.name = 'ClientCryptoError'
    this.code = code
  }
}
