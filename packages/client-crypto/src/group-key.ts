import { type Bytes, areEqual, randomBytes, sha256, toBase64url, toHexadecimal } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { type GroupIdentity, type SignedEpoch, type VerifiedEpoch, epochBytes, loggedKey, rosterDigest, verifyEpoch } from './epoch.ts'
import { type SealedGrant, type SignedGrant, commitmentOf, holdersOf, openGrant, sealGrant, verifyGrant } from './grant.ts'
import type { KnownKeys } from './key-log.ts'
import { sign } from './key-pairs.ts'
import { type PeoplePins, withPerson } from './people.ts'
import { type Recipient, checkRecipients } from './recipients.ts'
import type { UnlockedKey } from './unlock.ts'

/** How far a browser has seen a group's key: no server can take an epoch back (KEY-4). */
export interface GroupPin {
  readonly epoch: number
  /** SHA-256 of the epoch's statement, in hexadecimal. */
  readonly statement: string
}

export interface GroupPins {
  readonly group: GroupPin | null
  readonly people: PeoplePins
}

/** An epoch with the grants by which others than its roster came to hold it. */
export interface ShownEpoch extends SignedEpoch {
  readonly grants: readonly SignedGrant[]
}

/** What the server hands out of a group's key: every epoch from the one that this browser has seen last, and the person's own grant of the newest. */
export interface ShownGroupKey {
  readonly epochs: readonly ShownEpoch[]
  readonly grant: SealedGrant
}

/** A group's key that is open in this browser. `forgetGroupKey` clears it. */
export interface GroupKey {
  readonly epoch: VerifiedEpoch
  /** The fingerprints of all who were given this epoch, as signatures show it. */
  readonly holders: ReadonlySet<string>
  /** 32 bytes. */
  readonly secret: Bytes
}

/**
 * Checks all that the server shows of a group's key, and then opens it. Refused is what leads elsewhere than on from what this browser has seen: an older
 * epoch, another one of the same number, one whose maker did not hold the one before, a grant by somebody who does not hold it (invariants 28, 29).
 */
export async function openGroupKey(wish: {
  readonly unlocked: UnlockedKey
  readonly group: string
  readonly shown: ShownGroupKey
  readonly known: KnownKeys
  readonly pins: GroupPins
}): Promise<{ readonly key: GroupKey; readonly pins: GroupPins }> {
  const { unlocked, shown, known } = wish
  const identity = { organization: unlocked.statement.organization, group: wish.group }
  const { epoch, holders, people } = await followEpochs(identity, shown.epochs, known, wish.pins)
  const grant = await verifyGrant(epoch, shown.grant, known)
  const issuerFingerprint = toHexadecimal(grant.issuerFingerprint)
  if (!holders.has(issuerFingerprint)) {
    throw new ClientCryptoError('grant-without-holder', 'Somebody who did not hold the group’s key granted it to you.')
  }
  const pins = { group: groupPin(epoch), people: withPerson(people, loggedKey(known, grant.issuer, issuerFingerprint)) }
  const secret = await openGrant(unlocked, epoch, grant, shown.grant)
  return { key: { epoch, holders, secret }, pins }
}

/**
 * Makes the first epoch of a group's key, or the next one in the place of `previous`: for the maker and for the recipients, whose own grants `sealGrants`
 * then seals. A recipient who is in nobody's hands any more is simply not named.
 */
export async function makeEpoch(wish: {
  readonly unlocked: UnlockedKey
  readonly group: string
  readonly previous: GroupKey | null
  readonly recipients: readonly Recipient[]
  readonly known: KnownKeys
  readonly people: PeoplePins
  /** ISO 8601 UTC with milliseconds. */
  readonly time: string
}): Promise<{ readonly key: GroupKey; readonly epoch: SignedEpoch; readonly grant: SealedGrant; readonly pins: GroupPins }> {
  const { unlocked, previous, known } = wish
  const { user, organization, fingerprint } = unlocked.statement
  const identity = { organization, group: wish.group }
  if (previous && (previous.epoch.group !== wish.group || previous.epoch.organization !== organization)) {
    throw new ClientCryptoError('other-groups-key', 'A group’s key follows from its own former one.')
  }
  const others = checkRecipients(wish.recipients, { known, people: wish.people, holders: previous?.holders ?? new Set() })
  const byUser = new Map([unlocked.statement, ...others.recipients.map(({ statement }) => statement)].map((one) => [one.user, one]))
  const roster = [...byUser.values()].map((one) => ({ userId: one.user, fingerprint: toHexadecimal(one.fingerprint) }))
  const secret = randomBytes(32)
  const number = (previous?.epoch.number ?? 0) + 1
  const stated = {
    ...identity,
    number,
    previousStatement: previous?.epoch.hash ?? null,
    commitment: await commitmentOf(secret),
    rosterDigest: await rosterDigest(identity, number, roster),
    maker: user,
    makerFingerprint: fingerprint,
    time: wish.time,
  }
  const bytes = epochBytes(stated)
  const epoch: VerifiedEpoch = { ...stated, hash: await sha256(bytes), roster }
  const key = { epoch, holders: new Set(roster.map((entry) => entry.fingerprint)), secret }
  return {
    key,
    epoch: { statement: toBase64url(bytes), signature: toBase64url(await sign(unlocked.pairs, bytes)), roster },
    grant: await sealGrant(unlocked, key, unlocked.statement, 'by-hand'),
    pins: { group: groupPin(epoch), people: others.people },
  }
}

export function forgetGroupKey({ secret }: GroupKey): void {
  secret.fill(0)
}

/** The newest epoch and its holders, reached step by step from the one that this browser has seen last: each maker held the epoch before. */
async function followEpochs(
  identity: GroupIdentity,
  shown: readonly ShownEpoch[],
  known: KnownKeys,
  pins: GroupPins,
): Promise<{ readonly epoch: VerifiedEpoch; readonly holders: ReadonlySet<string>; readonly people: PeoplePins }> {
  let { people } = pins
  let last: { readonly epoch: VerifiedEpoch; readonly holders: ReadonlySet<string> } | null = null
  for (const one of shown) {
    const epoch = await verifyEpoch(identity, one, known)
    const maker = toHexadecimal(epoch.makerFingerprint)
    if (last === null) checkStart(epoch, pins.group)
    else if (!continues(last.epoch, epoch)) throw forked()
    if (last && !last.holders.has(maker)) {
      throw new ClientCryptoError('epoch-without-holder', 'Somebody who did not hold the group’s key replaced it.')
    }
    people = withPerson(people, loggedKey(known, epoch.maker, maker))
    last = { epoch, holders: await holdersOf(epoch, one.grants, known) }
  }
  if (last === null) throw replayed()
  return { ...last, people }
}

/** What is shown begins with the very epoch that this browser has seen last, if it has seen any. */
function checkStart(epoch: VerifiedEpoch, pin: GroupPin | null): void {
  if (!pin) return
  if (epoch.number < pin.epoch) throw replayed()
  if (toHexadecimal(epoch.hash) !== pin.statement) throw forked()
}

function continues(former: VerifiedEpoch, epoch: VerifiedEpoch): boolean {
  return epoch.number === former.number + 1 && epoch.previousStatement !== null && areEqual(epoch.previousStatement, former.hash)
}

function groupPin({ number, hash }: VerifiedEpoch): GroupPin {
  return { epoch: number, statement: toHexadecimal(hash) }
}

function replayed(): ClientCryptoError {
  return new ClientCryptoError('replayed-epoch', 'The server shows an older key of this group than this browser has seen.')
}

function forked(): ClientCryptoError {
  return new ClientCryptoError(
    'forked-epoch',
    'The group’s key that the server shows does not follow from the one that this browser has seen.',
  )
}
