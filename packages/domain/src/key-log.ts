import { canonicalBytes } from './canonical-bytes.ts'
import { suite } from './key-statement.ts'
import type { UserId } from './ids.ts'
import type { Instant } from './instant.ts'

/** A statement in an organisation's append-only log of keys: a key that is not in it was never anybody's (KEY-4). */
export interface KeyLogEntry {
  /** From 1, without gaps. */
  readonly sequence: number
  readonly user: UserId
  readonly version: number
  /** Canonical bytes, base64url; so are the signatures. */
  readonly statement: string
  readonly statementSignature: string
  /** By the person's previous signing key, where it was still held. */
  readonly previousSignature: string | null
  readonly at: Instant
  /** 64 hexadecimal digits; null for the first. */
  readonly previousHash: string | null
  readonly hash: string
}

/** What the hash of an entry covers: itself and everything before it. */
export function keyLogMessage(
  organization: string,
  { sequence, at }: Pick<KeyLogEntry, 'sequence' | 'at'>,
  bytes: {
    readonly previousHash: Uint8Array | null
    readonly statement: Uint8Array
    readonly statementSignature: Uint8Array
    readonly previousSignature: Uint8Array | null
  },
): Uint8Array {
  const { previousHash, statement, statementSignature, previousSignature } = bytes
  const time = new Date(at).toISOString()
  return canonicalBytes([
    suite,
    'key-log-entry',
    organization,
    sequence,
    previousHash,
    statement,
    statementSignature,
    previousSignature,
    time,
  ])
}
