import type { Actor, AuditEvent } from './audit-event.ts'
import { canonicalJson } from './canonical-json.ts'
import type { OrganizationId, UserId } from './ids.ts'
import type { Instant } from './instant.ts'

/** SHA-256 of a text's UTF-8, as 64 lower-case hexadecimal digits. */
export type Sha256 = (text: string) => string

/** An event as evidence. What it tells of a person is here as ciphertext only, so that destroying the person's key leaves every hash as it is (AUD-2). */
export interface AuditRecord {
  readonly at: Instant
  readonly actor: Actor
  readonly event: AuditEvent
  /** Whom it is about. */
  readonly subject: UserId | null
  readonly personal: string | null
}

/** A record in its place: each hash covers the one before it and the whole record (AUD-1). */
export interface SealedRecord extends AuditRecord {
  /** Counts from 1 without a gap. */
  readonly sequence: number
  readonly previousHash: string
  readonly hash: string
}

export interface ChainPosition {
  readonly sequence: number
  readonly hash: string
}

/** Where an organisation's chain begins: its own, so that no record fits another organisation's chain. */
export function chainStart(organization: OrganizationId, sha256: Sha256): ChainPosition {
  return { sequence: 0, hash: sha256(`latchkey audit 1 ${organization}`) }
}

/** The record as the next one of the chain. */
export function sealRecord(record: AuditRecord, after: ChainPosition, sha256: Sha256): SealedRecord {
  const { at, actor, event, subject, personal } = record
  const hash = hashOf(record, after.hash, sha256)
  return { at, actor, event, subject, personal, sequence: after.sequence + 1, previousHash: after.hash, hash }
}

/**
 * `missing`: an event of this number was there and is gone. `altered`: the event is not the one that was sealed. `misplaced`: it is, but stands
 * behind another event than the one it was sealed behind: something was inserted, taken away or reordered.
 */
export type ChainFault = 'missing' | 'altered' | 'misplaced'

export interface BrokenEvent {
  readonly sequence: number
  readonly fault: ChainFault
}

/** The first of `records` that does not continue the chain at `after`, or the position that they lead to. Records are in the order of their numbers. */
export function followChain(records: readonly SealedRecord[], after: ChainPosition, sha256: Sha256): ChainPosition | BrokenEvent {
  let position = after
  for (const record of records) {
    const expected = position.sequence + 1
    if (record.sequence > expected) return { sequence: expected, fault: 'missing' }
    if (record.hash !== hashOf(record, record.previousHash, sha256)) return { sequence: record.sequence, fault: 'altered' }
    if (record.sequence !== expected || record.previousHash !== position.hash) return { sequence: record.sequence, fault: 'misplaced' }
    position = record
  }
  return { sequence: position.sequence, hash: position.hash }
}

/** What is wrong with where a chain ends: its head was noted when it was sealed. */
export function faultAtHead(end: ChainPosition, head: ChainPosition): BrokenEvent | null {
  if (end.sequence < head.sequence) return { sequence: end.sequence + 1, fault: 'missing' }
  if (end.sequence > head.sequence) return { sequence: head.sequence + 1, fault: 'misplaced' }
  return end.hash === head.hash ? null : { sequence: end.sequence, fault: 'altered' }
}

function hashOf({ at, actor, event, subject, personal }: AuditRecord, previousHash: string, sha256: Sha256): string {
  return sha256(`${previousHash} ${canonicalJson({ at, actor, event, subject, personal })}`)
}
