import type {
  GroupNote,
  KeyChallenge,
  KeyLogEntry,
  KeyRegistration,
  ReleasedKeys,
  ReplacedKeys,
  SealedGrant,
  ShownGroupKey,
  SignedEpoch,
  SignedStatement,
} from '@latchkey/client-crypto'
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

/** A group of the person's, and what its key is at this moment. */
export interface OwnGroup {
  readonly id: string
  readonly displayName: string
  readonly key: {
    readonly state: 'unkeyed' | 'keyed' | 'rotation-due' | 'orphaned'
    readonly epoch: number | null
    readonly maker: string | null
    readonly madeAt: string | null
    /** How many can open it. */
    readonly holders: number
    readonly waiting: number
    readonly reasons: readonly {
      readonly userId: string
      readonly userName: string | null
      readonly how: 'removed' | 'deleted' | 'returned'
    }[]
  }
  readonly status: 'deactivated' | 'pending-encryption-key' | 'pending-key-grant' | 'active'
}

export interface GroupMember {
  readonly userId: string
  readonly userName: string
  readonly displayName: string | null
  readonly position: number
  readonly since: string
  readonly isEnabled: boolean
  readonly key: { readonly version: number; readonly fingerprint: string; readonly registeredAt: string } | null
  readonly grant: {
    readonly issuer: string
    readonly approval: 'by-hand' | 'automatic' | 'carried-over'
    readonly at: string
    readonly isBeforeReturn: boolean
  } | null
  /** Why they wait, if they do. */
  readonly because: 'new' | 'returned' | 'reset' | 'carried-over'
}

export interface WaitingMember {
  readonly group: { readonly id: string; readonly displayName: string }
  readonly epoch: number
  readonly member: GroupMember
  readonly since: string
}

export interface GroupNoteAnswer extends GroupNote {
  readonly version: number
}

/** The account API, one method for each request. */
export class AccountApi {
  readonly #api: Pick<JsonApi, 'request'>

  constructor(api: Pick<JsonApi, 'request'> = new JsonApi('/api/v1/account')) {
    this.#api = api
  }

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

  groups = async () => (await this.#api.request<{ groups: readonly OwnGroup[] }>('GET', '/groups')).groups
  group = (id: string) => this.#api.request<OwnGroup>('GET', `/groups/${id}`)
  /** Behind a position, in the order in which they joined. */
  groupMembers = async (id: string, which: 'all' | 'holding' | 'waiting', after: number, limit: number) => {
    const path = `/groups/${id}/members?which=${which}&after=${after}&limit=${limit}`
    return (await this.#api.request<{ members: readonly GroupMember[] }>('GET', path)).members
  }
  /** Every epoch from a number on, and the person's own grant of the newest. */
  groupKey = (id: string, from: number) => this.#api.request<ShownGroupKey>('GET', `/groups/${id}/key?from=${from}`)
  makeEpoch = (
    id: string,
    body: {
      readonly expectedEpoch: number
      readonly epoch: SignedEpoch
      readonly grant: SealedGrant
      readonly note: { readonly sealed: string; readonly expectedVersion: number } | null
    },
  ) => this.#api.request<{ readonly epoch: number }>('POST', `/groups/${id}/epochs`, body)
  grantGroupKey = (id: string, body: { readonly expectedEpoch: number; readonly grants: readonly SealedGrant[] }) =>
    this.#api.request<{ readonly granted: number; readonly held: number }>('POST', `/groups/${id}/grants`, body)
  requestGroupKey = (id: string) => this.#api.request<void>('POST', `/groups/${id}/requests`, {})
  groupNote = async (id: string) => (await this.#api.request<{ note: GroupNoteAnswer | null }>('GET', `/groups/${id}/note`)).note
  saveGroupNote = async (id: string, body: GroupNote & { readonly expectedVersion: number }) =>
    (await this.#api.request<{ version: number }>('PUT', `/groups/${id}/note`, body)).version
  grantQueue = () =>
    this.#api.request<{
      readonly waiting: readonly WaitingMember[]
      readonly automatic: { readonly isOn: boolean; readonly left: number }
    }>('GET', '/grant-queue')

  openOwnerLink = (secret: string) => this.#api.request<void>('POST', '/owner-link', { secret })
  ownerParameters = (organization: string, userName: string) =>
    this.#api.request<DerivationParameters>('POST', '/owner/parameters', { organization, userName })
  ownerSignIn = (organization: string, userName: string, unlockProof: string) =>
    this.#api.request<ReleasedKeys>('POST', '/owner/sign-in', { organization, userName, unlockProof })
}
