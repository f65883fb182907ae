import {
  type Actor,
  type CreateScimTokenRefusal,
  type Organization,
  type Result,
  type RotateScimTokenRefusal,
  type ScimToken,
  type ScimTokenId,
  type ScimTokenMode,
  formatScimToken,
  freezeScimToken,
  ok,
  refuse,
  revokeScimToken,
  rotateScimToken,
  scimTokenExpiry,
  scimTokenId,
  scimTokenRandomBytes,
} from '@latchkey/domain'
import type { Entitlements } from '../ports/licence-store.ts'
import type { Randomness, SecretDigests } from '../ports/secrets.ts'
import type { Storage, Stores } from '../ports/storage.ts'

const operator: Actor = { kind: 'operator' }

/** A token in the one moment in which its secret is known. */
export interface IssuedScimToken {
  readonly token: ScimToken
  /** Shown once; nothing keeps it. */
  readonly secret: string
}

export class ScimTokens {
  readonly #storage: Storage
  readonly #randomness: Randomness
  readonly #digests: SecretDigests
  readonly #entitlements: Entitlements

  constructor(ports: { storage: Storage; randomness: Randomness; digests: SecretDigests; entitlements: Entitlements }) {
    this.#storage = ports.storage
    this.#randomness = ports.randomness
    this.#digests = ports.digests
    this.#entitlements = ports.entitlements
  }

  /** In the order of their creation, revoked and expired ones too. */
  list(organization: Organization): Promise<readonly ScimToken[]> {
    return this.#storage.read(organization.id, ({ scimTokens }) => scimTokens.list())
  }

  /** Made only where provisioning is licensed; rotating and revoking ask for no licence. `ttlDays` 0 is "never". The organisation is locked, so that two at once cannot both be the fifth. */
  async create(
    organization: Organization,
    wish: { readonly description: string; readonly ttlDays: number; readonly mode: ScimTokenMode },
    by: Actor = operator,
  ): Promise<Result<IssuedScimToken, CreateScimTokenRefusal | 'not-entitled'>> {
    const licensed = await this.#entitlements.licensed()
    return this.#storage.transaction(organization.id, async (stores) => {
      if (!licensed('scim', stores.now)) {
        await stores.audit.append(by, { kind: 'action-refused', action: 'create-scim-token', reason: 'not-entitled' })
        return refuse('not-entitled')
      }
      await stores.organization.lock()
      const expiresAt = scimTokenExpiry(wish, await stores.scimTokens.countUsable(), stores.now)
      if (!expiresAt.ok) return expiresAt
      const issued = await this.#issue(stores, {
        description: wish.description,
        mode: wish.mode,
        createdBy: by,
        expiresAt: expiresAt.value,
      })
      await stores.audit.append(by, { kind: 'scim-token-created', token: issued.token.id })
      return ok(issued)
    })
  }

  /** A successor, and an end to the predecessor after the overlap. */
  rotate(
    organization: Organization,
    id: ScimTokenId,
    overlapHours: number,
    by: Actor = operator,
  ): Promise<Result<IssuedScimToken, RotateScimTokenRefusal | 'token-not-found'>> {
    return this.#storage.transaction(organization.id, async (stores) => {
      const token = await stores.scimTokens.lock(id)
      if (!token) return refuse('token-not-found')
      const rotation = rotateScimToken(token, overlapHours, stores.now)
      if (!rotation.ok) return rotation
      const { predecessor, successorExpiresAt } = rotation.value
      await stores.scimTokens.save(predecessor)
      const issued = await this.#issue(stores, {
        description: token.description,
        mode: token.mode,
        createdBy: by,
        expiresAt: successorExpiresAt,
      })
      await stores.audit.append(by, { kind: 'scim-token-rotated', token: id, successor: issued.token.id })
      return ok(issued)
    })
  }

  /** From the next request on, whatever else is true of the organisation. */
  revoke(organization: Organization, id: ScimTokenId, by: Actor = operator): Promise<Result<ScimToken, 'token-not-found'>> {
    return this.#storage.transaction(organization.id, async ({ scimTokens, audit, now }) => {
      const token = await scimTokens.lock(id)
      if (!token) return refuse('token-not-found')
      const revoked = revokeScimToken(token, now)
      if (revoked === token) return ok(token)
      await scimTokens.save(revoked)
      await audit.append(by, { kind: 'scim-token-revoked', token: id })
      return ok(revoked)
    })
  }

  /** From the next request on, until it is released again. */
  freeze(
    organization: Organization,
    id: ScimTokenId,
    frozen: boolean,
    by: Actor = operator,
  ): Promise<Result<ScimToken, 'token-not-found'>> {
    return this.#storage.transaction(organization.id, async ({ scimTokens, audit, now }) => {
      const token = await scimTokens.lock(id)
      if (!token) return refuse('token-not-found')
      const after = freezeScimToken(token, frozen, now)
      if (after === token) return ok(token)
      await scimTokens.save(after)
      await audit.append(by, { kind: frozen ? 'scim-token-frozen' : 'scim-token-released', token: id })
      return ok(after)
    })
  }

  async #issue(
    { scimTokens }: Stores,
    facts: Pick<ScimToken, 'description' | 'mode' | 'createdBy' | 'expiresAt'>,
  ): Promise<IssuedScimToken> {
    const { publicId, token: secret } = formatScimToken(this.#randomness.bytes(scimTokenRandomBytes))
    const id = scimTokenId(this.#randomness.uuid())
    const token = await scimTokens.insert(
      { id, publicId, ...facts, revokedAt: null, frozenAt: null, lastUsedAt: null },
      this.#digests.digest(secret),
    )
    return { token, secret }
  }
}
