import {
  type ProtectedKeys,
  type Result,
  fromHexadecimal,
  isBytes,
  ok,
  protectedKeysMessage,
  readProtectedKeys,
  refuse,
  rewrap,
  toBase64url,
} from '@latchkey/domain'
import type { Storage, Stores } from '../ports/storage.ts'
import type { Verification } from '../ports/verification.ts'
import { bytesOf } from './bytes-of.ts'
import { type Person, type Present, asPerson } from './person.ts'

export type ReplaceProtectedKeysRefusal = 'not-signed-in' | 'not-unlocked' | 'no-key' | 'moved' | 'signature-invalid' | 'proof-missing'

export interface ReplaceProtectedKeysRequest {
  readonly protectedKeys: ProtectedKeys
  /** 32 bytes, base64url; null where the master password stays. */
  readonly unlockProof: string | null
  /** Likewise, where the recovery kit stays. */
  readonly recoveryProof: string | null
}

/** U11, and a new recovery kit: the same key pair, protected anew by somebody who has unlocked it and holds its signing key. */
export class ReplaceProtectedKeys {
  readonly #storage: Storage
  readonly #verification: Verification

  constructor(ports: { storage: Storage; verification: Verification }) {
    this.#storage = ports.storage
    this.#verification = ports.verification
  }

  execute(
    person: Person,
    request: ReplaceProtectedKeysRequest,
  ): Promise<Result<{ readonly version: number }, ReplaceProtectedKeysRefusal>> {
    return asPerson<{ readonly version: number }, ReplaceProtectedKeysRefusal>(this.#storage, person, async (stores, present) => {
      const result = await this.#replace(stores, present, person, request)
      if (!result.ok) {
        const refused = { kind: 'key-protection-refused', user: person.user, reason: result.error } as const
        await stores.audit.append({ kind: 'person', id: person.user }, refused)
      }
      return result
    })
  }

  async #replace(
    { users, keys, audit }: Stores,
    { record, session }: Present,
    person: Person,
    { protectedKeys, unlockProof, recoveryProof }: ReplaceProtectedKeysRequest,
  ): Promise<Result<{ readonly version: number }, ReplaceProtectedKeysRefusal>> {
    const key = record.user.encryptionKey
    if (key.state !== 'registered') return refuse('no-key')
    if (session.unlockedAt === null) return refuse('not-unlocked')
    if (protectedKeys.version !== key.protectedPrivateKeys.version + 1) return refuse('moved')
    const before = readProtectedKeys(JSON.parse(key.protectedPrivateKeys.envelope))
    const proofs = await keys.proofs(person.user)
    if (!before || !proofs) throw new Error('What is stored of a registered key is not whole.')
    // Another envelope under the old proof, or the other way round, would lock the person out.
    const changes = { unlock: protectedKeys.password !== before.password, recovery: protectedKeys.recovery !== before.recovery }
    if (changes.unlock !== isProof(unlockProof) || changes.recovery !== isProof(recoveryProof)) return refuse('proof-missing')

    const whose = {
      organization: person.organization.id,
      user: person.user,
      keyVersion: key.version,
      fingerprint: fromHexadecimal(key.fingerprint),
    }
    const message = protectedKeysMessage(whose, protectedKeys, (bytes) => this.#verification.sha256(bytes))
    const isSigned = this.#verification.isSignedBy(bytesOf(key.publicKeys.signing), message, bytesOf(protectedKeys.signature))
    if (!isSigned) return refuse('signature-invalid')

    const rewrapped = rewrap(key, key.protectedPrivateKeys.version, JSON.stringify(protectedKeys))
    if (!rewrapped.ok) return refuse('moved')
    await users.saveLinkAndKey(record, { ...record.user, encryptionKey: rewrapped.value })
    await keys.saveProofs(person.user, {
      unlock: unlockProof === null ? proofs.unlock : this.#digestOf(unlockProof),
      recovery: recoveryProof === null ? proofs.recovery : this.#digestOf(recoveryProof),
    })
    const { version } = rewrapped.value.protectedPrivateKeys
    await audit.append({ kind: 'person', id: person.user }, { kind: 'keys-protected-anew', user: person.user, version, ...changes })
    return ok({ version })
  }

  #digestOf(proof: string): string {
    return toBase64url(this.#verification.sha256(bytesOf(proof)))
  }
}

function isProof(proof: string | null): boolean {
  return isBytes(proof, 32)
}
