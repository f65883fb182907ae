import { type Instant, type User, dayMs, noKeyYet, toHexadecimal, userId } from '@latchkey/domain'
import type { Addresses } from '../addresses.ts'
import type { Randomness, SecretDigests } from '../ports/secrets.ts'
import type { Stores } from '../ports/storage.ts'

/** An owner link can be used for this long. */
export const ownerLinkMs = 7 * dayMs

/** Makes owners, and the one-time links with which their owners begin. */
export class OwnerLinks {
  readonly #randomness: Randomness
  readonly #digests: SecretDigests
  readonly #addresses: Addresses

  constructor(ports: { randomness: Randomness; digests: SecretDigests; addresses: Addresses }) {
    this.#randomness = ports.randomness
    this.#digests = ports.digests
    this.#addresses = ports.addresses
  }

  /** A local owner without a key, as every owner begins. */
  newOwner(userName: string): User {
    return {
      id: userId(this.#randomness.uuid()),
      userName,
      externalId: null,
      managedBy: 'local',
      role: 'owner',
      directory: 'enabled',
      identityLink: null,
      encryptionKey: noKeyYet,
      setUpMailQueued: false,
    }
  }

  /** The link is told once and kept as a digest; it ends every earlier link of the same owner. */
  async issue({ ownerLinks, audit, now }: Stores, user: User): Promise<{ readonly ownerLink: string; readonly expiresAt: Instant }> {
    const secret = toHexadecimal(this.#randomness.bytes(32))
    const expiresAt = now + ownerLinkMs
    await ownerLinks.insert({ user: user.id, digest: this.#digests.digest(secret), expiresAt })
    await audit.append({ kind: 'operator' }, { kind: 'owner-link-created', user: user.id })
    return { ownerLink: this.#addresses.ownerLink(secret), expiresAt }
  }
}
