import {
  type OrganizationId,
  type Result,
  type ScimTokenId,
  type ScimTokenState,
  isUseWorthNoting,
  ok,
  refuse,
  scimTokenPublicId,
  scimTokenState,
} from '@latchkey/domain'
import type { Entitlements } from '../ports/licence-store.ts'
import type { ScimCredentials } from '../ports/scim-token-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { ScimCaller } from './scim-caller.ts'

/** Missing, malformed, unknown, expired and revoked are one refusal: the answer must not tell them apart (TOK-7). */
export interface AuthenticateScimTokenRefusal {
  readonly kind: 'not-authenticated' | 'token-frozen' | 'scim-disabled'
  /** Whose token it is, where the secret was right: for the organisation's own eyes, never for the answer. */
  readonly known: { readonly organization: OrganizationId; readonly token: ScimTokenId; readonly state: ScimTokenState } | null
}

/** Who calls, but for what only the transport knows of the request. */
export type AuthenticatedCaller = Omit<ScimCaller, 'request'>

const unknown: AuthenticateScimTokenRefusal = { kind: 'not-authenticated', known: null }

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
  async execute(presented: string, address: string): Promise<Result<AuthenticatedCaller, AuthenticateScimTokenRefusal>> {
    const publicId = scimTokenPublicId(presented)
    if (publicId === undefined) return refuse(unknown)

    const credential = await this.#credentials.find(publicId)
    if (!credential || !this.#digests.matches(presented, credential.digest)) return refuse(unknown)

    const { organization, token, now } = credential
    const state = scimTokenState(token, now)
    const known = { organization: organization.id, token: token.id, state }
    if (state !== 'usable') return refuse({ kind: 'not-authenticated', known })
    if (token.frozenAt !== null) return refuse({ kind: 'token-frozen', known })
    if (!organization.scimEnabled) return refuse({ kind: 'scim-disabled', known })

    if (isUseWorthNoting(token, now)) await this.#credentials.noteUse(organization.id, token.id, address)
    const isEntitled = await this.#entitlements.isEntitled('scim', now)
    return ok({ organization, token: token.id, mode: token.mode, isEntitled })
  }
}
