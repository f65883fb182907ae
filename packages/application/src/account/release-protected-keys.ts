import {
  type Instant,
  type KeyLogEntry,
  type ProtectedKeys,
  type RegisteredKey,
  type Result,
  type UserId,
  isBytes,
  nextProofAt,
  ok,
  readProtectedKeys,
  refuse,
  wrongProofsMax,
  wrongProofsWindowMs,
} from '@latchkey/domain'
import type { ProofDigests } from '../ports/key-store.ts'
import type { Stores } from '../ports/storage.ts'
import type { Verification } from '../ports/verification.ts'
import { bytesOf } from './bytes-of.ts'

/** What the browser needs to open its keys, and can check that they are its own. */
export interface ReleasedKeys {
  readonly protectedKeys: ProtectedKeys
  readonly statement: KeyLogEntry
}

export type ReleaseRefusal =
  | { readonly kind: 'no-key' }
  | { readonly kind: 'wrong-proof'; readonly attemptsLeft: number }
  | { readonly kind: 'too-many-proofs'; readonly nextAt: Instant }

export interface ProofAttempt {
  readonly which: keyof ProofDigests
  /** 32 bytes, base64url. */
  readonly proof: string
  /** Whose wrong proofs are counted together: a person's own sessions, or one address of somebody who says to be an owner. */
  readonly source: string
}

/**
 * The protected keys of a user whose row is locked, for the right proof only (KEY-7). A wrong one is noted in the same transaction, and while there
 * were too many of them no proof is looked at, the right one neither.
 */
export async function releaseProtectedKeys(
  { keys, keyLog, wrongProofs, now }: Stores,
  verification: Verification,
  user: { readonly id: UserId; readonly encryptionKey: RegisteredKey | { readonly state: 'none' } },
  { which, proof, source }: ProofAttempt,
): Promise<Result<ReleasedKeys, ReleaseRefusal>> {
  const wrong = await wrongProofs.since(user.id, now - wrongProofsWindowMs, source)
  const nextAt = nextProofAt(wrong)
  if (nextAt !== null) return refuse({ kind: 'too-many-proofs', nextAt })
  const key = user.encryptionKey
  const digests = await keys.proofs(user.id)
  const statement = (await keyLog.ofUser(user.id)).at(-1)
  if (key.state !== 'registered' || !digests || !statement) return refuse({ kind: 'no-key' })

  if (!isBytes(proof, 32) || !verification.areEqual(verification.sha256(bytesOf(proof)), bytesOf(digests[which]))) {
    await wrongProofs.note(user.id, source)
    return refuse({ kind: 'wrong-proof', attemptsLeft: wrongProofsMax - wrong.length - 1 })
  }
  const protectedKeys = readProtectedKeys(JSON.parse(key.protectedPrivateKeys.envelope))
  if (!protectedKeys) throw new Error('What is stored as protected keys has another form.')
  return ok({ protectedKeys, statement })
}
