import { type Bytes, areEqual, fromBase64url, fromHexadecimal, sha256, toHexadecimal } from './bytes.ts'
import { canonical, fieldsOf, suite } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import type { KnownKeys } from './key-log.ts'
import { isSigned } from './key-pairs.ts'

/** A group of an organisation, from what the browser knows of it and not from what comes with the keys. */
export interface GroupIdentity {
  readonly organization: string
  readonly group: string
}

/** What a holder says of a new epoch of a group's key, in public. */
export interface Epoch extends GroupIdentity {
  /** From 1. */
  readonly number: number
  /** SHA-256 of the previous epoch's statement; null for the first. */
  readonly previousStatement: Bytes | null
  /** Which key it is, without telling anything of it. */
  readonly commitment: Bytes
  readonly rosterDigest: Bytes
  readonly maker: string
  readonly makerFingerprint: Bytes
  /** ISO 8601 UTC with milliseconds, by the maker's clock. For people: nothing follows from it. */
  readonly time: string
}

/** Somebody for whom an epoch was made. The fingerprint is hexadecimal. */
export interface RosterEntry {
  readonly userId: string
  readonly fingerprint: string
}

/** An epoch as the server hands it out. Bytes are base64url. */
export interface SignedEpoch {
  readonly statement: string
  readonly signature: string
  readonly roster: readonly RosterEntry[]
}

export interface VerifiedEpoch extends Epoch {
  /** SHA-256 of the statement. */
  readonly hash: Bytes
  readonly roster: readonly RosterEntry[]
}

export function epochBytes(epoch: Epoch): Bytes {
  const { organization, group, number, previousStatement, commitment, rosterDigest, maker, makerFingerprint, time } = epoch
  return canonical(
    suite,
    'group-epoch',
    organization,
    group,
    number,
    previousStatement,
    commitment,
    rosterDigest,
    maker,
    makerFingerprint,
    time,
  )
}

/** Each once and by user, so that one set of people has one digest. */
export function rosterDigest({ organization, group }: GroupIdentity, number: number, roster: readonly RosterEntry[]): Promise<Bytes> {
  const inOrder = roster.toSorted((one, other) => (one.userId < other.userId ? -1 : 1))
  const entries = inOrder.flatMap(({ userId, fingerprint }) => [userId, fromHexadecimal(fingerprint)])
  return sha256(canonical(suite, 'group-roster', organization, group, number, ...entries))
}

/**
 * The epoch, if a logged key of its maker signed it, for this group and this roster. Whether the maker was entitled to make it, `followEpochs` decides.
 */
export async function verifyEpoch(identity: GroupIdentity, shown: SignedEpoch, known: KnownKeys): Promise<VerifiedEpoch> {
  const bytes = fromBase64url(shown.statement)
  const epoch = readEpoch(bytes)
  if (epoch.organization !== identity.organization || epoch.group !== identity.group) {
    throw new ClientCryptoError('other-groups-key', 'The server sent the key of another group.')
  }
  const { signingPublicKey } = loggedKey(known, epoch.maker, toHexadecimal(epoch.makerFingerprint))
  if (!(await isSigned(signingPublicKey, bytes, fromBase64url(shown.signature)))) throw altered()
  if (!areEqual(await rosterDigest(identity, epoch.number, shown.roster), epoch.rosterDigest)) {
    throw new ClientCryptoError('changed-roster', 'The server shows other people than those for whom the group’s key was made.')
  }
  for (const { userId, fingerprint } of shown.roster) loggedKey(known, userId, fingerprint)
  return { ...epoch, hash: await sha256(bytes), roster: shown.roster }
}

/** The key of a person, present or former, that a fingerprint names: one that the log does not have was never theirs (KEY-4). */
export function loggedKey({ byFingerprint }: KnownKeys, user: string, fingerprint: string) {
  const statement = byFingerprint.get(fingerprint)
  if (statement?.user !== user) {
    throw new ClientCryptoError('missing-from-key-log', 'The server shows a key that its own log does not have.')
  }
  return statement
}

function readEpoch(bytes: Bytes): Epoch {
  const fields = fieldsOf(bytes)
  const text = (index: number) => new TextDecoder().decode(fields?.[index])
  if (text(0) !== suite)
    throw new ClientCryptoError('unknown-suite', 'The server sent a group’s key of a suite that this client does not know.')
  const [previous, commitment, digest, makerFingerprint] = [fields?.[5], fields?.[6], fields?.[7], fields?.[9]]
  if (!previous || !commitment || !digest || !makerFingerprint) throw altered()
  const epoch = {
    organization: text(2),
    group: text(3),
    number: Number(text(4)),
    previousStatement: previous.length === 0 ? null : previous,
    commitment,
    rosterDigest: digest,
    maker: text(8),
    makerFingerprint,
    time: text(10),
  }
  // Read and written again, it must be the very same: then nothing hides between the fields.
  const isExact = areEqual(epochBytes(epoch), bytes) && Number.isSafeInteger(epoch.number) && epoch.number >= 1
  if (!isExact || (epoch.previousStatement === null) !== (epoch.number === 1)) throw altered()
  return epoch
}

function altered(): ClientCryptoError {
  return new ClientCryptoError('altered-epoch', 'The epoch of the group’s key that the server shows is not as its maker signed it.')
}
