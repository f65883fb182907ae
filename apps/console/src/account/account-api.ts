import type { KeyChallenge, KeyLogEntry, KeyRegistration, ReleasedKeys, ReplacedKeys, SignedStatement } from '@latchkey/client-crypto'
import { ApiProblem, JsonApi } from '../http/json-api.ts'

/** Who is signed in, as `GET /api/v1/account/session` tells it. Times are ISO 8601 UTC. */
export interface AccountSession {
  readonly csrfToken: string
  readonly organization: { readonly id: string; readonly slug: string; readonly name: string }
  readonly user: { readonly id: string; readonly userName: string; readonly displayName: string | null; readonly role: string }
  readonly via: 'sso' | 'owner-link' | 'owner-proof'
  readonly freshUntil: string
  readonly status: 'pending-encryption-key' | 'active' | 'deactivated' | 'deleted'
  readonly encryptionKey:
    | null
    | (SignedStatement & { readonly version: number; readonly fingerprint: string; readonly registeredAt: string })
  readonly resetRequest: ResetRequest | null
}

export interface ResetRequest {
  readonly requestedAt: string
  readonly effectiveAt: string
}

export interface SignedInPlace {
  readonly id: string
  readonly current: boolean
  readonly createdAt: string
  readonly lastUsedAt: string
  readonly address: string | null
  readonly userAgent: string | null
  readonly via: AccountSession['via']
}

export interface KnownOrganization {
  readonly slug: string
  readonly name: string
  readonly sso: 'oidc' | 'saml' | null
}

export interface DerivationParameters {
  readonly profile: string
  readonly salt: string
}

/** The account API, one method for each request. */
export class AccountApi {
  readonly #api = new JsonApi('/api/v1/account')

  /** Null when nobody is signed in. */
  async session(): Promise<AccountSession | null> {
    try {
      return await this.#api.request<AccountSession>('GET', '/session')
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  }

  organization = (slug: string) => this.#api.request<KnownOrganization>('GET', `/organizations/${encodeURIComponent(slug)}`)
  mailSignInLinks = (address: string) => this.#api.request<void>('POST', '/find-organization', { address })
  signOut = () => this.#api.request<void>('POST', '/sign-out', {})

  sessions = async () => (await this.#api.request<{ sessions: readonly SignedInPlace[] }>('GET', '/sessions')).sessions
  endSession = (id: string) => this.#api.request<void>('DELETE', `/sessions/${encodeURIComponent(id)}`)
  endOtherSessions = () => this.#api.request<void>('POST', '/sessions/end-others', {})

  challenge = () => this.#api.request<KeyChallenge>('POST', '/encryption-key/challenge', {})
  register = (registration: KeyRegistration) =>
    this.#api.request<SignedStatement & { readonly fingerprint: string }>('POST', '/encryption-key', registration)
  unlockParameters = () => this.#api.request<DerivationParameters>('GET', '/unlock-parameters')
  unlock = (unlockProof: string) => this.#api.request<ReleasedKeys>('POST', '/unlock', { unlockProof })
  recover = (recoveryProof: string) => this.#api.request<ReleasedKeys>('POST', '/recover', { recoveryProof })
  replaceProtectedKeys = (body: ReplacedKeys) => this.#api.request<void>('PUT', '/protected-keys', body)
  requestReset = () => this.#api.request<ResetRequest>('POST', '/key-reset', {})
  cancelReset = () => this.#api.request<void>('DELETE', '/key-reset')

  note = async () => (await this.#api.request<{ sealed: string | null }>('GET', '/note')).sealed
  saveNote = (sealed: string) => this.#api.request<void>('PUT', '/note', { sealed })

  /** Entries after a sequence number, at most 500 of them. */
  keyLog = async (after: number) => (await this.#api.request<{ entries: readonly KeyLogEntry[] }>('GET', `/key-log?after=${after}`)).entries

  openOwnerLink = (secret: string) => this.#api.request<void>('POST', '/owner-link', { secret })
  ownerParameters = (organization: string, userName: string) =>
    this.#api.request<DerivationParameters>('POST', '/owner/parameters', { organization, userName })
  ownerSignIn = (organization: string, userName: string, unlockProof: string) =>
    this.#api.request<ReleasedKeys>('POST', '/owner/sign-in', { organization, userName, unlockProof })
}
