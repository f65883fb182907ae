import { type Bytes, fromBase64url, randomBytes, sha256, toBase64url, toHexadecimal } from './bytes.ts'
import { canonical, suite } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { type DeriveRoot, checkNewMasterPassword, presentProfile, saltLength } from './derive-root.ts'
import { fromMasterPassword, fromRecoveryKey } from './derived-keys.ts'
import { type KeyPairs, generateKeyPairs, rawPublicKey, sign } from './key-pairs.ts'
import { type SignedStatement, type VerifiedStatement, signedStatement, statementBytes } from './key-statement.ts'
import type { Pin } from './pin.ts'
import {
  type ProtectedKeys,
  contextOf,
  passwordEnvelope,
  privateKeysEnvelope,
  recoveryEnvelope,
  signProtectedKeys,
} from './protected-keys.ts'
import { newRecoveryKey, recoveryKitText } from './recovery-kit.ts'
import type { UnlockedKey } from './unlock.ts'

/** What the server answers to `POST /api/v1/account/encryption-key/challenge`. */
export interface KeyChallenge {
  readonly nonce: string
  readonly time: string
  readonly organizationId: string
  readonly userId: string
  readonly version: number
  readonly previousStatement: string | null
}

/** The body of `POST /api/v1/account/encryption-key`. It holds nothing that opens anything. */
export interface KeyRegistration extends SignedStatement {
  readonly nonce: string
  readonly possession: string
  readonly protectedKeys: ProtectedKeys
  readonly unlockProof: string
  readonly recoveryProof: string
}

export interface CreatedKey {
  readonly registration: KeyRegistration
  /** To be shown only after `confirmRegistration` (KEY-8). */
  readonly recoveryKit: string
  readonly unlocked: UnlockedKey
  readonly pin: Pin
}

/** Makes a person's key: two key pairs, a statement about them, the envelopes that protect them, and the recovery kit. */
export async function createEncryptionKey(wish: {
  readonly challenge: KeyChallenge
  readonly masterPassword: string
  readonly deriveRoot: DeriveRoot
}): Promise<CreatedKey> {
  const { challenge, masterPassword } = wish
  checkNewMasterPassword(masterPassword)
  const salt = randomBytes(saltLength)
  const root = await wish.deriveRoot(masterPassword, salt, presentProfile)
  const recoveryKey = newRecoveryKey()
  const [byPassword, byRecovery] = await Promise.all([fromMasterPassword(root), fromRecoveryKey(recoveryKey)])

  const { pairs, privateBytes } = await generateKeyPairs()
  const accountKey = randomBytes(32)
  try {
    const statement = await stated(challenge, pairs)
    const context = contextOf(statement)
    const protectedKeys = await signProtectedKeys(context, pairs, {
      version: 1,
      profile: presentProfile,
      salt: toBase64url(salt),
      password: await passwordEnvelope(context, accountKey, byPassword, presentProfile, salt),
      recovery: await recoveryEnvelope(context, accountKey, byRecovery),
      privateKeys: await privateKeysEnvelope(context, accountKey, privateBytes),
    })
    const { organizationId, userId, nonce } = challenge
    const possession = await sign(pairs, canonical(suite, 'key-registration', organizationId, userId, nonce, statement.fingerprint))
    return {
      registration: {
        ...signedStatement(statement.bytes, await sign(pairs, statement.bytes), null),
        nonce,
        possession: toBase64url(possession),
        protectedKeys,
        unlockProof: toBase64url(byPassword.proof),
        recoveryProof: toBase64url(byRecovery.proof),
      },
      recoveryKit: recoveryKitText(recoveryKey),
      unlocked: { statement, pairs, protectedKeys },
      pin: { fingerprint: toHexadecimal(statement.fingerprint), keyVersion: statement.version, setVersion: 1 },
    }
  } finally {
    for (const secret of [root, recoveryKey, accountKey, privateBytes]) secret.fill(0)
  }
}

/** The server stored the very statement that this browser made, or nothing of it is to be relied on. */
export function confirmRegistration(created: CreatedKey, stored: SignedStatement & { readonly fingerprint: string }): void {
  const { statement, statementSignature } = created.registration
  const isSame =
    stored.statement === statement && stored.statementSignature === statementSignature && stored.fingerprint === created.pin.fingerprint
  if (!isSame) throw new ClientCryptoError('altered-registration', 'The server stored another key than the one that this browser made.')
}

async function stated(challenge: KeyChallenge, pairs: KeyPairs): Promise<VerifiedStatement> {
  const { organizationId, userId, version, previousStatement, time } = challenge
  const statement = {
    organization: organizationId,
    user: userId,
    version,
    encryptionPublicKey: await rawPublicKey(pairs.encryption.publicKey),
    signingPublicKey: await rawPublicKey(pairs.signing.publicKey),
    previousStatement: previousStatement === null ? null : await sha256(fromBase64url(previousStatement)),
    time,
  }
  const bytes: Bytes = statementBytes(statement)
  return { ...statement, bytes, fingerprint: await sha256(bytes) }
}
