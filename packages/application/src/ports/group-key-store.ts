import type { Departure, Fingerprint, GrantApproval, Group, GroupId, Instant, KeyMember, UserId } from '@latchkey/domain'

/** An epoch of a group's key, as its maker signed it. Bytes are base64url. */
export interface StoredEpoch {
  /** From 1. */
  readonly number: number
  readonly statement: string
  readonly signature: string
  /** SHA-256 of the statement, hexadecimal. */
  readonly hash: string
  readonly maker: UserId
  readonly madeAt: Instant
}

/** For whom an epoch was made. */
export interface RosterMember {
  readonly user: UserId
  readonly fingerprint: Fingerprint
}

/** A statement and its signature, base64url: what everybody may see of a grant. */
export interface PublicGrant {
  readonly statement: string
  readonly signature: string
}

/** With the sealed key, base64url, which is shown to its recipient alone. */
export interface SealedGrant extends PublicGrant {
  readonly sealed: string
}

export interface NewGrant extends SealedGrant {
  readonly recipient: UserId
  readonly fingerprint: Fingerprint
  readonly issuer: UserId
  readonly approval: GrantApproval
}

/** An epoch with its roster, and the grants by which others came to hold it. */
export interface EvidentEpoch extends PublicGrant {
  readonly number: number
  readonly roster: readonly RosterMember[]
  readonly grants: readonly PublicGrant[]
}

/** A member of a group, and what their place in its key follows from. */
export interface GroupKeyMember extends KeyMember {
  readonly user: UserId
  readonly userName: string
  readonly displayName: string | null
  /** Orders the members by when they joined; never used again. */
  readonly position: number
  readonly since: Instant
  readonly key: { readonly version: number; readonly fingerprint: Fingerprint; readonly registeredAt: Instant } | null
  readonly grant: {
    readonly isBeforeReturn: boolean
    readonly issuer: UserId
    readonly approval: GrantApproval
    readonly at: Instant
  } | null
  /** Whether an earlier epoch, or an earlier key of theirs, was granted to them. */
  readonly heldBefore: boolean
}

/** A group as one of its members sees it. */
export interface GroupKeySummary {
  readonly group: Pick<Group, 'id' | 'displayName'>
  readonly epoch: Pick<StoredEpoch, 'number' | 'maker' | 'madeAt'> | null
  /** How many can open the newest epoch at this moment. */
  readonly holders: number
  /** How many are entitled to it and wait. */
  readonly waiting: number
  /** Who held it and left, the first hundred by user. */
  readonly departures: readonly Departure[]
}

/** Somebody who waits for the key of a group. */
export interface Waiting {
  readonly group: Pick<Group, 'id' | 'displayName'>
  readonly epoch: number
  readonly member: GroupKeyMember
  /** Since when there was a key to be given and a key to give it to. */
  readonly since: Instant
}

export interface StoredGroupNote {
  readonly epoch: number
  /** Base64url. */
  readonly sealed: string
  /** Counts the writes: compare-and-set. */
  readonly version: number
}

/**
 * Keys of groups: epochs and grants, as they were signed in browsers. Appended, never changed; what a grant is worth at this moment is computed from
 * memberships, users and the newest epoch. Groups that are not live have no summary, no members and nobody who waits.
 */
export interface GroupKeyStore {
  newest(group: GroupId): Promise<StoredEpoch | undefined>
  /** Until the transaction ends nobody else who locks it makes an epoch or grants one. Provisioning does not lock it, and never waits for those who do. */
  lock(group: GroupId): Promise<void>
  summary(group: GroupId): Promise<GroupKeySummary | undefined>
  /** Those of these users who are members, in the order in which they joined. The cost follows the users that are named. */
  members(group: GroupId, users: readonly UserId[]): Promise<readonly GroupKeyMember[]>
  /** Members behind a position, in the order in which they joined: all, those who can open the key, or those who wait for it. */
  page(
    group: GroupId,
    page: { readonly which: 'all' | 'holding' | 'waiting'; readonly after: number; readonly limit: number },
  ): Promise<readonly GroupKeyMember[]>
  /** Who waits for keys that this user can open, or for any key, by group and then by when they joined. */
  waitingFor(holder: UserId | null, limit: number): Promise<readonly Waiting[]>
  /** Keyed groups in which somebody has waited since before a moment, in the order of their ids. */
  overdue(before: Instant): Promise<readonly { readonly group: Pick<Group, 'id' | 'displayName'>; readonly waiting: number }[]>
  /** Every epoch from a number on, in order. */
  evidence(group: GroupId, from: number): Promise<readonly EvidentEpoch[]>
  /** What the newest epoch's grant to the user's present key holds. */
  sealedGrant(group: GroupId, user: UserId): Promise<SealedGrant | undefined>
  /** Public grants of the newest epoch to those who hold it at this moment, behind a position. */
  effectiveGrants(
    group: GroupId,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly (PublicGrant & { readonly member: GroupKeyMember })[]>
  /** Throws for a number that the group has already. */
  saveEpoch(group: GroupId, epoch: Omit<StoredEpoch, 'madeAt'>, roster: readonly RosterMember[]): Promise<void>
  /** Grants of an epoch to members, none of whom has one for the same key of theirs. Whoever is no member at this moment is left out; answers who were saved. */
  saveGrants(group: GroupId, epoch: number, grants: readonly NewGrant[]): Promise<readonly UserId[]>
  /** How many grants were made by policy since a moment, in the whole organisation. */
  automaticSince(moment: Instant): Promise<number>
  note(group: GroupId): Promise<StoredGroupNote | undefined>
  saveNote(group: GroupId, note: StoredGroupNote): Promise<void>
  /**
   * Notes since when the sealed key of a grant is of no use to its recipient, who left or has another key; forgets it where they are back. Destroys those
   * that were of no use since before a moment, and answers how many. What was signed stays.
   */
  destroyWithheld(before: Instant): Promise<number>
}
