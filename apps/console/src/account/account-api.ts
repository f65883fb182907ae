import type { KeyChallenge, KeyLogEntry, KeyRegistration, ReleasedKeys, ReplacedKeys, SignedStatement } from '@latchkey/client-crypto'

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

/** An answer that is no success (RFC 9457). The message says what to do. */
export class ApiProblem extends Error {
  /** 0 where there was no answer at all. */
  readonly status: number
  readonly code: string
  /** Wrong proofs that are left before the account waits; null for other problems. */
  readonly attemptsLeft: number | null

  constructor(status: number, code: string, detail: string, attemptsLeft: number | null = null) {
    super(detail)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.attemptsLeft = attemptsLeft
  }
}

/** The account API, one method for each request. Rejects with an `ApiProblem` and nothing else. */
export class AccountApi {
  #csrfToken: string | null = null

  /** Null when nobody is signed in. */
  async session(): Promise<AccountSession | null> {
    try {
      return await this.#request<AccountSession>('GET', '/session')
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  }

  organization = (slug: string) => this.#request<KnownOrganization>('GET', `/organizations/${encodeURIComponent(slug)}`)
  mailSignInLinks = (address: string) => this.#request<void>('POST', '/find-organization', { address })
  signOut = () => this.#request<void>('POST', '/sign-out', {})

  sessions = async () => (await this.#request<{ sessions: readonly SignedInPlace[] }>('GET', '/sessions')).sessions
  endSession = (id: string) => this.#request<void>('DELETE', `/sessions/${encodeURIComponent(id)}`)
  endOtherSessions = () => this.#request<void>('POST', '/sessions/end-others', {})

  challenge = () => this.#request<KeyChallenge>('POST', '/encryption-key/challenge', {})
  register = (registration: KeyRegistration) =>
    this.#request<SignedStatement & { readonly fingerprint: string }>('POST', '/encryption-key', registration)
  unlockParameters = () => this.#request<DerivationParameters>('GET', '/unlock-parameters')
  unlock = (unlockProof: string) => this.#request<ReleasedKeys>('POST', '/unlock', { unlockProof })
  recover = (recoveryProof: string) => this.#request<ReleasedKeys>('POST', '/recover', { recoveryProof })
  replaceProtectedKeys = (body: ReplacedKeys) => this.#request<void>('PUT', '/protected-keys', body)
  requestReset = () => this.#request<ResetRequest>('POST', '/key-reset', {})
  cancelReset = () => this.#request<void>('DELETE', '/key-reset')

  note = async () => (await this.#request<{ sealed: string | null }>('GET', '/note')).sealed
  saveNote = (sealed: string) => this.#request<void>('PUT', '/note', { sealed })

  /** Entries after a sequence number, at most 500 of them. */
  keyLog = async (after: number) => (await this.#request<{ entries: readonly KeyLogEntry[] }>('GET', `/key-log?after=${after}`)).entries

  openOwnerLink = (secret: string) => this.#request<void>('POST', '/owner-link', { secret })
  ownerParameters = (organization: string, userName: string) =>
    this.#request<DerivationParameters>('POST', '/owner/parameters', { organization, userName })
  ownerSignIn = (organization: string, userName: string, unlockProof: string) =>
    this.#request<ReleasedKeys>('POST', '/owner/sign-in', { organization, userName, unlockProof })

  async #request<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    let response: Response
    try {
      response = await fetch(`/api/v1/account${path}`, {
        method,
        headers: {
          Accept: 'application/json',
          ...(body ? { 'Content-Type': 'application/json' } : {}),
          ...(this.#csrfToken === null ? {} : { 'X-CSRF-Token': this.#csrfToken }),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    } catch {
      throw new ApiProblem(0, 'unreachable', 'The server could not be reached. Nothing was changed. Check your connection and try again.')
    }
    const answer = await json(response)
    if (!response.ok) throw problemOf(response.status, answer)
    // Every answer that begins or renews a session brings the token that its requests must carry (WEB-3).
    if (typeof answer['csrfToken'] === 'string') this.#csrfToken = answer['csrfToken']
    return answer as Answer
  }
}

async function json(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    throw new ApiProblem(
      response.status,
      'no-answer',
      'The server did not answer as Latchkey does. Try again; if it stays so, tell your administrator.',
    )
  }
}

function problemOf(status: number, { code, detail, attemptsLeft }: Record<string, unknown>): ApiProblem {
  return new ApiProblem(
    status,
    typeof code === 'string' ? code : 'unknown',
    typeof detail === 'string'
      ? detail
      : 'The server refused this and did not say why. Try again; if it stays so, tell your administrator.',
    typeof attemptsLeft === 'number' ? attemptsLeft : null,
  )
}
