import { randomBytes, toBase64url } from './bytes.ts'
import { type DeriveRoot, checkNewMasterPassword, presentProfile, saltLength } from './derive-root.ts'
import { fromMasterPassword, fromRecoveryKey } from './derived-keys.ts'
import type { Pin } from './pin.ts'
import { type ProtectedKeys, contextOf, openPrivateKeys, passwordEnvelope, recoveryEnvelope, signProtectedKeys } from './protected-keys.ts'
import { newRecoveryKey, recoveryKitText } from './recovery-kit.ts'
import { type Attempt, type Identity, type ReleasedKeys, type UnlockedKey, openAccountKey } from './unlock.ts'

/** The body of `PUT /api/v1/account/protected-keys`. */
export interface ReplacedKeys {
  readonly protectedKeys: ProtectedKeys
  readonly unlockProof?: string
  readonly recoveryProof?: string
}

interface Opened {
  readonly attempt: Attempt
  readonly released: ReleasedKeys
  readonly identity: Identity
  readonly pin: Pin | null
}

/**
 * The same key pair under a new master password. `attempt` is the present password's, or the recovery kit's after which a new password is required: the
 * account key is opened anew for it and was not kept.
 */
export async function newMasterPassword(
  opened: Opened,
  masterPassword: string,
  deriveRoot: DeriveRoot,
): Promise<{ readonly body: ReplacedKeys; readonly unlocked: UnlockedKey; readonly pin: Pin }> {
  checkNewMasterPassword(masterPassword)
  const { statement, accountKey, pin } = await openAccountKey(opened.attempt, opened.released, opened.identity, opened.pin)
  const salt = randomBytes(saltLength)
  const root = await deriveRoot(masterPassword, salt, presentProfile)
  try {
    const { protectedKeys: before } = opened.released
    const keys = await fromMasterPassword(root)
    const pairs = await openPrivateKeys(statement, before, accountKey)
    const context = contextOf(statement)
    const protectedKeys = await signProtectedKeys(context, pairs, {
      version: before.version + 1,
      profile: presentProfile,
      salt: toBase64url(salt),
      password: await passwordEnvelope(context, accountKey, keys, presentProfile, salt),
      recovery: before.recovery,
      privateKeys: before.privateKeys,
    })
    return {
      body: { protectedKeys, unlockProof: toBase64url(keys.proof) },
      unlocked: { statement, pairs, protectedKeys },
      pin: { ...pin, setVersion: protectedKeys.version },
    }
  } finally {
    for (const secret of [root, accountKey]) secret.fill(0)
  }
}

/** The same key pair with another recovery kit, which replaces the former one. */
export async function newRecoveryKit(
  opened: Opened,
): Promise<{ readonly body: ReplacedKeys; readonly recoveryKit: string; readonly unlocked: UnlockedKey; readonly pin: Pin }> {
  const { statement, accountKey, pin } = await openAccountKey(opened.attempt, opened.released, opened.identity, opened.pin)
  const recoveryKey = newRecoveryKey()
  try {
    const { signature: _signature, ...before } = opened.released.protectedKeys
    const keys = await fromRecoveryKey(recoveryKey)
    const pairs = await openPrivateKeys(statement, opened.released.protectedKeys, accountKey)
    const context = contextOf(statement)
    const protectedKeys = await signProtectedKeys(context, pairs, {
      ...before,
      version: before.version + 1,
      recovery: await recoveryEnvelope(context, accountKey, keys),
    })
    return {
      body: { protectedKeys, recoveryProof: toBase64url(keys.proof) },
      recoveryKit: recoveryKitText(recoveryKey),
      unlocked: { statement, pairs, protectedKeys },
      pin: { ...pin, setVersion: protectedKeys.version },
    }
  } finally {
    for (const secret of [recoveryKey, accountKey]) secret.fill(0)
  }
}
