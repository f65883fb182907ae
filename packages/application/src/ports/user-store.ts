import type { ConnectionId, GroupId, Instant, User, UserId, UserStatus } from '@latchkey/domain'
import type { Resource } from '@latchkey/scim'

/** A user as it is stored. */
export interface UserRecord {
  readonly user: User
  /** What SCIM knows of the person and no rule decides on: the resource without `userName`, `externalId` and `active`. */
  readonly attributes: Resource
  /** The same as JSON, from whoever has it so: an answer shows it without taking it apart. */
  readonly attributesJson?: string
  /** Counts the changes of what SCIM may write; becomes the ETag. Starts at 1. */
  readonly version: number
  readonly createdAt: Instant
  readonly lastModifiedAt: Instant
}

/** A user with what others say of them: all that a representation shows. */
export interface UserView extends Surroundings {
  readonly record: UserRecord
}

export interface Surroundings {
  /** In order of name; empty where groups were not wanted. */
  readonly groups: readonly { readonly id: GroupId; readonly displayName: string }[]
  /** The live user of this organisation whose id is the enterprise extension's `manager.value`. */
  readonly manager: { readonly id: UserId; readonly displayName: string | null } | null
}

export interface DeletedUser {
  readonly record: UserRecord
  readonly deletedAt: Instant
}

export interface UserStore {
  /** A live user; deleted and foreign ones are unknown. */
  get(id: UserId, wants: { readonly groups: boolean }): Promise<UserView | undefined>

  /** A live user, who stays as answered until the transaction ends. */
  lock(id: UserId): Promise<UserRecord | undefined>

  /** What others say of a live user. Within a revision it is told when that is committed, and not to be waited for before. */
  around(id: UserId, wants: { readonly groups: boolean }): Promise<Surroundings | undefined>

  /** Version 1, both times now. Throws `UniqueNameTaken`. */
  insert(user: User, attributes: Resource): Promise<UserRecord>

  /** The next version of a locked user; `lastModifiedAt` is later than before. Throws `UniqueNameTaken`. A user saved as deleted is live no more, and its names are free. */
  save(before: UserRecord, user: User, attributes: Resource): Promise<UserRecord>

  /**
   * Link and key of a locked user. Neither the version nor `lastModifiedAt` moves: they belong to what SCIM writes, and a provider that reads a
   * new version would fetch, compare and "repair" what is not its own.
   */
  saveLinkAndKey(before: UserRecord, user: Pick<User, 'identityLink' | 'encryptionKey'>): Promise<UserRecord>

  /** A role of a locked user's own. As with link and key, neither the version nor `lastModifiedAt` moves: SCIM does not show it. */
  saveRole(before: UserRecord, role: User['role']): Promise<UserRecord>

  /** Those of `ids` who are live. None of them can be deleted before the transaction ends. */
  lockLive(ids: readonly UserId[]): Promise<ReadonlySet<UserId>>

  /** The live user with this name, in whatever spelling. */
  byName(userName: string): Promise<UserRecord | undefined>

  /** The live user with this `externalId`. */
  byExternalId(externalId: string): Promise<UserRecord | undefined>

  /** Enabled users who are called so, or have it among their e-mails; at most 5. */
  byAddress(address: string): Promise<readonly UserRecord[]>

  /** The live user whom a verified sign-in showed to be this subject. */
  byLink(connection: ConnectionId, subject: string): Promise<UserId | undefined>

  /** In the order of their creation. */
  owners(): Promise<readonly UserRecord[]>

  /** Live users whose requested key reset has a time that has come. */
  resetsDue(now: Instant): Promise<readonly UserId[]>

  /** A user who was deleted and can be restored, who stays as answered until the transaction ends. */
  lockDeleted(id: UserId): Promise<DeletedUser | undefined>

  /** Users who were deleted and not erased yet, the latest first; at most 500. */
  deleted(): Promise<readonly DeletedUser[]>

  /** Users who were deleted before a moment. */
  deletedBefore(moment: Instant, limit: number): Promise<readonly UserId[]>

  /** Destroys a deleted user with everything that is theirs alone. */
  erase(id: UserId): Promise<void>

  /** What those of `ids` who are live are called, and their own role. */
  brief(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, Pick<User, 'userName' | 'role'>>>

  /** Live users in the order of their creation, for lists of an operator. */
  all(status: UserStatus | null): Promise<readonly User[]>
}
