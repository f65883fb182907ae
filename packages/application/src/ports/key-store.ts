import type { Instant, KeyLogEntry, RegisteredKey, UserId } from '@latchkey/domain'

/** SHA-256 of the two proofs that release a person's protected keys, base64url. The proofs have 256 bits of their own and need no salt. */
export interface ProofDigests {
  readonly unlock: string
  readonly recovery: string
}

/** What belongs to a person's key beside the key itself. */
export interface KeyStore {
  proofs(user: UserId): Promise<ProofDigests | undefined>
  saveProofs(user: UserId, proofs: ProofDigests): Promise<void>
  /** The proofs are gone, and the protected keys are kept where no request reaches them, until the retention period is over. */
  retire(user: UserId, key: RegisteredKey): Promise<void>
  /** When the last key of each of these users was retired; whoever never had one is left out. */
  lastRetired(users: readonly UserId[]): Promise<ReadonlyMap<UserId, Instant>>
  /** What the person sealed to themself, base64url; null before the first time. */
  note(user: UserId): Promise<string | null>
  saveNote(user: UserId, sealed: string): Promise<void>
}

/** Append-only: every statement of a key that the organisation's people ever registered. */
export interface KeyLog {
  /** The newest entry; nobody else appends until the transaction ends. */
  lockHead(): Promise<KeyLogEntry | undefined>
  append(entry: KeyLogEntry): Promise<void>
  /** In order, behind a sequence number. */
  page(after: number, limit: number): Promise<readonly KeyLogEntry[]>
  /** A person's statements, oldest first. */
  ofUser(user: UserId): Promise<readonly KeyLogEntry[]>
}

/** Proofs that did not fit. */
export interface WrongProofStore {
  /** When they were tried, oldest first: from one source, or from all of them. */
  since(user: UserId, since: Instant, source: string | null): Promise<readonly Instant[]>
  note(user: UserId, source: string): Promise<void>
  /** Forgets those before a moment. */
  forget(before: Instant): Promise<void>
}
