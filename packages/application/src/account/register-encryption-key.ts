import {
  type Instant,
  type KeyLogEntry,
  type KeyStatement,
  type ProtectedKeys,
  type RegisterKeyRefusal,
  type Result,
  canonicalBytes,
  fromHexadecimal,
  isBytes,
  keyLogMessage,
  ok,
  protectedKeysMessage,
  readKeyStatement,
  refuse,
  registerEncryptionKey,
  suite,
  toBase64url,
  toHexadecimal,
} from '@latchkey/domain'
import type { Storage, Stores } from '../ports/storage.ts'
import type { Verification } from '../ports/verification.ts'
import type { AccountMail } from './account-mail.ts'
import { bytesOf } from './bytes-of.ts'
import type { KeyChallenges } from './key-challenges.ts'
import { type Person, type Present, asPerson } from './person.ts'
import type { IssuedSession, SessionTokens } from './session-tokens.ts'

/** What the browser hands over. Bytes are base64url. */
export interface KeyRegistrationRequest {
  readonly nonce: string
  readonly statement: string
  readonly statementSignature: string
  /** By the person's previous signing key, where it is still held. */
  readonly previousSignature: string | null
  /** By the new signing key, over the nonce. */
  readonly possession: string
  readonly protectedKeys: ProtectedKeys
  readonly unlockProof: string
  readonly recoveryProof: string
}

export interface RegisteredAccountKey {
  /** As it was read back: the browser compares it with what it made before it shows the recovery kit (KEY-8). */
  readonly entry: KeyLogEntry
  readonly fingerprint: string
  readonly registeredAt: Instant
  readonly session: IssuedSession
}

export type RegisterEncryptionKeyRefusal = RegisterKeyRefusal | 'statement-invalid'

/** U6: the one way by which anybody gets a key. */
export class RegisterEncryptionKey {
  readonly #storage: Storage
  readonly #verification: Verification
  readonly #challenges: KeyChallenges
  readonly #tokens: SessionTokens
  readonly #mail: AccountMail

  constructor(ports: {
    storage: Storage
    verification: Verification
    challenges: KeyChallenges
    tokens: SessionTokens
    mail: AccountMail
  }) {
    this.#storage = ports.storage
    this.#verification = ports.verification
    this.#challenges = ports.challenges
    this.#tokens = ports.tokens
    this.#mail = ports.mail
  }

  execute(
    person: Person,
    request: KeyRegistrationRequest,
  ): Promise<Result<RegisteredAccountKey, RegisterEncryptionKeyRefusal | 'not-signed-in'>> {
    return asPerson<RegisteredAccountKey, RegisterEncryptionKeyRefusal>(this.#storage, person, async (stores, present) => {
      const result = await this.#register(stores, present, person, request)
      if (!result.ok) {
        const refused = { kind: 'key-registration-refused', user: person.user, reason: result.error } as const
        await stores.audit.append({ kind: 'person', id: person.user }, refused)
      }
      return result
    })
  }

  async #register(
    stores: Stores,
    present: Present,
    person: Person,
    request: KeyRegistrationRequest,
  ): Promise<Result<RegisteredAccountKey, RegisterEncryptionKeyRefusal>> {
    const { record, session } = present
    const { sessions, users, keys, keyLog, ownerLinks, audit, outbox, now } = stores
    const statement = this.#statementOf(person, request)
    if (!statement) return refuse('statement-invalid')
    const fingerprint = this.#verification.sha256(bytesOf(request.statement))
    const former = await keyLog.ofUser(person.user)

    const registered = registerEncryptionKey(
      record.user,
      {
        via: session.via === 'owner-link' ? 'owner-link' : 'sso',
        version: statement.version,
        publicKeys: { encryption: toBase64url(statement.encryptionPublicKey), signing: toBase64url(statement.signingPublicKey) },
        fingerprint: toHexadecimal(fingerprint),
        envelope: JSON.stringify(request.protectedKeys),
        sessionAgeMs: now - session.authenticatedAt,
        nonceIsOurs: this.#nonceIsOurs(request, statement, present, now),
        proofHolds: this.#proofHolds(request, statement, fingerprint, former.at(-1)),
      },
      now,
      new Set(former.map((entry) => toHexadecimal(this.#verification.sha256(bytesOf(entry.statement))))),
    )
    if (!registered.ok) return registered

    await users.saveLinkAndKey(record, registered.value)
    await keys.saveProofs(person.user, { unlock: this.#digestOf(request.unlockProof), recovery: this.#digestOf(request.recoveryProof) })
    const entry = await this.#log(stores, person, statement, request)
    if (session.via === 'owner-link') await ownerLinks.remove(person.user)
    await sessions.noteUnlocked(session.id)
    const issued = await this.#tokens.rotate(stores, session)
    await audit.append(
      { kind: 'person', id: person.user },
      { kind: 'key-registered', user: person.user, version: statement.version, fingerprint: toHexadecimal(fingerprint) },
    )
    const mail = this.#mail.compose(person.organization, record, { kind: 'key-registered' }, String(statement.version))
    if (mail) await outbox.append(mail)
    return ok({ entry, fingerprint: toHexadecimal(fingerprint), registeredAt: now, session: issued })
  }

  /** The statement, if it is one of this person in this organisation and everything beside it has its form. */
  #statementOf({ organization, user }: Person, request: KeyRegistrationRequest): KeyStatement | undefined {
    const statement = readKeyStatement(bytesOf(request.statement))
    const signatures = [
      request.statementSignature,
      request.possession,
      ...(request.previousSignature === null ? [] : [request.previousSignature]),
    ]
    if (!signatures.every((signature) => isBytes(signature, 64))) return undefined
    if (!isBytes(request.unlockProof, 32) || !isBytes(request.recoveryProof, 32) || request.protectedKeys.version !== 1) return undefined
    return statement?.organization === organization.id && statement.user === user ? statement : undefined
  }

  #nonceIsOurs({ nonce }: KeyRegistrationRequest, statement: KeyStatement, { session }: Present, now: Instant): boolean {
    const time = this.#challenges.timeOf(nonce, session, statement.version, now)
    return time !== undefined && new Date(time).toISOString() === statement.time
  }

  /** Statement, nonce and protected keys are signed by the key that is presented, and the statement follows the person's last one. */
  #proofHolds(
    request: KeyRegistrationRequest,
    statement: KeyStatement,
    fingerprint: Uint8Array,
    previous: KeyLogEntry | undefined,
  ): boolean {
    const { organization, user, version, signingPublicKey, previousStatement } = statement
    const isSigned = (message: Uint8Array, signature: string, key = signingPublicKey) =>
      this.#verification.isSignedBy(key, message, bytesOf(signature))
    const whose = { organization, user, keyVersion: version, fingerprint }
    const protectedKeys = protectedKeysMessage(whose, request.protectedKeys, (bytes) => this.#verification.sha256(bytes))
    if (!isSigned(bytesOf(request.statement), request.statementSignature)) return false
    if (!isSigned(canonicalBytes([suite, 'key-registration', organization, user, request.nonce, fingerprint]), request.possession))
      return false
    if (!isSigned(protectedKeys, request.protectedKeys.signature)) return false

    if (!previous) return previousStatement === null && request.previousSignature === null
    const before = bytesOf(previous.statement)
    if (!previousStatement || !this.#verification.areEqual(this.#verification.sha256(before), previousStatement)) return false
    const formerKey = readKeyStatement(before)?.signingPublicKey
    return request.previousSignature === null || isSigned(bytesOf(request.statement), request.previousSignature, formerKey)
  }

  async #log(
    { keyLog, now }: Stores,
    { organization, user }: Person,
    { version }: KeyStatement,
    request: KeyRegistrationRequest,
  ): Promise<KeyLogEntry> {
    const head = await keyLog.lockHead()
    const place = { sequence: (head?.sequence ?? 0) + 1, at: now }
    const message = keyLogMessage(organization.id, place, {
      previousHash: head ? fromHexadecimal(head.hash) : null,
      statement: bytesOf(request.statement),
      statementSignature: bytesOf(request.statementSignature),
      previousSignature: request.previousSignature === null ? null : bytesOf(request.previousSignature),
    })
    const { statement, statementSignature, previousSignature } = request
    const hash = toHexadecimal(this.#verification.sha256(message))
    await keyLog.append({
      ...place,
      user,
      version,
      statement,
      statementSignature,
      previousSignature,
      previousHash: head?.hash ?? null,
      hash,
    })
    const stored = (await keyLog.ofUser(user)).at(-1)
    if (!stored) throw new Error('A statement that was just appended is not in the log.')
    return stored
  }

  #digestOf(proof: string): string {
    return toBase64url(this.#verification.sha256(bytesOf(proof)))
  }
}
