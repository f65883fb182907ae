import { type Result, isBytes, ok, refuse, sessionIsLive, sessionUseIsWorthNoting } from '@latchkey/domain'
import type { SecretDigests } from '../ports/secrets.ts'
import type { SessionCredentials } from '../ports/session-store.ts'
import type { Person } from './person.ts'

export class AuthenticateSession {
  readonly #credentials: SessionCredentials
  readonly #digests: SecretDigests

  constructor(ports: { credentials: SessionCredentials; digests: SecretDigests }) {
    this.#credentials = ports.credentials
    this.#digests = ports.digests
  }

  /** `token` is the cookie's. Whether the person is still enabled, each use case looks at under the row's lock. */
  async execute(token: string, address: string): Promise<Result<Person, 'not-signed-in'>> {
    if (!isBytes(token, 32)) return refuse('not-signed-in')
    const found = await this.#credentials.find(this.#digests.digest(token))
    if (!found || !sessionIsLive(found.session, found.now)) return refuse('not-signed-in')
    const { organization, session, now } = found
    if (sessionUseIsWorthNoting(session, now)) await this.#credentials.noteUse(organization.id, session.id, address)
    return ok({ organization, user: session.user, session: session.id })
  }
}
