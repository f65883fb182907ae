import { type KeyContext, associatedData } from './associated-data.ts'
import { type Bytes, fromBase64url, sha256, toBase64url } from './bytes.ts'
import { canonical, suite } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { type Profile, checkedProfile } from './derive-root.ts'
import type { DerivedKeys } from './derived-keys.ts'
import { open, seal } from './envelope.ts'
import { type KeyPairs, importKeyPairs, isSigned, sign } from './key-pairs.ts'
import type { VerifiedStatement } from './key-statement.ts'

/** A person's private keys as the server keeps them: one set, replaced as a whole. Bytes are base64url. */
export interface ProtectedKeys {
  /** Counts the sets of one key, from 1. */
  readonly version: number
  readonly profile: string
  readonly salt: string
  /** The account key under the master password, and under the recovery kit. */
  readonly password: string
  readonly recovery: string
  /** The private keys under the account key. */
  readonly privateKeys: string
  /** Ed25519 by the person's signing key over all of it. */
  readonly signature: string
}

export type UnsignedProtectedKeys = Omit<ProtectedKeys, 'signature'>

export async function passwordEnvelope(
  context: KeyContext,
  accountKey: Bytes,
  keys: DerivedKeys,
  profile: Profile,
  salt: Bytes,
): Promise<string> {
  const data = associatedData.accountKeyByPassword(context, profile, salt)
  return toBase64url(await seal(accountKey, keys.wrappingKey, data, keys.commitment))
}

export async function recoveryEnvelope(context: KeyContext, accountKey: Bytes, keys: DerivedKeys): Promise<string> {
  return toBase64url(await seal(accountKey, keys.wrappingKey, associatedData.accountKeyByRecovery(context), keys.commitment))
}

export async function privateKeysEnvelope(context: KeyContext, accountKey: Bytes, privateBytes: Bytes): Promise<string> {
  return toBase64url(await seal(privateBytes, accountKey, associatedData.privateKeys(context)))
}

export async function signProtectedKeys(context: KeyContext, pairs: KeyPairs, set: UnsignedProtectedKeys): Promise<ProtectedKeys> {
  return { ...set, signature: toBase64url(await sign(pairs, await signedMessage(context, set))) }
}

/** Refuses a set that the key of the statement did not sign as it is. */
export async function verifyProtectedKeys(statement: VerifiedStatement, set: ProtectedKeys): Promise<void> {
  checkedProfile(set.profile, fromBase64url(set.salt))
  const message = await signedMessage(contextOf(statement), set)
  if (!(await isSigned(statement.signingPublicKey, message, fromBase64url(set.signature)))) {
    throw new ClientCryptoError('forged-envelope', 'The protected keys that the server sent are not as your own key signed them.')
  }
}

/** The account key, by what follows from the master password. */
export function openByPassword(context: KeyContext, set: ProtectedKeys, keys: DerivedKeys): Promise<Bytes> {
  const data = associatedData.accountKeyByPassword(context, set.profile, fromBase64url(set.salt))
  return open(fromBase64url(set.password), keys.wrappingKey, data, { commitment: keys.commitment, wrongKey: 'wrong-password' })
}

/** The account key, by what follows from the recovery kit. */
export function openByRecovery(context: KeyContext, set: ProtectedKeys, keys: DerivedKeys): Promise<Bytes> {
  const data = associatedData.accountKeyByRecovery(context)
  return open(fromBase64url(set.recovery), keys.wrappingKey, data, { commitment: keys.commitment, wrongKey: 'wrong-recovery-kit' })
}

export async function openPrivateKeys(statement: VerifiedStatement, set: ProtectedKeys, accountKey: Bytes): Promise<KeyPairs> {
  const privateBytes = await open(fromBase64url(set.privateKeys), accountKey, associatedData.privateKeys(contextOf(statement)))
  try {
    return await importKeyPairs(privateBytes, { encryption: statement.encryptionPublicKey, signing: statement.signingPublicKey })
  } finally {
    privateBytes.fill(0)
  }
}

export function contextOf({ organization, user, version, fingerprint }: VerifiedStatement): KeyContext {
  return { organization, user, keyVersion: version, fingerprint }
}

async function signedMessage({ organization, user, keyVersion, fingerprint }: KeyContext, set: UnsignedProtectedKeys): Promise<Bytes> {
  const digests = await Promise.all([set.password, set.recovery, set.privateKeys].map((envelope) => sha256(fromBase64url(envelope))))
  const { version, profile, salt } = set
  return canonical(suite, 'protected-keys', organization, user, keyVersion, fingerprint, version, profile, fromBase64url(salt), ...digests)
}
