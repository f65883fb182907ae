import {
  type Attempt,
  ClientCryptoError,
  type DeriveRoot,
  type Identity,
  type KeyLogEntry,
  type ReleasedKeys,
  type ReplacedKeys,
  type UnlockedKey,
  attemptWithPassword,
  attemptWithRecoveryKit,
  checkLogged,
  confirmRegistration,
  createEncryptionKey,
  forget,
  newMasterPassword,
  newRecoveryKit,
  openNote,
  sealNote,
  unlock,
  verifyKeyLog,
} from '@latchkey/client-crypto'
import type { Pin } from '@latchkey/client-crypto'
import { ApiProblem } from '../http/json-api.ts'
import type { AccountApi, AccountSession } from './account-api.ts'
import type { PinStore } from './pin-store.ts'

/** A key that is open on this page, until it is locked. */
export interface OpenKey {
  readonly key: UnlockedKey
  /** This browser had no pin of this key: its fingerprint is to be compared with the one in the recovery kit. */
  readonly isNewHere: boolean
}

/** What a person does with the key: each a conversation of this browser with the server, whose word is checked before it counts. */
export class AccountKeys {
  readonly #api: AccountApi
  readonly #pins: PinStore
  readonly #deriveRoot: DeriveRoot

  constructor(parts: { readonly api: AccountApi; readonly pins: PinStore; readonly deriveRoot: DeriveRoot }) {
    this.#api = parts.api
    this.#pins = parts.pins
    this.#deriveRoot = parts.deriveRoot
  }

  /** Makes the key. The kit is answered only when the server is known to have stored this very key (KEY-8). */
  async setUp(session: AccountSession, masterPassword: string): Promise<{ readonly key: UnlockedKey; readonly recoveryKit: string }> {
    const identity = identityOf(session)
    const challenge = await this.#api.challenge()
    if (challenge.organizationId !== identity.organization || challenge.userId !== identity.user) {
      throw new ClientCryptoError('altered-registration', 'The server asked for the key of somebody else.')
    }
    if (challenge.version <= (this.#pins.find(identity)?.keyVersion ?? 0)) {
      throw new ClientCryptoError('replayed-envelope', 'The server asked for a new key in the place of one that this browser knows.')
    }
    const created = await createEncryptionKey({ challenge, masterPassword, deriveRoot: this.#deriveRoot })
    confirmRegistration(created, await this.#api.register(created.registration))
    this.#pins.save(identity, created.pin)
    return { key: created.unlocked, recoveryKit: created.recoveryKit }
  }

  async unlock(session: AccountSession, masterPassword: string): Promise<OpenKey> {
    const attempt = await this.#attempt(await this.#api.unlockParameters(), masterPassword)
    return this.#open(session, attempt, await this.#release(attempt))
  }

  /** An owner's way in without single sign-on: the proof signs in, and unlocks at once. */
  async signInAsOwner(
    organization: string,
    userName: string,
    masterPassword: string,
  ): Promise<{ readonly session: AccountSession; readonly opened: OpenKey }> {
    const attempt = await this.#attempt(await this.#api.ownerParameters(organization, userName), masterPassword)
    const released = await this.#api.ownerSignIn(organization, userName, attempt.proof)
    const session = await this.#api.session()
    if (!session)
      throw new ApiProblem(401, 'not-signed-in', 'Your browser did not keep the session. Allow cookies for this address and try again.')
    return { session, opened: await this.#open(session, attempt, released) }
  }

  /** The same key under another master password. */
  async changePassword(session: AccountSession, present: string, next: string): Promise<UnlockedKey> {
    const attempt = await this.#attempt(await this.#api.unlockParameters(), present)
    return this.#renewPassword(session, attempt, next)
  }

  /** With the recovery kit in the place of the password that was forgotten. */
  async recover(session: AccountSession, kit: string, next: string): Promise<UnlockedKey> {
    return this.#renewPassword(session, await attemptWithRecoveryKit(kit), next)
  }

  /** Another recovery kit; the former one opens nothing from then on. */
  async renewKit(session: AccountSession, masterPassword: string): Promise<{ readonly key: UnlockedKey; readonly recoveryKit: string }> {
    const attempt = await this.#attempt(await this.#api.unlockParameters(), masterPassword)
    const renewed = await this.#replace(session, attempt, (opened) => newRecoveryKit(opened))
    return { key: renewed.unlocked, recoveryKit: renewed.recoveryKit }
  }

  /** Null when none was saved yet. */
  async note(key: UnlockedKey): Promise<string | null> {
    const sealed = await this.#api.note()
    return sealed === null ? null : openNote(key, sealed)
  }

  async saveNote(key: UnlockedKey, text: string): Promise<void> {
    await this.#api.saveNote(await sealNote(key, text))
  }

  /** That the key is the newest one that the organisation's log has of this person, and that the log only ever grew (KEY-4). Answers its length. */
  async checkKeyLog({ organization }: AccountSession, { statement }: UnlockedKey): Promise<number> {
    const entries: KeyLogEntry[] = []
    for (;;) {
      const page = await this.#api.keyLog(entries.length)
      if (page.length === 0) break
      entries.push(...page)
    }
    const { newest, head } = await verifyKeyLog(organization.id, entries, this.#pins.findLogHead(organization.id))
    checkLogged(newest, statement)
    if (head) this.#pins.saveLogHead(organization.id, head)
    return entries.length
  }

  async #renewPassword(session: AccountSession, attempt: Attempt, next: string): Promise<UnlockedKey> {
    const renewed = await this.#replace(session, attempt, (opened) => newMasterPassword(opened, next, this.#deriveRoot))
    return renewed.unlocked
  }

  /** The pin moves only with what the server has taken. */
  async #replace<Renewed extends { readonly body: ReplacedKeys; readonly pin: Pin }>(
    session: AccountSession,
    attempt: Attempt,
    renew: (opened: Parameters<typeof newRecoveryKit>[0]) => Promise<Renewed>,
  ): Promise<Renewed> {
    const identity = identityOf(session)
    try {
      const released = await this.#release(attempt)
      const renewed = await renew({ attempt, released, identity, pin: this.#pins.find(identity) })
      await this.#api.replaceProtectedKeys(renewed.body)
      this.#pins.save(identity, renewed.pin)
      return renewed
    } finally {
      forget(attempt)
    }
  }

  async #open(session: AccountSession, attempt: Attempt, released: ReleasedKeys): Promise<OpenKey> {
    const identity = identityOf(session)
    const known = this.#pins.find(identity)
    try {
      const { unlocked, pin } = await unlock(attempt, released, identity, known)
      this.#pins.save(identity, pin)
      return { key: unlocked, isNewHere: known?.fingerprint !== pin.fingerprint }
    } finally {
      forget(attempt)
    }
  }

  #attempt(parameters: { readonly profile: string; readonly salt: string }, masterPassword: string): Promise<Attempt> {
    return attemptWithPassword({ parameters, masterPassword, deriveRoot: this.#deriveRoot })
  }

  #release({ by, proof }: Attempt): Promise<ReleasedKeys> {
    return by === 'password' ? this.#api.unlock(proof) : this.#api.recover(proof)
  }
}

function identityOf({ organization, user }: AccountSession): Identity {
  return { organization: organization.id, user: user.id }
}
