import { type Bytes, areEqual, fromBase64url, fromHexadecimal, sha256, toHexadecimal } from './bytes.ts'
import { canonical, suite } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { isSigned } from './key-pairs.ts'
import { type SignedStatement, type VerifiedStatement, verifyStatement } from './key-statement.ts'

/** An entry of `GET /api/v1/account/key-log`. Hashes are hexadecimal. */
export interface KeyLogEntry extends SignedStatement {
  readonly sequence: number
  readonly hash: string
  readonly previousHash: string | null
  readonly userId: string
  readonly version: number
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string
}

/** How far a browser has seen the log of an organisation. */
export interface KeyLogHead {
  readonly sequence: number
  readonly hash: string
}

/** Everybody's keys, as a log that was checked has them. */
export interface KnownKeys {
  /** By user. */
  readonly newest: ReadonlyMap<string, VerifiedStatement>
  /** Former keys too, by fingerprint in hexadecimal. */
  readonly byFingerprint: ReadonlyMap<string, VerifiedStatement>
}

/**
 * Checks the whole log: no gap, no fork, no statement that its own key did not sign, no version out of turn, and nothing behind what was seen before.
 * Answers everybody's keys and the new head.
 */
export async function verifyKeyLog(
  organization: string,
  entries: readonly KeyLogEntry[],
  seen: KeyLogHead | null = null,
): Promise<KnownKeys & { readonly head: KeyLogHead | null }> {
  const newest = new Map<string, VerifiedStatement>()
  const byFingerprint = new Map<string, VerifiedStatement>()
  let head = null as KeyLogHead | null
  for (const entry of entries) {
    const statement = await verifyStatement(entry)
    const former = newest.get(entry.userId)
    const hash = toHexadecimal(await sha256(entryBytes(organization, entry)))
    const isInOrder = entry.sequence === (head?.sequence ?? 0) + 1 && entry.previousHash === (head?.hash ?? null) && entry.hash === hash
    if (!isInOrder || statement.organization !== organization || statement.user !== entry.userId || statement.version !== entry.version)
      throw altered()
    if (statement.version !== (former?.version ?? 0) + 1 || !(await follows(entry, statement, former))) throw altered()
    if (seen?.sequence === entry.sequence && seen.hash !== hash) throw altered()
    newest.set(entry.userId, statement)
    byFingerprint.set(toHexadecimal(statement.fingerprint), statement)
    head = { sequence: entry.sequence, hash }
  }
  if (seen && (head?.sequence ?? 0) < seen.sequence) {
    throw new ClientCryptoError('truncated-key-log', 'The server shows less of the key log than this browser has seen.')
  }
  return { newest, byFingerprint, head }
}

/** That a person's key is the newest one that the log has of them: a key that is shown and not logged was put in for somebody (KEY-4). */
export function checkLogged(newest: ReadonlyMap<string, VerifiedStatement>, statement: VerifiedStatement): void {
  const logged = newest.get(statement.user)
  if (!logged || !areEqual(logged.fingerprint, statement.fingerprint)) {
    throw new ClientCryptoError('missing-from-key-log', 'The server shows a key that its own log does not have.')
  }
}

async function follows(entry: KeyLogEntry, statement: VerifiedStatement, former: VerifiedStatement | undefined): Promise<boolean> {
  if (!former) return statement.previousStatement === null && entry.previousSignature === null
  if (!statement.previousStatement || !areEqual(statement.previousStatement, former.fingerprint)) return false
  return entry.previousSignature === null || isSigned(former.signingPublicKey, statement.bytes, fromBase64url(entry.previousSignature))
}

function entryBytes(organization: string, entry: KeyLogEntry): Bytes {
  const { sequence, previousHash, statement, statementSignature, previousSignature, at } = entry
  const hash = previousHash === null ? null : fromHexadecimal(previousHash)
  const before = previousSignature === null ? null : fromBase64url(previousSignature)
  return canonical(
    suite,
    'key-log-entry',
    organization,
    sequence,
    hash,
    fromBase64url(statement),
    fromBase64url(statementSignature),
    before,
    at,
  )
}

function altered(): ClientCryptoError {
  return new ClientCryptoError('altered-key-log', 'The key log that the server shows was altered.')
}
