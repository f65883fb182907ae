import { type Bytes, fromBase64url, toBase64url } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { type DeriveRoot, checkedProfile } from './derive-root.ts'
import { type DerivedKeys, fromMasterPassword, fromRecoveryKey } from './derived-keys.ts'
import type { KeyPairs } from './key-pairs.ts'
import { type SignedStatement, type VerifiedStatement, verifyStatement } from './key-statement.ts'
import { type Pin, checkPin } from './pin.ts'
import { type ProtectedKeys, contextOf, openByPassword, openByRecovery, openPrivateKeys, verifyProtectedKeys } from './protected-keys.ts'
import { readRecoveryKit } from './recovery-kit.ts'

/** A key that is open in this browser. Its private halves can be used and not taken out. */
export interface UnlockedKey {
  readonly statement: VerifiedStatement
  readonly pairs: KeyPairs
  readonly protectedKeys: ProtectedKeys
}

/** Who unlocks, from what the browser knows of them and not from what comes with the keys. */
export interface Identity {
  readonly organization: string
  readonly user: string
}

/** What the server answers to the right proof. */
export interface ReleasedKeys extends SignedStatement {
  readonly protectedKeys: ProtectedKeys
}

/** One attempt to unlock. Its secrets are cleared by `forget`, or once it has succeeded. */
export interface Attempt {
  /** What the server asks for, base64url. It opens nothing. */
  readonly proof: string
  readonly keys: DerivedKeys
  readonly by: 'password' | 'recovery'
  /** The salt that the server told; null where none is needed. */
  readonly salt: string | null
}

/** Derives from the master password as the server's parameters say, if they are on this client's list. */
export async function attemptWithPassword(wish: {
  readonly parameters: { readonly profile: string; readonly salt: string }
  readonly masterPassword: string
  readonly deriveRoot: DeriveRoot
}): Promise<Attempt> {
  const salt = fromBase64url(wish.parameters.salt)
  const profile = checkedProfile(wish.parameters.profile, salt)
  const root = await wish.deriveRoot(wish.masterPassword, salt, profile)
  const keys = await fromMasterPassword(root)
  root.fill(0)
  return { proof: toBase64url(keys.proof), keys, by: 'password', salt: wish.parameters.salt }
}

export async function attemptWithRecoveryKit(kit: string): Promise<Attempt> {
  const recoveryKey = readRecoveryKit(kit)
  const keys = await fromRecoveryKey(recoveryKey)
  recoveryKey.fill(0)
  return { proof: toBase64url(keys.proof), keys, by: 'recovery', salt: null }
}

export function forget({ keys }: Attempt): void {
  for (const secret of [keys.proof, keys.wrappingKey, keys.commitment]) secret.fill(0)
}

/** What the server released, checked and opened. Everything is refused that is not this person's own, newest state. */
export async function unlock(
  attempt: Attempt,
  released: ReleasedKeys,
  identity: Identity,
  pin: Pin | null,
): Promise<{ readonly unlocked: UnlockedKey; readonly pin: Pin }> {
  const { statement, accountKey, pin: seen } = await openAccountKey(attempt, released, identity, pin)
  try {
    const pairs = await openPrivateKeys(statement, released.protectedKeys, accountKey)
    return { unlocked: { statement, pairs, protectedKeys: released.protectedKeys }, pin: seen }
  } finally {
    accountKey.fill(0)
  }
}

/** The account key itself, for whoever protects it anew. The caller clears it. */
export async function openAccountKey(
  attempt: Attempt,
  released: ReleasedKeys,
  { organization, user }: Identity,
  pin: Pin | null,
): Promise<{ readonly statement: VerifiedStatement; readonly accountKey: Bytes; readonly pin: Pin }> {
  const { protectedKeys: set } = released
  const statement = await verifyStatement(released)
  if (statement.organization !== organization || statement.user !== user) {
    throw new ClientCryptoError('other-users-envelope', 'The server sent the keys of somebody else.')
  }
  const seen = checkPin(pin, statement, set.version)
  if (attempt.salt !== null && set.salt !== attempt.salt) {
    throw new ClientCryptoError('swapped-salt', 'The server told one salt and sent keys with another.')
  }
  await verifyProtectedKeys(statement, set)
  const context = contextOf(statement)
  const accountKey = await (attempt.by === 'password'
    ? openByPassword(context, set, attempt.keys)
    : openByRecovery(context, set, attempt.keys))
  return { statement, accountKey, pin: seen }
}
