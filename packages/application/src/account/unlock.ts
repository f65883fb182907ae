import { type Result, derivationProfiles, fromHexadecimal, ok, readProtectedKeys, toBase64url } from '@latchkey/domain'
import type { ProofDigests } from '../ports/key-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'
import type { Verification } from '../ports/verification.ts'
import type { AccountMail } from './account-mail.ts'
import { type Person, asPerson } from './person.ts'
import { type ReleaseRefusal, type ReleasedKeys, releaseProtectedKeys } from './release-protected-keys.ts'

/** How the browser derives from the master password: the name of a profile, and 16 bytes of salt, base64url. */
export interface UnlockParameters {
  readonly profile: string
  readonly salt: string
}

/** Decryption, the second step after signing in: the proof from the master password, or the one from the recovery kit. */
export class Unlock {
  readonly #storage: Storage
  readonly #verification: Verification
  readonly #digests: SecretDigests
  readonly #mail: AccountMail

  constructor(ports: { storage: Storage; verification: Verification; digests: SecretDigests; mail: AccountMail }) {
    this.#storage = ports.storage
    this.#verification = ports.verification
    this.#digests = ports.digests
    this.#mail = ports.mail
  }

  parameters(person: Person): Promise<Result<UnlockParameters, 'not-signed-in'>> {
    return asPerson(this.#storage, person, async (_, { record: { user } }) => {
      const envelope = user.encryptionKey.state === 'registered' ? user.encryptionKey.protectedPrivateKeys.envelope : null
      return ok(unlockParameters(envelope, this.#digests, user.id))
    })
  }

  execute(person: Person, which: keyof ProofDigests, proof: string): Promise<Result<ReleasedKeys, ReleaseRefusal | 'not-signed-in'>> {
    return asPerson(this.#storage, person, async (stores, { record, session }) => {
      const { sessions, audit, outbox, now } = stores
      const released = await releaseProtectedKeys(stores, this.#verification, record.user, { which, proof, source: 'own session' })
      const actor = { kind: 'person', id: person.user } as const
      if (released.ok) {
        await sessions.noteUnlocked(session.id)
        await audit.append(actor, { kind: 'key-unlocked', user: person.user, by: which })
      } else if (released.error.kind === 'wrong-proof') {
        await audit.append(actor, { kind: 'proof-refused', user: person.user, by: which })
        if (released.error.attemptsLeft === 0) {
          const mail = this.#mail.compose(person.organization, record, { kind: 'wrong-proofs', address: session.address }, String(now))
          if (mail) await outbox.append(mail)
        }
      }
      return released
    })
  }
}

/** The parameters of a key, or such as a key could have: nobody learns from them who has one. */
export function unlockParameters(envelope: string | null, digests: SecretDigests, name: string): UnlockParameters {
  const set = envelope === null ? undefined : readProtectedKeys(JSON.parse(envelope))
  if (set) return { profile: set.profile, salt: set.salt }
  const stable = digests.digest(`salt ${name}`).hmac.slice(0, 32)
  return { profile: derivationProfiles[0], salt: toBase64url(fromHexadecimal(stable)) }
}
