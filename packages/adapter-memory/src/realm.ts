import type {
  Actor,
  ApiToken,
  ApiTokenId,
  AuditEvent,
  GrantedRole,
  GroupId,
  Instant,
  KeyLogEntry,
  Organization,
  OrganizationId,
  ScimToken,
  ScimTokenId,
  SealedRecord,
  Session,
  SessionId,
  SsoConnection,
  UserId,
} from '@latchkey/domain'
import type {
  Activity,
  AuditChain,
  GroupRecord,
  Locations,
  NewGrant,
  OutgoingMail,
  PersonalFields,
  ProofDigests,
  RequestCount,
  RosterMember,
  SecretDigest,
  SignInAttempt,
  StoredEpoch,
  StoredGroupNote,
  UniqueAttribute,
  UniqueNameTaken,
  UserRecord,
} from '@latchkey/application'
import { Table } from './table.ts'

export interface UserRow {
  readonly record: UserRecord
  readonly nameKey: string
  readonly deletedAt: Instant | null
}

export interface GroupRow {
  readonly record: GroupRecord
  readonly nameKey: string
  /** Null while it is live. */
  readonly deletedAt: Instant | null
}

/** One membership; a position is never used again. */
export interface MembershipRow {
  readonly position: number
  readonly since: Instant
}

export interface EpochRow {
  readonly group: GroupId
  readonly epoch: StoredEpoch
  readonly roster: readonly RosterMember[]
}

export interface GrantRow {
  readonly group: GroupId
  readonly epoch: number
  readonly grant: NewGrant
  /** The position of the membership for which it was made. */
  readonly membership: number
  readonly at: Instant
  readonly withheldSince: Instant | null
  readonly isDestroyed: boolean
}

export interface TokenRow {
  readonly token: ScimToken
  readonly digest: SecretDigest
}

export interface ApiTokenRow {
  readonly token: ApiToken
  readonly digest: SecretDigest
}

export interface OwnerLinkRow {
  readonly user: UserId
  readonly digest: SecretDigest
  readonly expiresAt: Instant
}

export interface SessionRow {
  readonly session: Session
  readonly digest: SecretDigest
}

/** An event of the audit log, with the time of its transaction. */
export interface RecordedEvent {
  readonly at: Instant
  readonly actor: Actor
  readonly event: AuditEvent
}

export interface EventRow {
  readonly recorded: RecordedEvent
  /** In the clear until the event is sealed. */
  readonly personal: PersonalFields | null
  readonly sealed: SealedRecord | null
}

/** Everything of one organisation. Users and groups that were deleted stay: their ids are never used again. */
export interface Realm {
  /** One row, or none before the organisation is made. */
  readonly organization: Table<OrganizationId, Organization>
  readonly users: Table<UserId, UserRow>
  readonly groups: Table<GroupId, GroupRow>
  /** The members of each group in the order in which they joined. */
  readonly members: Table<GroupId, ReadonlyMap<UserId, MembershipRow>>
  /** The last one that was used. */
  readonly positions: Table<'position', number>
  /** By group and number. */
  readonly groupEpochs: Table<string, EpochRow>
  readonly keyGrants: Table<number, GrantRow>
  readonly groupNotes: Table<GroupId, StoredGroupNote>
  readonly tokens: Table<ScimTokenId, TokenRow>
  readonly apiTokens: Table<ApiTokenId, ApiTokenRow>
  readonly ownerLinks: Table<UserId, OwnerLinkRow>
  readonly sessions: Table<SessionId, SessionRow>
  readonly ssoConnections: Table<OrganizationId, SsoConnection>
  readonly signInAttempts: Table<string, SignInAttempt>
  readonly seenAssertions: Table<string, Instant>
  readonly signInPlaces: Table<UserId, ReadonlySet<string>>
  readonly proofs: Table<UserId, ProofDigests>
  /** When the last key of each person was retired. */
  readonly retiredKeys: Table<UserId, Instant>
  readonly notes: Table<UserId, string>
  readonly keyLog: Table<number, KeyLogEntry>
  readonly wrongProofs: Table<number, { readonly user: UserId; readonly source: string; readonly at: Instant }>
  readonly events: Table<number, EventRow>
  /** One row, or none before the first event is sealed. */
  readonly chain: Table<'chain', AuditChain>
  readonly personalKeys: Table<UserId, string | null>
  readonly roleMappings: Table<GroupId, GrantedRole>
  readonly activity: Table<number, Activity>
  readonly requestCounts: Table<string, RequestCount>
  readonly queuedMails: Table<string, OutgoingMail>
  readonly sentMails: Table<string, { readonly toKey: string; readonly at: Instant }>
}

export function emptyRealm(): Realm {
  return {
    organization: new Table(),
    users: new Table(),
    groups: new Table(),
    members: new Table(),
    positions: new Table(),
    groupEpochs: new Table(),
    keyGrants: new Table(),
    groupNotes: new Table(),
    tokens: new Table(),
    apiTokens: new Table(),
    ownerLinks: new Table(),
    sessions: new Table(),
    ssoConnections: new Table(),
    signInAttempts: new Table(),
    seenAssertions: new Table(),
    signInPlaces: new Table(),
    proofs: new Table(),
    retiredKeys: new Table(),
    notes: new Table(),
    keyLog: new Table(),
    wrongProofs: new Table(),
    events: new Table(),
    chain: new Table(),
    personalKeys: new Table(),
    roleMappings: new Table(),
    activity: new Table(),
    requestCounts: new Table(),
    queuedMails: new Table(),
    sentMails: new Table(),
  }
}

/** A copy that can be written without anybody seeing it, at the cost of the tables that are written. */
export function forkRealm(realm: Realm): Realm {
  return {
    organization: realm.organization.fork(),
    users: realm.users.fork(),
    groups: realm.groups.fork(),
    members: realm.members.fork(),
    positions: realm.positions.fork(),
    groupEpochs: realm.groupEpochs.fork(),
    keyGrants: realm.keyGrants.fork(),
    groupNotes: realm.groupNotes.fork(),
    tokens: realm.tokens.fork(),
    apiTokens: realm.apiTokens.fork(),
    ownerLinks: realm.ownerLinks.fork(),
    sessions: realm.sessions.fork(),
    ssoConnections: realm.ssoConnections.fork(),
    signInAttempts: realm.signInAttempts.fork(),
    seenAssertions: realm.seenAssertions.fork(),
    signInPlaces: realm.signInPlaces.fork(),
    proofs: realm.proofs.fork(),
    retiredKeys: realm.retiredKeys.fork(),
    notes: realm.notes.fork(),
    keyLog: realm.keyLog.fork(),
    wrongProofs: realm.wrongProofs.fork(),
    events: realm.events.fork(),
    chain: realm.chain.fork(),
    personalKeys: realm.personalKeys.fork(),
    roleMappings: realm.roleMappings.fork(),
    activity: realm.activity.fork(),
    requestCounts: realm.requestCounts.fork(),
    queuedMails: realm.queuedMails.fork(),
    sentMails: realm.sentMails.fork(),
  }
}

/** What a store is bound to for one transaction. */
export interface Scope {
  readonly organization: OrganizationId
  readonly realm: Realm
  readonly now: Instant
  readonly locations: Locations
  /** What to throw where a name is taken: the transaction is lost from then on, whoever catches it. */
  readonly taken: (attribute: UniqueAttribute) => UniqueNameTaken
}
