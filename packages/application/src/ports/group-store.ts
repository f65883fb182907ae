import type { Group, GroupId, Instant, UserId } from '@latchkey/domain'
import type { Locations } from '../addresses.ts'

/** A group as it is stored, without its members. */
export interface GroupRecord {
  readonly group: Group
  /** Counts the changes of attributes and members; becomes the ETag. Starts at 1. */
  readonly version: number
  readonly createdAt: Instant
  readonly lastModifiedAt: Instant
}

export interface GroupView {
  readonly record: GroupRecord
  /** In the order in which they joined; null where members were not wanted, and then they were not read either. */
  readonly members: readonly Member[] | null
}

export interface Member {
  readonly id: UserId
  /** The member's `displayName`, else `userName`. */
  readonly display: string
}

/** Members as text: what `groupResource` shows of each as JSON, with commas between, in the order in which they joined. Nobody is empty text. */
export type MembersText = string

export interface GroupText {
  readonly record: GroupRecord
  /** Null where there are more than were asked for. */
  readonly members: MembersText | null
}

export interface MembersPortion {
  readonly text: MembersText
  /** Behind whom the next portion begins; null where this one is not full. */
  readonly next: number | null
}

export interface DeletedGroup {
  readonly record: GroupRecord
  readonly deletedAt: Instant
}

export interface GroupStore {
  /** A live group; deleted and foreign ones are unknown. */
  get(id: GroupId, wants: { readonly members: boolean }): Promise<GroupView | undefined>

  /** A live group and its members as text, which costs nothing per member but to make it. */
  text(id: GroupId, asked: { readonly locations: Locations; readonly membersMax: number }): Promise<GroupText | undefined>

  /** Some members of a group, those behind `after` (0: from the first). The cost follows the portion. */
  portion(id: GroupId, asked: { readonly locations: Locations; readonly after: number; readonly limit: number }): Promise<MembersPortion>

  /** A live group, whose row stays as answered until the transaction ends. Its members are not read. */
  lock(id: GroupId): Promise<GroupRecord | undefined>

  /** Locks several, in the order of their ids, so that two transactions never wait for one another. Groups come before users. */
  lockAll(ids: readonly GroupId[]): Promise<void>

  /** Version 1, both times now, no members. Throws `UniqueNameTaken`. */
  insert(group: Group): Promise<GroupRecord>

  /** The next version of a locked group; `lastModifiedAt` is later than before. Throws `UniqueNameTaken`. */
  save(before: GroupRecord, group: Group): Promise<GroupRecord>

  /** The next version of each, because a member left with the user's deletion. */
  touch(ids: readonly GroupId[]): Promise<void>

  /** The group is live no more, its memberships end, its name is free. Answers who were members. */
  delete(record: GroupRecord): Promise<readonly UserId[]>

  /** Those that are deleted and not destroyed, the first hundred in the order of their deletion. */
  deleted(): Promise<readonly DeletedGroup[]>

  /** A deleted group, whose row stays as answered until the transaction ends. */
  lockDeleted(id: GroupId): Promise<DeletedGroup | undefined>

  /** The group is live again, and nobody is in it. Throws `UniqueNameTaken`. */
  restore(deleted: DeletedGroup): Promise<GroupRecord>

  /** Groups that were deleted before a moment. */
  deletedBefore(moment: Instant, limit: number): Promise<readonly GroupId[]>

  /** Destroys a deleted group. */
  erase(id: GroupId): Promise<void>
}
