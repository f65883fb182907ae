import type { Bytes } from './bytes.ts'
import { canonical, suite } from './canonical.ts'

/** Whose key something belongs to. Everything that is sealed or signed is bound to all of it. */
export interface KeyContext {
  readonly organization: string
  readonly user: string
  readonly keyVersion: number
  /** SHA-256 of the key statement. */
  readonly fingerprint: Bytes
}

/** What is authenticated beside each envelope. The account key's is also bound to how its wrapping key was made. */
export const associatedData = {
  accountKeyByPassword: (context: KeyContext, profile: string, salt: Bytes) => of('account-key-by-password', context, profile, salt),
  accountKeyByRecovery: (context: KeyContext) => of('account-key-by-recovery', context),
  privateKeys: (context: KeyContext) => of('private-keys', context),
  note: (context: KeyContext) => of('note', context),
}

function of(kind: string, { organization, user, keyVersion, fingerprint }: KeyContext, ...more: readonly (string | Uint8Array)[]): Bytes {
  return canonical(suite, kind, organization, user, keyVersion, fingerprint, ...more)
}
