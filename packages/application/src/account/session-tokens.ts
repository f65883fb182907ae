import { type Session, type UserId, sessionId, toBase64url } from '@latchkey/domain'
import type { Randomness, SecretDigests } from '../ports/secrets.ts'
import type { Stores } from '../ports/storage.ts'

/** Where a request came from, for the person's list of sessions. */
export interface Place {
  readonly address: string
  readonly userAgent: string
}

/** A session in the one moment in which its token is known. */
export interface IssuedSession {
  readonly session: Session
  /** 256 bits, base64url: the cookie. Nothing keeps it. */
  readonly token: string
}

const userAgentLengthMax = 300

export class SessionTokens {
  readonly #randomness: Randomness
  readonly #digests: SecretDigests

  constructor(ports: { randomness: Randomness; digests: SecretDigests }) {
    this.#randomness = ports.randomness
    this.#digests = ports.digests
  }

  /** A new session of a user whose row is locked, so that no deactivation can pass it by (LIF-3). */
  async begin({ sessions }: Stores, user: UserId, via: Session['via'], place: Place): Promise<IssuedSession> {
    const token = this.#newToken()
    const userAgent = place.userAgent.slice(0, userAgentLengthMax)
    const wish = { id: sessionId(this.#randomness.uuid()), user, via, address: place.address, userAgent }
    return { session: await sessions.insert(wish, this.#digests.digest(token)), token }
  }

  /** The same session under a new token. */
  async rotate({ sessions }: Stores, session: Session): Promise<IssuedSession> {
    const token = this.#newToken()
    await sessions.rotate(session.id, this.#digests.digest(token))
    return { session, token }
  }

  /** What a page of ours sends along, and no other site can know: it follows from the token, and tells nothing of it (WEB-3). */
  csrfTokenOf(token: string): string {
    return this.#digests.digest(`csrf ${token}`).hmac
  }

  isCsrfToken(token: string, presented: string): boolean {
    return this.#digests.matches(`csrf ${token}`, { ...this.#digests.digest(''), hmac: presented })
  }

  #newToken(): string {
    return toBase64url(this.#randomness.bytes(32))
  }
}
