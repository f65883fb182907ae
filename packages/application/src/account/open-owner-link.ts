import { type Result, isOwner, ok, refuse } from '@latchkey/domain'
import type { OwnerLinkCredentials } from '../ports/organization-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'
import type { IssuedSession, Place, SessionTokens } from './session-tokens.ts'

/** The one-time link with which an owner makes a key without single sign-on (KEY-6). */
export class OpenOwnerLink {
  readonly #storage: Storage
  readonly #credentials: OwnerLinkCredentials
  readonly #digests: SecretDigests
  readonly #tokens: SessionTokens

  constructor(ports: { storage: Storage; credentials: OwnerLinkCredentials; digests: SecretDigests; tokens: SessionTokens }) {
    this.#storage = ports.storage
    this.#credentials = ports.credentials
    this.#digests = ports.digests
    this.#tokens = ports.tokens
  }

  /** A session that may set up the key and nothing else. The link is spent with the registration, not before: a page that is closed loses nothing. */
  async execute(secret: string, place: Place): Promise<Result<IssuedSession, 'link-unusable'>> {
    const digest = this.#digests.digest(secret)
    const found = await this.#credentials.find(digest)
    if (!found || found.now >= found.expiresAt) return refuse('link-unusable')
    return this.#storage.transaction(found.organization.id, async (stores) => {
      const record = await stores.users.lock(found.user)
      // Looked at again under the owner's lock: a registration meanwhile has spent it.
      if (!record || !isOwner(record.user) || record.user.encryptionKey.state !== 'none') return refuse('link-unusable')
      if (!(await this.#credentials.find(digest))) return refuse('link-unusable')
      const issued = await this.#tokens.begin(stores, found.user, 'owner-link', place)
      await stores.audit.append(
        { kind: 'person', id: found.user },
        { kind: 'signed-in', user: found.user, session: issued.session.id, via: 'owner-link', linked: null },
      )
      return ok(issued)
    })
  }
}
