import {
  type Instant,
  type Organization,
  type Result,
  type Session,
  type UserId,
  minuteMs,
  ok,
  refuse,
  signInIsFresh,
} from '@latchkey/domain'
import type { Seals } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'
import { type Person, asPerson } from './person.ts'

export interface KeyChallenge {
  readonly nonce: string
  /** The time that the statement shall name. */
  readonly time: Instant
  readonly expiresAt: Instant
  readonly organization: Organization
  readonly user: UserId
  /** The version that the new key will have. */
  readonly version: number
  /** The person's last statement, base64url; null for a first key. */
  readonly previousStatement: string | null
}

export type KeyChallengeRefusal = 'not-signed-in' | 'not-pending' | 'session-too-old'

/** As long as a sign-in is fresh: nobody registers a key with an older one (KEY-6). */
const challengeMs = 5 * minuteMs

/**
 * Nonces for a registration, bound to session, user, version and time. They are sealed and not kept: a registration moves the key's version and the
 * session's token, and with either a nonce is spent.
 */
export class KeyChallenges {
  readonly #storage: Storage
  readonly #seals: Seals

  constructor(ports: { storage: Storage; seals: Seals }) {
    this.#storage = ports.storage
    this.#seals = ports.seals
  }

  issue(person: Person): Promise<Result<KeyChallenge, KeyChallengeRefusal>> {
    return asPerson(this.#storage, person, async ({ keyLog, now }, { record, session }) => {
      const key = record.user.encryptionKey
      if (key.state !== 'none') return refuse('not-pending')
      if (!signInIsFresh(session, now)) return refuse('session-too-old')
      const version = key.lastVersion + 1
      const previous = (await keyLog.ofUser(person.user)).at(-1)
      return ok({
        nonce: this.#seals.seal(JSON.stringify(['key', session.id, person.user, version, now])),
        time: now,
        expiresAt: now + challengeMs,
        organization: person.organization,
        user: person.user,
        version,
        previousStatement: previous?.statement ?? null,
      })
    })
  }

  /** The time that the nonce was made for; undefined for one that is not ours, of another session or version, or too old. */
  timeOf(nonce: string, session: Session, version: number, now: Instant): Instant | undefined {
    const text = this.#seals.open(nonce)
    if (text === undefined) return undefined
    const [purpose, ofSession, ofUser, ofVersion, at]: unknown[] = JSON.parse(text)
    if (purpose !== 'key' || ofSession !== session.id || ofUser !== session.user || ofVersion !== version) return undefined
    return typeof at === 'number' && now - at <= challengeMs ? at : undefined
  }
}
