import type { GrantApproval } from './group-key-statement.ts'
import type { Fingerprint } from './encryption-key.ts'
import type { UserId } from './ids.ts'
import { type Result, ok, refuse } from './result.ts'
import type { User } from './user.ts'

/** Who held a group's newest epoch and then left the group, or came back to it later. */
export interface Departure {
  readonly user: UserId
  /** The user name they have, or had; null once they are erased. */
  readonly userName: string | null
  readonly how: 'removed' | 'deleted' | 'returned'
}

/** What a group's key follows from, all of it moved by other events. */
export interface GroupKeyFacts {
  /** The newest epoch; null before the first. */
  readonly epoch: number | null
  /** How many can open it at this moment. */
  readonly holders: number
  /** The first hundred. */
  readonly departures: readonly Departure[]
}

export type GroupKeyState =
  | { readonly state: 'unkeyed' }
  | { readonly state: 'keyed'; readonly epoch: number }
  /** Somebody who left may still know the key, so that what is sealed from now on needs another. */
  | { readonly state: 'rotation-due'; readonly epoch: number; readonly reasons: readonly Departure[] }
  /** Nobody can open it: whoever held it was removed, deactivated or reset. It ends when one of them is back. */
  | { readonly state: 'orphaned'; readonly epoch: number }

/** Computed, never stored: only a newer epoch takes a reason away, since departures are those of the newest (invariant 31). */
export function groupKeyState({ epoch, holders, departures }: GroupKeyFacts): GroupKeyState {
  if (epoch === null) return { state: 'unkeyed' }
  if (holders === 0) return { state: 'orphaned', epoch }
  return departures.length > 0 ? { state: 'rotation-due', epoch, reasons: departures } : { state: 'keyed', epoch }
}

/** A member of a group as its key sees them. */
export interface KeyMember {
  readonly directory: User['directory']
  /** The present one; null for whoever has none. */
  readonly key: { readonly version: number; readonly fingerprint: Fingerprint } | null
  /** Whether the newest epoch was made for their present key. */
  readonly isInRoster: boolean
  /** Their grant of the newest epoch to their present key, if it is not destroyed. */
  readonly grant: { /** Whether they left after it and came back. */ readonly isBeforeReturn: boolean } | null
}

/** Whether a member can open the group's key (invariant 24). Who is no member any more is no `KeyMember`. */
export function holdsGroupKey({ directory, key, grant }: KeyMember): boolean {
  return directory === 'enabled' && key !== null && grant !== null
}

/** Whether a member is entitled to the group's key, and has it not. */
export function waitsForGroupKey(member: KeyMember): boolean {
  return isEntitled(member) && !holdsGroupKey(member)
}

/** What has moved since a browser looked, so that what it says of a member does not hold any more. */
export type Moved = 'not-a-member' | 'not-enabled' | 'no-key' | 'other-key' | 'not-approved' | 'needs-approval'

/**
 * Whether a grant may be stored: the member is entitled, has the very key that was sealed to, and the reason holds. `held` where the grant would be the
 * member's second, and nothing is to be done.
 */
export function mayGrant(
  member: KeyMember | undefined,
  { fingerprint, approval }: { readonly fingerprint: Fingerprint; readonly approval: GrantApproval },
): Result<'grant' | 'held', Moved> {
  const moved = movedFrom(member, fingerprint)
  if (!member || moved) return refuse(moved ?? 'not-a-member')
  if (holdsGroupKey(member)) return ok('held')
  // A key after a reset is never the policy's to approve (KEY-5).
  if (approval === 'automatic' && member.key?.version !== 1) return refuse('needs-approval')
  if (approval === 'carried-over' && !member.isInRoster) return refuse('not-approved')
  return ok('grant')
}

/**
 * Whether a new epoch may be made for a member without anybody's looking: who holds the epoch before and has not left meanwhile. Who came back is approved
 * anew (invariant 31).
 */
export function mayCarryOver(member: KeyMember | undefined, fingerprint: Fingerprint): Result<void, Moved> {
  const moved = movedFrom(member, fingerprint)
  if (!member || moved) return refuse(moved ?? 'not-a-member')
  return holdsGroupKey(member) && member.grant?.isBeforeReturn === false ? ok(undefined) : refuse('not-approved')
}

function movedFrom(member: KeyMember | undefined, fingerprint: Fingerprint): Moved | null {
  if (!member) return 'not-a-member'
  if (member.directory !== 'enabled') return 'not-enabled'
  if (member.key === null) return 'no-key'
  return member.key.fingerprint === fingerprint ? null : 'other-key'
}

function isEntitled({ directory, key }: KeyMember): boolean {
  return directory === 'enabled' && key !== null
}

export type MembershipStatus = 'deactivated' | 'pending-encryption-key' | 'pending-key-grant' | 'active'

/** What a member may do as a member, from facts that other events move. Computed, never stored. `isKeyed`: the group has a key. */
export function membershipStatus(member: KeyMember, { isKeyed }: { readonly isKeyed: boolean }): MembershipStatus {
  if (member.directory !== 'enabled') return 'deactivated'
  if (member.key === null) return 'pending-encryption-key'
  return isKeyed && !holdsGroupKey(member) ? 'pending-key-grant' : 'active'
}

/** What somebody who waits has to show for it: whoever grants looks at more than a name where a key is another than before. */
export type WaitingBecause = 'new' | 'returned' | 'reset' | 'carried-over'

/** `heldBefore`: an earlier epoch, or an earlier key of theirs, was granted to them. */
export function waitingBecause({ key, isInRoster, heldBefore }: KeyMember & { readonly heldBefore: boolean }): WaitingBecause {
  if (isInRoster) return 'carried-over'
  if (key !== null && key.version > 1) return 'reset'
  return heldBefore ? 'returned' : 'new'
}
