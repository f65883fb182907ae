import type { Actor, AuditEvent, AuditRecord, ChainPosition, Instant, SealedRecord, UserId } from '@latchkey/domain'

/** What an event tells of the person it is about, in the clear: by name of the attribute. */
export type PersonalFields = Readonly<Record<string, string>>

export interface AuditLog {
  /** Appends the event to the organisation's log, with the transaction's time. `personal` tells of the event's `user`, and goes when that person is erased. */
  append(actor: Actor, event: AuditEvent, personal?: PersonalFields): Promise<void>
}

/** An event that was appended and has no place in the chain yet. */
export interface UnsealedEvent extends Omit<AuditRecord, 'personal'> {
  /** Grows with the order of appending; the store's own. */
  readonly id: number
  readonly personal: PersonalFields | null
}

/** What becomes of an unsealed event: the record in its place. */
export interface SealedEvent {
  readonly id: number
  readonly record: SealedRecord
}

/** The ends of an organisation's chain. */
export interface AuditChain {
  /** The last event whose retention is over, or where the chain began: what is kept follows it. */
  readonly expired: ChainPosition
  readonly head: ChainPosition
}

/** An event as it is shown. */
export interface AuditEntry extends AuditRecord {
  readonly id: number
  /** Null until it is sealed. */
  readonly seal: ChainPosition | null
  /** What opens `personal` of a sealed event; null once the person is erased. */
  readonly personalKey: string | null
}

export interface AuditFilter {
  readonly kinds: readonly AuditEvent['kind'][] | null
  readonly subject: UserId | null
  /** From this moment on, and before that one. */
  readonly since: Instant | null
  readonly until: Instant | null
}

/** The log as evidence: sealing, reading, expiring. */
export interface AuditTrail {
  /** The chain, which nobody else seals until the transaction ends; one that is new begins at `start`. Appending waits for nobody. */
  lockChain(start: ChainPosition): Promise<AuditChain>
  /** Undefined where nothing was sealed yet. */
  chain(): Promise<AuditChain | undefined>
  /** In the order of appending. */
  unsealed(limit: number): Promise<readonly UnsealedEvent[]>
  /** Puts the events in their places, for ever, and moves the head to the last one. */
  seal(events: readonly SealedEvent[]): Promise<void>
  /** The sealed events behind a number, in order. */
  sealed(after: number, limit: number): Promise<readonly SealedRecord[]>
  /** The key of each person, made where there was none; null for whoever was erased. */
  personalKeys(users: ReadonlySet<UserId>, newKey: () => string): Promise<ReadonlyMap<UserId, string | null>>
  /** What was told of the person can be read no more, and no key will be made again. */
  destroyPersonalKey(user: UserId): Promise<void>
  /** The last sealed event from before a moment that is still kept; undefined where there is none. */
  lastBefore(moment: Instant): Promise<ChainPosition | undefined>
  /** Takes away every event up to this one, which becomes the chain's `expired`. */
  expire(through: ChainPosition): Promise<void>
  /** The latest first, behind `before` where that is not null. Events that are not sealed yet are shown without what they tell of a person. */
  list(filter: AuditFilter, page: { readonly before: number | null; readonly limit: number }): Promise<readonly AuditEntry[]>
}
