import { asciiText, canonicalBytes, canonicalFields } from './canonical-bytes.ts'
import { suite } from './key-statement.ts'

/** What a holder's browser says of a new epoch of a group's key, in public. */
export interface EpochStatement {
  readonly organization: string
  readonly group: string
  /** From 1. */
  readonly epoch: number
  /** SHA-256 of the previous epoch's statement; null for the first. */
  readonly previousStatement: Uint8Array | null
  /** Follows from the group key and tells nothing of it: two keys never have the same one. 32 bytes. */
  readonly commitment: Uint8Array
  /** SHA-256 of `rosterMessage`: whom the maker gives the epoch. */
  readonly rosterDigest: Uint8Array
  readonly maker: string
  /** Of the key that signs the statement. 32 bytes. */
  readonly makerFingerprint: Uint8Array
  /** ISO 8601 UTC with milliseconds, by the maker's clock: for people to read, and nothing follows from it. */
  readonly time: string
}

const approvals = ['by-hand', 'automatic', 'carried-over'] as const

/**
 * Who looked at whose key it is: the issuer, for this grant; nobody, by the organisation's policy; or somebody before, since the recipient held the epoch
 * before this one, or is in this one's roster.
 */
export type GrantApproval = (typeof approvals)[number]

/**
 * That a member was given a group's key, and everything that this is bound to. The sealed key is named by its digest and kept beside it: what was said
 * stays for good, as evidence of who held an epoch, and the sealed key can be destroyed (LIF-6).
 */
export interface GrantStatement {
  readonly organization: string
  readonly group: string
  readonly epoch: number
  /** SHA-256 of the epoch's statement: two epochs of one number are told apart. */
  readonly epochStatement: Uint8Array
  readonly recipient: string
  readonly recipientFingerprint: Uint8Array
  readonly issuer: string
  /** Of the key that signs the grant. */
  readonly issuerFingerprint: Uint8Array
  readonly approval: GrantApproval
  /** SHA-256 of the group key as it was sealed by HPKE (RFC 9180) to the recipient's encryption key. */
  readonly sealedDigest: Uint8Array
}

/** One member's place in a roster. */
export interface RosterEntry {
  readonly user: string
  readonly fingerprint: Uint8Array
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const counter = /^[1-9]\d{0,8}$/

/**
 * Reads the canonical bytes of an epoch: suite, kind, organisation, group, epoch, hash of the previous statement or nothing, commitment, roster digest,
 * maker, the maker's fingerprint, time. Undefined for anything that is not exactly that.
 */
export function readEpochStatement(bytes: Uint8Array): EpochStatement | undefined {
  const fields = canonicalFields(bytes)
  if (fields?.length !== 11) return undefined
  const text = (index: number) => asciiText(fields[index]!) ?? ''
  if (text(0) !== suite || text(1) !== 'group-epoch') return undefined
  if (![2, 3, 8].every((index) => uuid.test(text(index))) || !counter.test(text(4)) || !time.test(text(10))) return undefined
  if (![6, 7, 9].every((index) => fields[index]!.length === 32)) return undefined
  const epoch = Number(text(4))
  const previous = fields[5]!
  if (previous.length !== (epoch === 1 ? 0 : 32)) return undefined
  return {
    organization: text(2),
    group: text(3),
    epoch,
    previousStatement: epoch === 1 ? null : previous,
    commitment: fields[6]!,
    rosterDigest: fields[7]!,
    maker: text(8),
    makerFingerprint: fields[9]!,
    time: text(10),
  }
}

/**
 * Reads the canonical bytes of a grant: suite, kind, organisation, group, epoch, hash of the epoch's statement, recipient and fingerprint, issuer and
 * fingerprint, approval, digest of the sealed key. Undefined for anything that is not exactly that.
 */
export function readGrantStatement(bytes: Uint8Array): GrantStatement | undefined {
  const fields = canonicalFields(bytes)
  if (fields?.length !== 12) return undefined
  const text = (index: number) => asciiText(fields[index]!) ?? ''
  if (text(0) !== suite || text(1) !== 'group-key-grant') return undefined
  if (![2, 3, 6, 8].every((index) => uuid.test(text(index))) || !counter.test(text(4))) return undefined
  if (![5, 7, 9, 11].every((index) => fields[index]!.length === 32)) return undefined
  const approval = approvals.find((known) => known === text(10))
  if (!approval) return undefined
  return {
    organization: text(2),
    group: text(3),
    epoch: Number(text(4)),
    epochStatement: fields[5]!,
    recipient: text(6),
    recipientFingerprint: fields[7]!,
    issuer: text(8),
    issuerFingerprint: fields[9]!,
    approval,
    sealedDigest: fields[11]!,
  }
}

/** A sealed group key: the encapsulated key of 32 bytes, and behind it the 32 of the key with the 16 of AES-GCM's tag. */
export const sealedKeyLength = 80

/**
 * What a roster's digest covers: whom an epoch was made for, each once and by user id, so that one set has one form. Undefined where somebody is named
 * twice.
 */
export function rosterMessage(
  { organization, group, epoch }: Pick<EpochStatement, 'organization' | 'group' | 'epoch'>,
  roster: readonly RosterEntry[],
): Uint8Array | undefined {
  if (new Set(roster.map(({ user }) => user)).size !== roster.length) return undefined
  const inOrder = roster.toSorted((one, other) => (one.user < other.user ? -1 : 1))
  return canonicalBytes([
    suite,
    'group-roster',
    organization,
    group,
    epoch,
    ...inOrder.flatMap(({ user, fingerprint }) => [user, fingerprint]),
  ])
}
