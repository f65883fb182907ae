import {
  type EpochStatement,
  type GrantStatement,
  type GroupId,
  fromHexadecimal,
  isBytes,
  readEpochStatement,
  readGrantStatement,
  rosterMessage,
  sealedKeyLength,
  toHexadecimal,
} from '@latchkey/domain'
import { bytesOf } from '../account/bytes-of.ts'
import type { Person } from '../account/person.ts'
import type { PublicGrant, RosterMember, SealedGrant } from '../ports/group-key-store.ts'
import type { Verification } from '../ports/verification.ts'
import type { PresentMember } from './as-member.ts'

/** Whose word it must be, and about which group. */
export interface Signer {
  readonly person: Person
  readonly group: GroupId
  readonly present: PresentMember
}

/** An epoch as a browser hands it over; fingerprints are hexadecimal, bytes base64url. */
export interface SignedEpoch extends PublicGrant {
  readonly roster: readonly RosterMember[]
}

/** The statement of an epoch, if the person's present key signed it, about this group and this roster. */
export function signedEpoch(
  verification: Verification,
  { person, group, present }: Signer,
  { statement, signature, roster }: SignedEpoch,
): EpochStatement | undefined {
  const bytes = bytesOf(statement)
  const epoch = readEpochStatement(bytes)
  if (!epoch || epoch.organization !== person.organization.id || epoch.group !== group || epoch.maker !== person.user) return undefined
  if (toHexadecimal(epoch.makerFingerprint) !== present.key.fingerprint || !isSigned(verification, present, bytes, signature))
    return undefined
  const entries = roster.map(({ user, fingerprint }) => ({ user, fingerprint: fromHexadecimal(fingerprint) }))
  const message = rosterMessage({ organization: epoch.organization, group, epoch: epoch.epoch }, entries)
  return message && verification.areEqual(verification.sha256(message), epoch.rosterDigest) ? epoch : undefined
}

/** The statement of a grant, if the person's present key signed it, about this epoch of this group and this sealed key. `hash` is of the epoch's statement. */
export function signedGrant(
  verification: Verification,
  { person, group, present }: Signer,
  epoch: { readonly number: number; readonly hash: Uint8Array },
  { statement, signature, sealed }: SealedGrant,
): GrantStatement | undefined {
  const bytes = bytesOf(statement)
  const grant = readGrantStatement(bytes)
  if (!grant || grant.organization !== person.organization.id || grant.group !== group || grant.issuer !== person.user) return undefined
  if (grant.epoch !== epoch.number || !verification.areEqual(grant.epochStatement, epoch.hash)) return undefined
  if (toHexadecimal(grant.issuerFingerprint) !== present.key.fingerprint || !isSigned(verification, present, bytes, signature))
    return undefined
  if (!isBytes(sealed, sealedKeyLength)) return undefined
  return verification.areEqual(verification.sha256(bytesOf(sealed)), grant.sealedDigest) ? grant : undefined
}

function isSigned(verification: Verification, { key }: PresentMember, message: Uint8Array, signature: string): boolean {
  return isBytes(signature, 64) && verification.isSignedBy(bytesOf(key.publicKeys.signing), message, bytesOf(signature))
}
