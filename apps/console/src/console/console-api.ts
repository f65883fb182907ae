import { ApiProblem, JsonApi } from '../http/json-api.ts'

export type Role = 'member' | 'auditor' | 'admin' | 'owner'
export type GrantedRole = Exclude<Role, 'owner'>
export type Status = 'pending-encryption-key' | 'pending-key-grant' | 'active' | 'deactivated' | 'deleted'

export interface Settings {
  readonly auditRetentionDays: number
  readonly activityRetentionDays: number
  readonly setUpMail: boolean
  readonly defaultRole: 'member' | 'auditor'
  readonly automaticGranting: boolean
  readonly automaticGrantsPerHour: number
}

export interface Organization {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly scimEnabled: boolean
  readonly scimUrl: string
  readonly settings: Settings
}

export interface Me {
  readonly role: Role
  readonly organization: Organization
}

export interface Licence {
  readonly plan: string
  readonly entitlements: readonly string[]
  readonly expiresAt: string
  readonly state: 'evaluation' | 'evaluation-over' | 'licensed' | 'not-started' | 'expired'
}

export interface ConnectionHealth {
  readonly id: string
  readonly description: string
  readonly prefix: string
  readonly state: 'usable' | 'frozen' | 'revoked' | 'expired'
  readonly expiresAt: string | null
  readonly lastRequestAt: string | null
  readonly requests: number
  readonly failures: number
  readonly slowestMs: number | null
}

export interface Overview {
  readonly members: Readonly<Record<'pending-encryption-key' | 'active' | 'deactivated', number>>
  readonly pendingSince: string | null
  readonly groups: number
  readonly connections: readonly ConnectionHealth[]
  readonly licence: Licence
}

export interface Actor {
  readonly kind: string
  readonly id?: string
  /** What they are called now; null for who has no name. */
  readonly name: string | null
}

export interface ScimToken {
  readonly id: string
  readonly description: string
  readonly prefix: string
  readonly mode: 'tolerant' | 'strict'
  readonly createdBy: Actor | null
  readonly createdAt: string
  readonly lastUsedAt: string | null
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  readonly frozenAt: string | null
}

/** A token that was just made; nothing shows its secret again. */
export interface IssuedScimToken extends ScimToken {
  readonly scimUrl: string
  readonly token: string
}

export interface Ticks {
  readonly tokenUsedAt: string | null
  readonly connectionTestedAt: string | null
  readonly firstUserAt: string | null
  readonly firstGroupAt: string | null
  readonly firstDeactivationAt: string | null
}

export interface Member {
  readonly id: string
  readonly userName: string
  readonly displayName: string | null
  readonly address: string | null
  readonly status: Status
  readonly managedBy: 'scim' | 'local'
  readonly role: Role
  readonly ownRole: Role | null
  readonly groups: readonly { readonly id: string; readonly displayName: string }[]
  readonly keyFingerprint: string | null
  readonly keyResetAt: string | null
  readonly pendingSince: string | null
  readonly createdAt: string
  readonly lastModifiedAt: string
}

export interface GroupKey {
  readonly state: 'unkeyed' | 'keyed' | 'rotation-due' | 'orphaned'
  readonly epoch: number | null
  readonly madeAt: string | null
  readonly holders: number
  readonly waiting: number
  readonly reasons: readonly {
    readonly userId: string
    readonly userName: string | null
    readonly how: 'removed' | 'deleted' | 'returned'
  }[]
}

export interface GroupKeyMember {
  readonly userId: string
  readonly userName: string
  readonly key: { readonly version: number; readonly fingerprint: string } | null
  readonly grant: { readonly approval: 'by-hand' | 'automatic' | 'carried-over'; readonly at: string } | null
  readonly because: 'new' | 'returned' | 'reset' | 'carried-over'
}

export interface WaitingMember {
  readonly group: { readonly id: string; readonly displayName: string }
  readonly member: GroupKeyMember
  readonly since: string
  /** How many can approve them. */
  readonly holders: number
}

export interface DeletedGroup {
  readonly id: string
  readonly displayName: string
  readonly deletedAt: string
  readonly erasedAt: string
}

export interface DeletedMember {
  readonly id: string
  readonly userName: string
  readonly deletedAt: string
  readonly erasedAt: string
}

export interface Group {
  readonly id: string
  readonly displayName: string
  readonly managedBy: 'scim' | 'local'
}

export interface RoleChange {
  readonly user: string
  readonly userName: string
  readonly before: Role
  readonly after: Role
}

export interface Activity {
  readonly id: number
  readonly at: string
  readonly requestId: string
  readonly token: string
  readonly provider: string | null
  readonly words: string
  readonly subject: string | null
  readonly outcome: 'changed' | 'failed'
  readonly status: number | null
  readonly reason: string | null
  readonly durationMs: number
  readonly body: unknown
}

export interface AuditEvent {
  readonly id: number
  readonly at: string
  readonly actor: Actor
  readonly event: { readonly kind: string; readonly [field: string]: unknown }
  readonly subject: string | null
  readonly told: Readonly<Record<string, string>> | null
  readonly seal: { readonly sequence: number; readonly hash: string } | null
}

export interface AuditVerdict {
  readonly events: number
  readonly head: string | null
  readonly firstBroken: { readonly sequence: number; readonly fault: string } | null
}

export type SsoWish = { readonly match: ClaimMatch } & (
  | { readonly kind: 'oidc'; readonly issuer: string; readonly clientId: string; readonly clientSecret?: string | null }
  | {
      readonly kind: 'saml'
      readonly entityId: string
      readonly signOnUrl: string
      readonly certificates: readonly string[]
      readonly allowsProviderInitiated: boolean
    }
)

export interface ClaimMatch {
  readonly claim: string
  readonly attribute: 'userName' | 'externalId'
}

export type SsoConnection = { readonly id: string; readonly match: ClaimMatch } & (
  | { readonly kind: 'oidc'; readonly issuer: string; readonly clientId: string; readonly hasClientSecret: boolean }
  | {
      readonly kind: 'saml'
      readonly entityId: string
      readonly signOnUrl: string
      readonly allowsProviderInitiated: boolean
      readonly certificates: readonly { readonly base64: string; readonly subject: string; readonly expiresAt: string }[]
    }
)

export interface SingleSignOn {
  readonly connection: SsoConnection | null
  /** What to copy to the provider. */
  readonly ours: {
    readonly signInUrl: string
    readonly oidc: { readonly redirectUri: string }
    readonly saml: { readonly entityId: string; readonly assertionConsumerUrl: string; readonly metadataUrl: string } | null
  }
}

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** What a list is looked through with; what is empty is not asked for. */
export type Wish = Readonly<Record<string, string | null | undefined>>

/** The admin API, one method for each request. */
export class ConsoleApi {
  readonly #api = new JsonApi('/api/v1')

  /** Null when nobody is signed in. Brings the token that later requests carry. */
  async session(): Promise<{ readonly user: { readonly id: string; readonly userName: string }; readonly status: Status } | null> {
    try {
      return await this.#api.request('GET', '/account/session')
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  }

  signOut = () => this.#api.request<void>('POST', '/account/sign-out', {})
  me = () => this.#api.request<Me>('GET', '/me')
  overview = () => this.#api.request<Overview>('GET', '/overview')
  ticks = (token: string | null) => this.#api.request<Ticks>('GET', `/provisioning/ticks${query({ token })}`)
  switchProvisioning = (enabled: boolean) => this.#api.request<Organization>('PUT', '/provisioning', { enabled })
  changeOrganization = (change: { readonly name?: string; readonly settings?: Partial<Settings> }) =>
    this.#api.request<Organization>('PATCH', '/organization', change)

  singleSignOn = () => this.#api.request<SingleSignOn>('GET', '/sso-connection')
  setSingleSignOn = (wish: SsoWish) => this.#api.request<SingleSignOn>('PUT', '/sso-connection', wish)
  testSingleSignOn = async () => (await this.#api.request<{ checks: readonly Check[] }>('POST', '/sso-connection/test', {})).checks

  tokens = async () => (await this.#api.request<{ tokens: readonly ScimToken[] }>('GET', '/scim-tokens')).tokens
  createToken = (wish: { readonly description: string; readonly ttlDays: number; readonly mode: ScimToken['mode'] }) =>
    this.#api.request<IssuedScimToken>('POST', '/scim-tokens', wish)
  rotateToken = (id: string, overlapHours: number) =>
    this.#api.request<IssuedScimToken>('POST', `/scim-tokens/${id}/rotate`, { overlapHours })
  endToken = (id: string, how: 'revoke' | 'freeze' | 'release') => this.#api.request<ScimToken>('POST', `/scim-tokens/${id}/${how}`, {})

  members = (wish: Wish) =>
    this.#api.request<{ total: number; members: readonly Member[]; nextCursor: string | null }>('GET', `/members${query(wish)}`)
  member = (id: string) => this.#api.request<Member>('GET', `/members/${encodeURIComponent(id)}`)
  invite = (wish: {
    readonly userName: string
    readonly email: string | null
    readonly displayName: string | null
    readonly role: GrantedRole | null
  }) => this.#api.request<Member>('POST', '/members', wish)
  /** One of the things that are done to a member and need nothing further. */
  actOn = (id: string, action: 'deactivate' | 'reactivate' | 'end-sessions' | 'resend-set-up-mail' | 'key-reset' | 'unlink') =>
    this.#api.request<void>('POST', `/members/${encodeURIComponent(id)}/${action}`, {})
  cancelKeyReset = (id: string) => this.#api.request<void>('DELETE', `/members/${encodeURIComponent(id)}/key-reset`)
  changeRole = (id: string, role: GrantedRole | null) => this.#api.request<void>('PUT', `/members/${encodeURIComponent(id)}/role`, { role })
  deletedMembers = async () => (await this.#api.request<{ members: readonly DeletedMember[] }>('GET', '/deleted-members')).members
  restoreMember = (id: string) => this.#api.request<void>('POST', `/deleted-members/${encodeURIComponent(id)}/restore`, {})

  groups = (wish: Wish) =>
    this.#api.request<{ total: number; groups: readonly Group[]; nextCursor: string | null }>('GET', `/groups${query(wish)}`)
  group = (id: string) => this.#api.request<Group>('GET', `/groups/${encodeURIComponent(id)}`)
  /** Who is in a group, and whether they can open its key, in the place of what the person may do elsewhere. */
  groupMembers = (id: string, wish: Wish) =>
    this.#api.request<{
      total: number
      members: readonly Pick<Member, 'id' | 'userName' | 'displayName' | 'status'>[]
      nextCursor: string | null
    }>('GET', `/groups/${encodeURIComponent(id)}/members${query(wish)}`)
  groupKey = (id: string) => this.#api.request<GroupKey>('GET', `/groups/${encodeURIComponent(id)}/key`)
  groupKeyMembers = (id: string, wish: Wish) =>
    this.#api.request<{ members: readonly GroupKeyMember[]; nextCursor: string | null }>(
      'GET',
      `/groups/${encodeURIComponent(id)}/key/members${query(wish)}`,
    )
  waiting = async () => (await this.#api.request<{ waiting: readonly WaitingMember[] }>('GET', '/waiting-for-key')).waiting
  deletedGroups = async () => (await this.#api.request<{ groups: readonly DeletedGroup[] }>('GET', '/deleted-groups')).groups
  restoreGroup = (id: string) => this.#api.request<void>('POST', `/deleted-groups/${encodeURIComponent(id)}/restore`, {})
  roleMappings = async () =>
    (await this.#api.request<{ mappings: readonly { readonly group: string; readonly role: GrantedRole }[] }>('GET', '/role-mappings'))
      .mappings
  mapRole = (group: string, role: GrantedRole | null) =>
    this.#api.request<void>('PUT', `/groups/${encodeURIComponent(group)}/role`, { role })
  previewRole = (group: string, role: GrantedRole | null) =>
    this.#api.request<{ total: number; changes: readonly RoleChange[] }>('POST', `/groups/${encodeURIComponent(group)}/role/preview`, {
      role,
    })

  activity = (wish: Wish) =>
    this.#api.request<{ activity: readonly Activity[]; nextCursor: string | null }>('GET', `/activity${query(wish)}`)
  auditEvents = (wish: Wish) =>
    this.#api.request<{ events: readonly AuditEvent[]; nextCursor: string | null }>('GET', `/audit-events${query(wish)}`)
  /** Where every event that the wish names can be downloaded as one file. */
  auditExport = (format: 'csv' | 'json', wish: Wish) => `/api/v1/audit-events/export${query({ ...wish, format })}`
  verifyAudit = () => this.#api.request<AuditVerdict>('POST', '/audit-events/verify', {})
}

function query(wish: Wish): string {
  const named = Object.entries(wish).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
  return named.length === 0 ? '' : `?${new URLSearchParams(named)}`
}
