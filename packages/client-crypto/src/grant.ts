import { type Bytes, areEqual, concatenate, fromBase64url, sha256, toBase64url, toHexadecimal } from './bytes.ts'
import { canonical, fieldsOf, suite } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { hkdf } from './derived-keys.ts'
import { type GroupIdentity, type VerifiedEpoch, loggedKey } from './epoch.ts'
import { encapsulatedKeyLength, hpke } from './hpke.ts'
import type { KnownKeys } from './key-log.ts'
import { importPublicKey, isSigned, sign } from './key-pairs.ts'
import type { VerifiedStatement } from './key-statement.ts'
import type { UnlockedKey } from './unlock.ts'

const approvals = ['by-hand', 'automatic', 'carried-over'] as const

/** Who looked at whose key it is: the issuer, nobody (the organisation's policy), or somebody before. */
export type GrantApproval = (typeof approvals)[number]

/** That a member was given a group's key, and all that this is bound to. */
export interface Grant extends GroupIdentity {
  readonly epoch: number
  /** SHA-256 of the epoch's statement. */
  readonly epochStatement: Bytes
  readonly recipient: string
  readonly recipientFingerprint: Bytes
  readonly issuer: string
  readonly issuerFingerprint: Bytes
  readonly approval: GrantApproval
  /** SHA-256 of the sealed key, which only the recipient has a use for. */
  readonly sealedDigest: Bytes
}

/** A grant as everybody may see it. Bytes are base64url. */
export interface SignedGrant {
  readonly statement: string
  readonly signature: string
}

/** A grant with what it is about, for its recipient. */
export interface SealedGrant extends SignedGrant {
  /** The encapsulated key and the group's key behind it, base64url. */
  readonly sealed: string
}

/** Which key an epoch has: two keys never have the same commitment, and none can be told from it. */
export function commitmentOf(secret: Bytes): Promise<Bytes> {
  return hkdf(secret, 'group-key-commitment')
}

/** Seals the key to one person's key, whose checks are the caller's, and signs all of it. */
export async function sealGrant(
  issuer: UnlockedKey,
  { epoch, secret }: { readonly epoch: VerifiedEpoch; readonly secret: Bytes },
  recipient: VerifiedStatement,
  approval: GrantApproval,
): Promise<SealedGrant> {
  const header = {
    organization: epoch.organization,
    group: epoch.group,
    epoch: epoch.number,
    epochStatement: epoch.hash,
    recipient: recipient.user,
    recipientFingerprint: recipient.fingerprint,
    issuer: issuer.statement.user,
    issuerFingerprint: issuer.statement.fingerprint,
    approval,
  }
  const data = headerBytes(header)
  const recipientPublicKey = await importPublicKey('X25519', recipient.encryptionPublicKey, [])
  const { enc, ct } = await hpke.seal({ recipientPublicKey, info: data }, secret, data)
  const sealed = concatenate(new Uint8Array(enc), new Uint8Array(ct))
  const statement = grantBytes({ ...header, sealedDigest: await sha256(sealed) })
  const signature = await sign(issuer.pairs, statement)
  return { statement: toBase64url(statement), signature: toBase64url(signature), sealed: toBase64url(sealed) }
}

/** The grant, if it is one of this very epoch and a logged key of its issuer signed it. Whether the issuer held the epoch, `holdersOf` decides. */
export async function verifyGrant(epoch: VerifiedEpoch, { statement, signature }: SignedGrant, known: KnownKeys): Promise<Grant> {
  const bytes = fromBase64url(statement)
  const grant = readGrant(bytes)
  if (grant.organization !== epoch.organization || grant.group !== epoch.group) {
    throw new ClientCryptoError('other-groups-key', 'The server sent the key of another group.')
  }
  if (grant.epoch !== epoch.number || !areEqual(grant.epochStatement, epoch.hash)) {
    throw new ClientCryptoError('wrong-epoch', 'The server sent the key of another epoch of this group.')
  }
  const { signingPublicKey } = loggedKey(known, grant.issuer, toHexadecimal(grant.issuerFingerprint))
  if (!(await isSigned(signingPublicKey, bytes, fromBase64url(signature)))) throw altered()
  return grant
}

/** The key of a verified grant, if it is to this person's present key and is the very key of the epoch. */
export async function openGrant(
  { statement, pairs }: UnlockedKey,
  epoch: VerifiedEpoch,
  grant: Grant,
  { sealed }: Pick<SealedGrant, 'sealed'>,
): Promise<Bytes> {
  if (grant.recipient !== statement.user) {
    throw new ClientCryptoError('other-users-grant', 'The server sent the group’s key as it was sealed to somebody else.')
  }
  if (!areEqual(grant.recipientFingerprint, statement.fingerprint)) {
    throw new ClientCryptoError('replayed-grant', 'The server sent the group’s key as it was sealed to a former key of yours.')
  }
  const bytes = fromBase64url(sealed)
  if (!areEqual(await sha256(bytes), grant.sealedDigest)) throw altered()
  const secret = await unsealed(pairs.encryption, grant, bytes)
  if (!areEqual(await commitmentOf(secret), epoch.commitment)) {
    secret.fill(0)
    throw new ClientCryptoError('wrong-group-key', 'What was granted is not the key of this epoch: who granted it does not hold it.')
  }
  return secret
}

/**
 * The fingerprints that hold an epoch: those for whom it was made, and those who were granted it by one of them, and so on. Every grant that is shown
 * must have its place (invariant 28).
 */
export async function holdersOf(epoch: VerifiedEpoch, shown: readonly SignedGrant[], known: KnownKeys): Promise<ReadonlySet<string>> {
  const holders = new Set(epoch.roster.map(({ fingerprint }) => fingerprint))
  let waiting: readonly Grant[] = await Promise.all(shown.map((grant) => verifyGrant(epoch, grant, known)))
  for (;;) {
    const vouched = waiting.filter(isVouchedFor)
    const others = waiting.filter((grant) => !isVouchedFor(grant))
    if (vouched.length === 0) break
    for (const { recipient, recipientFingerprint } of vouched) {
      holders.add(toHexadecimal(loggedKey(known, recipient, toHexadecimal(recipientFingerprint)).fingerprint))
    }
    waiting = others
  }
  if (waiting.length > 0) {
    throw new ClientCryptoError('grant-without-holder', 'The server shows a grant by somebody who did not hold the group’s key.')
  }
  return holders

  function isVouchedFor({ issuerFingerprint }: Grant): boolean {
    return holders.has(toHexadecimal(issuerFingerprint))
  }
}

type Header = Omit<Grant, 'sealedDigest'>

function headerFields(grant: Header) {
  const { organization, group, epoch, epochStatement, recipient, recipientFingerprint, issuer, issuerFingerprint, approval } = grant
  return [
    suite,
    'group-key-grant',
    organization,
    group,
    epoch,
    epochStatement,
    recipient,
    recipientFingerprint,
    issuer,
    issuerFingerprint,
    approval,
  ]
}

/** What the seal itself is bound to: a sealed key that is signed by somebody else, or for another epoch, does not open. */
function headerBytes(grant: Header): Bytes {
  return canonical(...headerFields(grant))
}

function grantBytes(grant: Grant): Bytes {
  return canonical(...headerFields(grant), grant.sealedDigest)
}

function readGrant(bytes: Bytes): Grant {
  const fields = fieldsOf(bytes)
  const text = (index: number) => new TextDecoder().decode(fields?.[index])
  if (text(0) !== suite) throw new ClientCryptoError('unknown-suite', 'The server sent a grant of a suite that this client does not know.')
  const [epochStatement, recipientFingerprint, issuerFingerprint, sealedDigest] = [5, 7, 9, 11].map((index) => fields?.[index])
  const approval = approvals.find((name) => name === text(10))
  if (!epochStatement || !recipientFingerprint || !issuerFingerprint || !approval || !sealedDigest) throw altered()
  const grant = {
    organization: text(2),
    group: text(3),
    epoch: Number(text(4)),
    epochStatement,
    recipient: text(6),
    recipientFingerprint,
    issuer: text(8),
    issuerFingerprint,
    approval,
    sealedDigest,
  }
  if (!areEqual(grantBytes(grant), bytes)) throw altered()
  return grant
}

async function unsealed(recipientKey: CryptoKeyPair, grant: Grant, sealed: Bytes): Promise<Bytes> {
  const data = headerBytes(grant)
  try {
    const enc = sealed.slice(0, encapsulatedKeyLength)
    const plaintext = await hpke.open({ recipientKey, enc, info: data }, sealed.slice(encapsulatedKeyLength), data)
    return new Uint8Array(plaintext)
  } catch {
    throw new ClientCryptoError('damaged-envelope', 'What the server sent as the group’s key does not open.')
  }
}

function altered(): ClientCryptoError {
  return new ClientCryptoError('altered-grant', 'The grant that the server shows is not as its issuer signed it.')
}
