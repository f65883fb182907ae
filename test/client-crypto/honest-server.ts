import { createHash, randomUUID } from 'node:crypto'
import {
  type Attempt,
  type CreatedKey,
  type DeriveRoot,
  type Identity,
  type KeyChallenge,
  type KeyLogEntry,
  type KeyRegistration,
  type Pin,
  type ReleasedKeys,
  type ReplacedKeys,
  attemptWithPassword,
  createEncryptionKey,
  unlock,
} from '@latchkey/client-crypto'
import { canonicalBytes, fromBase64url, fromHexadecimal, keyLogMessage, userId } from '@latchkey/domain'

/** As the real derivation, but at once. That the real one is used is seen where it is the matter. */
export const quickly: DeriveRoot = async (masterPassword, salt, profile) =>
  new Uint8Array(
    createHash('sha256')
      .update(canonicalBytes([profile, Buffer.from(masterPassword), salt]))
      .digest(),
  )

export const password = 'correct horse battery'

/** What a server keeps for one person, and answers. A lying one is this with one answer changed. */
export class HonestServer {
  readonly organization = randomUUID()
  readonly user = randomUUID()
  readonly log: KeyLogEntry[] = []
  #registration: KeyRegistration | null = null

  get identity(): Identity {
    return { organization: this.organization, user: this.user }
  }

  challenge(): KeyChallenge {
    const last = this.log.at(-1)
    return {
      nonce: 'nonce',
      time: '2026-11-23T21:00:00.000Z',
      organizationId: this.organization,
      userId: this.user,
      version: this.log.length + 1,
      previousStatement: last?.statement ?? null,
    }
  }

  register(registration: KeyRegistration): void {
    this.#registration = registration
    this.log.push(nextEntry(this.organization, this.log, { user: this.user, version: this.log.length + 1, registration }))
  }

  replace({ protectedKeys, unlockProof, recoveryProof }: ReplacedKeys): void {
    const before = this.#stored()
    this.#registration = {
      ...before,
      protectedKeys,
      unlockProof: unlockProof ?? before.unlockProof,
      recoveryProof: recoveryProof ?? before.recoveryProof,
    }
  }

  parameters(): { readonly profile: string; readonly salt: string } {
    const { profile, salt } = this.#stored().protectedKeys
    return { profile, salt }
  }

  /** Null for a wrong proof. */
  release({ proof, by }: Pick<Attempt, 'proof' | 'by'>): ReleasedKeys | null {
    const { statement, statementSignature, previousSignature, protectedKeys, unlockProof, recoveryProof } = this.#stored()
    if (proof !== (by === 'password' ? unlockProof : recoveryProof)) return null
    return { statement, statementSignature, previousSignature, protectedKeys }
  }

  #stored(): KeyRegistration {
    if (!this.#registration) throw new Error('Nobody has registered a key.')
    return this.#registration
  }
}

/** What an honest server appends to its log for a registration. */
export function nextEntry(
  organization: string,
  log: readonly KeyLogEntry[],
  { user, version, registration }: { readonly user: string; readonly version: number; readonly registration: KeyRegistration },
): KeyLogEntry {
  const { statement, statementSignature, previousSignature } = registration
  const sequence = log.length + 1
  const previousHash = log.at(-1)?.hash ?? null
  const at = Date.UTC(2026, 10, 23, 21, 0, sequence)
  const bytes = {
    previousHash: previousHash === null ? null : fromHexadecimal(previousHash),
    statement: fromBase64url(statement) ?? new Uint8Array(),
    statementSignature: fromBase64url(statementSignature) ?? new Uint8Array(),
    previousSignature: null,
  }
  const hash = createHash('sha256')
    .update(keyLogMessage(organization, { sequence, at }, bytes))
    .digest('hex')
  const entry = { sequence, hash, previousHash, userId: userId(user), version, at: new Date(at).toISOString() }
  return { ...entry, statement, statementSignature, previousSignature }
}

export interface Registered {
  readonly server: HonestServer
  readonly created: CreatedKey
  readonly pin: Pin
}

export async function registered(masterPassword = password, server = new HonestServer()): Promise<Registered> {
  const created = await createEncryptionKey({ challenge: server.challenge(), masterPassword, deriveRoot: quickly })
  server.register(created.registration)
  return { server, created, pin: created.pin }
}

/** An attempt as the page makes it, and what the server answered to it. */
export async function attempted(server: HonestServer, masterPassword = password, parameters = server.parameters()) {
  const attempt = await attemptWithPassword({ parameters, masterPassword, deriveRoot: quickly })
  return { attempt, released: server.release(attempt) }
}

export async function unlocked(server: HonestServer, pin: Pin | null, masterPassword = password) {
  const { attempt, released } = await attempted(server, masterPassword)
  if (!released) throw new Error('The server refused the proof.')
  return unlock(attempt, released, server.identity, pin)
}
