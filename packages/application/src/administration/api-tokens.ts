import {
  type ApiToken,
  type ApiTokenId,
  type ApiTokenRole,
  type CreateApiTokenRefusal,
  type Organization,
  type Result,
  apiTokenExpiry,
  apiTokenId,
  bearerTokenRandomBytes,
  formatApiToken,
  ok,
  refuse,
  scimTokenState,
} from '@latchkey/domain'
import type { Randomness, SecretDigests } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'

/** A token in the one moment in which its secret is known. */
export interface IssuedApiToken {
  readonly token: ApiToken
  /** Shown once; nothing keeps it. */
  readonly secret: string
}

/** Made and ended on the command line only: no token makes another one. */
export class ApiTokens {
  readonly #storage: Storage
  readonly #randomness: Randomness
  readonly #digests: SecretDigests

  constructor(ports: { storage: Storage; randomness: Randomness; digests: SecretDigests }) {
    this.#storage = ports.storage
    this.#randomness = ports.randomness
    this.#digests = ports.digests
  }

  /** In the order of their creation, revoked and expired ones too. */
  list(organization: Organization): Promise<readonly ApiToken[]> {
    return this.#storage.read(organization.id, ({ apiTokens }) => apiTokens.list())
  }

  /** `ttlDays` 0 is "never". */
  create(
    organization: Organization,
    wish: { readonly description: string; readonly ttlDays: number; readonly role: ApiTokenRole },
  ): Promise<Result<IssuedApiToken, CreateApiTokenRefusal>> {
    return this.#storage.transaction(organization.id, async (stores) => {
      // So that two at once cannot both be the last.
      await stores.organization.lock()
      const usable = (await stores.apiTokens.list()).filter((token) => scimTokenState(token, stores.now) === 'usable').length
      const expiresAt = apiTokenExpiry(wish, usable, stores.now)
      if (!expiresAt.ok) return expiresAt
      const { publicId, token: secret } = formatApiToken(this.#randomness.bytes(bearerTokenRandomBytes))
      const token = await stores.apiTokens.insert(
        {
          id: apiTokenId(this.#randomness.uuid()),
          publicId,
          description: wish.description,
          role: wish.role,
          expiresAt: expiresAt.value,
          revokedAt: null,
          lastUsedAt: null,
        },
        this.#digests.digest(secret),
      )
      await stores.audit.append({ kind: 'operator' }, { kind: 'api-token-created', token: token.id })
      return ok({ token, secret })
    })
  }

  /** From the next request on. A second time changes nothing. */
  revoke(organization: Organization, id: ApiTokenId): Promise<Result<ApiToken, 'token-not-found'>> {
    return this.#storage.transaction(organization.id, async ({ apiTokens, audit, now }) => {
      const token = await apiTokens.lock(id)
      if (!token) return refuse('token-not-found')
      if (token.revokedAt !== null) return ok(token)
      const revoked = { ...token, revokedAt: now }
      await apiTokens.save(revoked)
      await audit.append({ kind: 'operator' }, { kind: 'api-token-revoked', token: id })
      return ok(revoked)
    })
  }
}
