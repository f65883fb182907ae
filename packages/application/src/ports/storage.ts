import type { Instant, OrganizationId } from '@latchkey/domain'
import type { ActivityStore } from './activity-store.ts'
import type { ApiTokenStore } from './api-token-store.ts'
import type { AuditLog, AuditTrail } from './audit-trail.ts'
import type { DirectoryStore } from './directory-store.ts'
import type { GroupKeyStore } from './group-key-store.ts'
import type { GroupStore } from './group-store.ts'
import type { KeyLog, KeyStore, WrongProofStore } from './key-store.ts'
import type { MailLog, Outbox } from './outbox.ts'
import type { MembershipStore } from './membership-store.ts'
import type { OrganizationStore, OwnerLinkStore } from './organization-store.ts'
import type { RoleMappingStore } from './role-mapping-store.ts'
import type { ScimTokenStore } from './scim-token-store.ts'
import type { SessionStore } from './session-store.ts'
import type { SsoStore } from './sso-store.ts'
import type { UserStore } from './user-store.ts'

/** The database, as a use case sees it: one organisation, and the stores inside it. A store that is not bound to one cannot be obtained. */
export interface Storage {
  /** Reads only. All of them see one moment, and every write that was acknowledged before it. */
  read<T>(organization: OrganizationId, work: (stores: ReadStores) => Promise<T>): Promise<T>

  /** Reads one thing, as cheaply as that can be: like `read`, for work that asks all it asks at once. A question after an answer throws. */
  glance<T>(organization: OrganizationId, work: (stores: GlanceStores) => Promise<T>): Promise<T>

  /**
   * One transaction. It is durable when the promise resolves, and leaves nothing when `work` throws. `work` may be run again after a
   * conflict with another transaction, so it does nothing outside the stores. What `ask` asks goes out with the beginning of the transaction, in one round
   * trip, and its answer is there when `work` begins.
   */
  transaction<T, Asked = void>(
    organization: OrganizationId,
    work: (stores: Stores, asked: Asked) => Promise<T>,
    ask?: (stores: FirstStores) => Promise<Asked>,
  ): Promise<T>

  /**
   * One transaction, as cheap as it can be, for a change of what two seldom change at once. `see` asks all it asks at once; `write` asks nothing, and all it writes goes
   * out together. Who is locked is not: if they changed before the write, nothing of it is kept, and both are run again, with locks that hold. What `see` is told may be what is
   * remembered; then the transaction makes sure of it before it writes. Where that is not so, or nothing is written, or either of them throws, both are run again with
   * what the database says. So they may be run several times, and what the last run was told is so.
   */
  revise<T, Seen>(
    organization: OrganizationId,
    see: (stores: SeenStores) => Promise<Seen>,
    write: (stores: WriteStores, seen: Seen) => Promise<T>,
  ): Promise<T>
}

/** What can be asked before the transaction knows the time. */
export interface FirstStores extends SeenStores {
  readonly users: SeenStores['users'] & Pick<UserStore, 'lockLive'>
  readonly memberships: Pick<MembershipStore, 'standing' | 'groupsOf' | 'live' | 'add' | 'remove' | 'removeOthers' | 'matching'>
}

/** What a revision can rest on. */
export interface SeenStores {
  readonly users: Pick<UserStore, 'lock'>
  readonly groups: Pick<GroupStore, 'lock'>
  readonly memberships: Pick<MembershipStore, 'standing'>
  readonly scimTokens: Pick<ScimTokenStore, 'credential'>
}

/** What a revision can write. `lockLive` answers that all are live; if one is not, or who joins is not, the revision is run again with real answers. */
export interface WriteStores {
  readonly now: Instant
  readonly users: Pick<UserStore, 'insert' | 'save' | 'lockLive' | 'around'>
  readonly groups: Pick<GroupStore, 'save'>
  readonly memberships: Pick<MembershipStore, 'join' | 'leave'>
  readonly sessions: { end(...asked: Parameters<SessionStore['end']>): Promise<unknown> }
  readonly audit: AuditLog
  readonly activity: Pick<ActivityStore, 'append'>
  readonly outbox: Outbox
}

export interface Stores {
  /** The database's time when the transaction began to work. */
  readonly now: Instant
  readonly organization: OrganizationStore
  readonly users: UserStore
  readonly groups: GroupStore
  readonly memberships: MembershipStore
  readonly directory: DirectoryStore
  readonly scimTokens: ScimTokenStore
  readonly apiTokens: ApiTokenStore
  readonly ownerLinks: OwnerLinkStore
  readonly sessions: SessionStore
  readonly sso: SsoStore
  readonly keys: KeyStore
  readonly groupKeys: GroupKeyStore
  readonly keyLog: KeyLog
  readonly wrongProofs: WrongProofStore
  readonly audit: AuditLog
  readonly auditTrail: AuditTrail
  readonly activity: ActivityStore
  readonly roleMappings: RoleMappingStore
  readonly outbox: Outbox
  readonly mailLog: MailLog
}

/** What can be asked in one go. A list of more than one type is more than one question. */
export type GlanceStores = Pick<ReadStores, 'directory'> & {
  readonly scimTokens: Pick<ScimTokenStore, 'credential'>
  readonly users: Pick<UserStore, 'get'>
  readonly groups: Pick<GroupStore, 'get' | 'text'>
}

/** What may be asked without a transaction of one's own. */
export interface ReadStores {
  readonly now: Instant
  readonly organization: Pick<OrganizationStore, 'get'>
  readonly users: Pick<UserStore, 'get' | 'brief' | 'byName' | 'byAddress' | 'all' | 'resetsDue' | 'deleted'>
  readonly groups: Pick<GroupStore, 'get' | 'text' | 'portion' | 'deleted'>
  readonly directory: DirectoryStore
  readonly scimTokens: Pick<ScimTokenStore, 'list' | 'credential'>
  readonly apiTokens: Pick<ApiTokenStore, 'list'>
  readonly sessions: Pick<SessionStore, 'list'>
  readonly sso: Pick<SsoStore, 'connection'>
  readonly keys: Pick<KeyStore, 'note' | 'lastRetired'>
  readonly groupKeys: Pick<GroupKeyStore, 'summary' | 'members' | 'page' | 'waitingFor' | 'overdue' | 'effectiveGrants'>
  readonly keyLog: Pick<KeyLog, 'page' | 'ofUser'>
  readonly auditTrail: Pick<AuditTrail, 'chain' | 'sealed' | 'list'>
  readonly roleMappings: Pick<RoleMappingStore, 'list' | 'rolesOf' | 'holders'>
  readonly activity: Pick<ActivityStore, 'list' | 'counts' | 'firsts'>
  readonly mailLog: Pick<MailLog, 'wasSent' | 'sentSince'>
}

/** Thrown by a store's write, or at the latest by its transaction, when another live resource has the name. The transaction is lost; nothing of it stays. */
export class UniqueNameTaken extends Error {
  readonly attribute: UniqueAttribute

  constructor(attribute: UniqueAttribute) {
    super(`${attribute} is taken`)
    this.name = 'UniqueNameTaken'
    this.attribute = attribute
  }
}

export type UniqueAttribute = 'userName' | 'externalId' | 'displayName' | 'slug'
