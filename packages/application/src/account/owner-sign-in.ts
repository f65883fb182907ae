import {
  type Organization,
  type Result,
  isOwner,
  nextProofAt,
  ok,
  ownerWrongProofsMax,
  refuse,
  wrongProofsWindowMs,
} from '@latchkey/domain'
import type { OrganizationRegister } from '../ports/organization-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { Storage, Stores } from '../ports/storage.ts'
import type { UserRecord } from '../ports/user-store.ts'
import type { Verification } from '../ports/verification.ts'
import type { AccountMail } from './account-mail.ts'
import { type ReleaseRefusal, type ReleasedKeys, releaseProtectedKeys } from './release-protected-keys.ts'
import type { IssuedSession, Place, SessionTokens } from './session-tokens.ts'
import { type UnlockParameters, unlockParameters } from './unlock.ts'

export type OwnerSignInRefusal = Exclude<ReleaseRefusal, { kind: 'no-key' }>

/** How owners get in when single sign-on is broken: the unlock proof authenticates them, and only them (KEY-6). */
export class OwnerSignIn {
  readonly #storage: Storage
  readonly #register: OrganizationRegister
  readonly #verification: Verification
  readonly #digests: SecretDigests
  readonly #tokens: SessionTokens
  readonly #mail: AccountMail

  constructor(ports: {
    storage: Storage
    register: OrganizationRegister
    verification: Verification
    digests: SecretDigests
    tokens: SessionTokens
    mail: AccountMail
  }) {
    this.#storage = ports.storage
    this.#register = ports.register
    this.#verification = ports.verification
    this.#digests = ports.digests
    this.#tokens = ports.tokens
    this.#mail = ports.mail
  }

  /** Real ones for an owner with a key, and such as an owner could have for everybody else: they tell nobody who is one. */
  async parameters(slug: string, userName: string): Promise<UnlockParameters> {
    const organization = await this.#register.findBySlug(slug)
    const envelope =
      organization && (await this.#storage.read(organization.id, async ({ users }) => envelopeOf(await users.byName(userName))))
    return unlockParameters(envelope ?? null, this.#digests, `${slug} ${userName}`)
  }

  async execute(
    slug: string,
    userName: string,
    proof: string,
    place: Place,
  ): Promise<Result<IssuedSession & ReleasedKeys, OwnerSignInRefusal>> {
    const organization = await this.#register.findBySlug(slug)
    if (!organization) return refuse({ kind: 'wrong-proof', attemptsLeft: 0 })
    return this.#storage.transaction(organization.id, async (stores) => {
      const found = await stores.users.byName(userName)
      const record = found && (await stores.users.lock(found.user.id))
      if (record?.user.directory !== 'enabled' || !isOwner(record.user)) return refuse({ kind: 'wrong-proof', attemptsLeft: 0 })
      const all = await stores.wrongProofs.since(record.user.id, stores.now - wrongProofsWindowMs, null)
      const nextAt = nextProofAt(all, ownerWrongProofsMax)
      if (nextAt !== null) return refuse({ kind: 'too-many-proofs', nextAt })

      const attempt = { which: 'unlock', proof, source: place.address } as const
      const released = await releaseProtectedKeys(stores, this.#verification, record.user, attempt)
      return released.ok
        ? this.#begin(stores, record, released.value, place)
        : this.#refuse(stores, organization, record, released.error, place)
    })
  }

  async #begin(
    stores: Stores,
    { user }: UserRecord,
    released: ReleasedKeys,
    place: Place,
  ): Promise<Result<IssuedSession & ReleasedKeys, never>> {
    const issued = await this.#tokens.begin(stores, user.id, 'owner-proof', place)
    await stores.sessions.noteUnlocked(issued.session.id)
    await stores.audit.append(
      { kind: 'person', id: user.id },
      { kind: 'signed-in', user: user.id, session: issued.session.id, via: 'owner-proof', linked: null },
    )
    return ok({ ...issued, ...released })
  }

  async #refuse(
    { audit, outbox, now }: Stores,
    organization: Organization,
    record: UserRecord,
    refusal: ReleaseRefusal,
    { address }: Place,
  ): Promise<Result<never, OwnerSignInRefusal>> {
    if (refusal.kind === 'too-many-proofs') return refuse(refusal)
    if (refusal.kind === 'no-key') return refuse({ kind: 'wrong-proof', attemptsLeft: 0 })
    await audit.append({ kind: 'nobody' }, { kind: 'proof-refused', user: record.user.id, by: 'unlock' })
    if (refusal.attemptsLeft === 0) {
      const mail = this.#mail.compose(organization, record, { kind: 'wrong-proofs', address }, String(now))
      if (mail) await outbox.append(mail)
    }
    // How many attempts are left is told in no answer here: it would tell who is an owner.
    return refuse({ kind: 'wrong-proof', attemptsLeft: 0 })
  }
}

function envelopeOf(record: UserRecord | undefined): string | null {
  if (!record || !isOwner(record.user)) return null
  const key = record.user.encryptionKey
  return key.state === 'registered' ? key.protectedPrivateKeys.envelope : null
}
