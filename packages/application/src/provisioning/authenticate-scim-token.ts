import { type Result, isUseWorthNoting, ok, refuse, scimTokenPublicId, scimTokenState } from '@latchkey/domain'
import type { Entitlements } from '../ports/licence-store.ts'
import type { ScimCredentials } from '../ports/scim-token-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { ScimCaller } from './scim-caller.ts'

/** Missing, malformed, unknown, expired and revoked are one refusal: the answer must not tell them apart (TOK-7). */
export type AuthenticateScimTokenRefusal = 'not-authenticated' | 'token-frozen' | 'scim-disabled'

export class AuthenticateScimToken {
  readonly #credentials: ScimCredentials
  readonly #digests: SecretDigests
  readonly #entitlements: Entitlements

  constructor(ports: { credentials: ScimCredentials; digests: SecretDigests; entitlements: Entitlements }) {
    this.#credentials = ports.credentials
    this.#digests = ports.digests
    this.#entitlements = ports.entitlements
  }

  /** `presented` is what stood behind `Bearer`; `address` is the client's, to show an administrator where a token is used. */
  async execute(presented: string, address: string): Promise<Result<ScimCaller, AuthenticateScimTokenRefusal>> {
    const publicId = scimTokenPublicId(presented)
    if (publicId === undefined) return refuse('not-authenticated')

    const credential = await this.#credentials.find(publicId)
    if (!credential || !this.#digests.matches(presented, credential.digest)) return refuse('not-authenticated')

    const { organization, token, now } = credential
    if (scimTokenState(token, now) !== 'usable') return refuse('not-authenticated')
    if (token.frozenAt !== null) return refuse('token-frozen')
    if (!organization.scimEnabled) return refuse('scim-disabled')

    if (isUseWorthNoting(token, now)) await this.#credentials.noteUse(organization.id, token.id, address)
    const isEntitled = await this.#entitlements.isEntitled('scim', now)
    return ok({ organization, token: token.id, mode: token.mode, isEntitled })
  }
}
