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
import type { Entitlements, Licensed } from '../ports/licence-store.ts'
import type { ScimCredential, ScimCredentials } from '../ports/scim-token-store.ts'
import type { SecretDigests } from '../ports/secrets.ts'
import type { Storage } from '../ports/storage.ts'
import { type Admitted, NotAdmitted, TokenAdmission } from './admission.ts'
import type { ScimCaller } from './scim-caller.ts'

/** Missing, malformed, unknown, expired and revoked are one refusal: the answer must not tell them apart (TOK-7). */
export interface AuthenticateScimTokenRefusal {
  readonly kind: 'not-authenticated' | 'token-frozen' | 'scim-disabled'
  /** Whose token it is, where the secret was right: for the organisation's own eyes, never for the answer. */
  readonly known: { readonly organization: OrganizationId; readonly token: ScimTokenId; readonly state: ScimTokenState } | null
}

/** Who calls, but for what only the transport knows of the request. */
export type AuthenticatedCaller = Omit<ScimCaller, 'request'> & { readonly admission: TokenAdmission }

/** Whose a secret is: what never changes of a token, whatever becomes of it. */
interface Owner {
  readonly organization: OrganizationId
  readonly token: ScimTokenId
  readonly mode: ScimCaller['mode']
}

const unknown: AuthenticateScimTokenRefusal = { kind: 'not-authenticated', known: null }

/** How many secrets are recognised without asking whose they are. */
const ownersMax = 10_000

/**
 * Whose token it is, and whether it may be used, are two questions. The first has one answer for ever, so the answers for the last secrets that were good are kept;
 * the second is asked of the database with each request, in the same round trip as what is requested (decision 0042).
 */
export class AuthenticateScimToken {
  readonly #storage: Storage
  readonly #credentials: ScimCredentials
  readonly #digests: SecretDigests
  readonly #entitlements: Entitlements
  /** By the fingerprint of the secret, the one that was used longest ago first. */
  readonly #owners = new Map<string, Owner>()

  constructor(ports: { storage: Storage; credentials: ScimCredentials; digests: SecretDigests; entitlements: Entitlements }) {
    this.#storage = ports.storage
    this.#credentials = ports.credentials
    this.#digests = ports.digests
    this.#entitlements = ports.entitlements
  }

  /**
   * `presented` is what stood behind `Bearer`. Whoever is answered with a caller has the secret of a token of theirs; that the token may be used now is known
   * when the caller's admission was asked, or when `settle` has resolved.
   */
  async execute(presented: string): Promise<Result<AuthenticatedCaller, AuthenticateScimTokenRefusal>> {
    const fingerprint = this.#digests.fingerprint(presented)
    const owner = this.#owners.get(fingerprint)
    if (owner) return ok(this.#caller(fingerprint, owner, await this.#entitlements.licensed()))

    const publicId = scimTokenPublicId(presented)
    if (publicId === undefined) return refuse(unknown)
    const licensed = await this.#entitlements.licensed()
    const credential = await this.#credentials.find(publicId)
    if (!credential || !this.#digests.matches(presented, credential.digest)) return refuse(unknown)
    const { organization, token } = credential
    const caller = this.#caller(fingerprint, { organization: organization.id, token: token.id, mode: token.mode }, licensed)
    try {
      caller.admission.decide(credential)
    } catch (error) {
      if (error instanceof NotAdmitted) return refuse(error.refusal as AuthenticateScimTokenRefusal)
      throw error
    }
    return ok(caller)
  }

  /**
   * To be waited for before anything is answered, whatever became of the request: throws `NotAdmitted` with the refusal where the caller may not come in. `address` is
   * the client's, to show an administrator where a token is used.
   */
  async settle({ organization, token, admission }: AuthenticatedCaller, address: string): Promise<void> {
    if (!admission.credential) await this.#storage.glance(organization.id, ({ scimTokens }) => admission.ask(scimTokens))
    const { credential } = admission
    if (credential && isUseWorthNoting(credential.token, credential.now)) await this.#credentials.noteUse(organization.id, token, address)
  }

  #caller(fingerprint: string, owner: Owner, licensed: Licensed): AuthenticatedCaller {
    const { organization, token, mode } = owner
    const admission = new TokenAdmission(token, (credential) => {
      const judged = judge(credential, licensed)
      this.#owners.delete(fingerprint)
      // Who is refused is asked whose token it is again, before anything else: what they send counts for nobody's rate.
      if (!judged.ok) throw new NotAdmitted(judged.error)
      this.#remember(fingerprint, owner)
      return judged.value
    })
    return { organization: { id: organization }, token, mode, admission }
  }

  #remember(fingerprint: string, owner: Owner): void {
    this.#owners.set(fingerprint, owner)
    const [longestAgo] = this.#owners.keys()
    if (this.#owners.size > ownersMax && longestAgo !== undefined) this.#owners.delete(longestAgo)
  }
}

function judge(credential: ScimCredential | undefined, licensed: Licensed): Result<Admitted, AuthenticateScimTokenRefusal> {
  if (!credential) return refuse(unknown)
  const { organization, token, now } = credential
  const state = scimTokenState(token, now)
  const known = { organization: organization.id, token: token.id, state }
  if (state !== 'usable') return refuse({ kind: 'not-authenticated', known })
  if (token.frozenAt !== null) return refuse({ kind: 'token-frozen', known })
  if (!organization.scimEnabled) return refuse({ kind: 'scim-disabled', known })
  return ok({ organization, isEntitled: licensed('scim', now), now })
}
