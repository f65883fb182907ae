import { type Result, isOwner, ok, refuse } from '@latchkey/domain'
import type { OwnerLinkCredentials } from '../ports/organization-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'
import type { IssuedSession, Place, SessionTokens } from './session-tokens.ts'

/** The one-time link with which an owner signs in without single sign-on: to make a key, or to recover one that they have (KEY-6). */
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

  /**
   * A session; without a key it may make one and nothing else. There the link is spent with the registration, not before: a page that is closed loses nothing.
   * With a key it is spent now; what opens the key is another step.
   */
  async execute(secret: string, place: Place): Promise<Result<IssuedSession, 'link-unusable'>> {
    const digest = this.#digests.digest(secret)
    const found = await this.#credentials.find(digest)
    if (!found) return refuse('link-unusable')
    return this.#storage.transaction(found.organization.id, async (stores) => {
      const record = await stores.users.lock(found.user)
      // Looked at under the owner's lock: a registration meanwhile has spent it.
      if (!record || !isOwner(record.user) || !(await stores.ownerLinks.isUsable(found.user, digest))) {
        await stores.audit.append({ kind: 'nobody' }, { kind: 'owner-link-refused', user: found.user })
        return refuse('link-unusable')
      }
      if (record.user.encryptionKey.state === 'registered') await stores.ownerLinks.remove(found.user)
      const issued = await this.#tokens.begin(stores, found.user, 'owner-link', place)
      await stores.audit.append(
        { kind: 'person', id: found.user },
        { kind: 'signed-in', user: found.user, session: issued.session.id, via: 'owner-link', linked: null },
      )
      return ok(issued)
    })
  }
}
