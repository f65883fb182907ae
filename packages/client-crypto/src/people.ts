import { toHexadecimal } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import type { VerifiedStatement } from './key-statement.ts'

/** What a browser remembers of somebody else's key: the first that it relied on, and after that only what its person confirmed (KEY-4). */
export interface PersonPin {
  /** 64 hexadecimal digits. */
  readonly fingerprint: string
  readonly keyVersion: number
}

/** By user. */
export type PeoplePins = ReadonlyMap<string, PersonPin>

export function pinOf({ fingerprint, version }: VerifiedStatement): PersonPin {
  return { fingerprint: toHexadecimal(fingerprint), keyVersion: version }
}

/**
 * The pins after somebody's key was relied on, or an error for another key than the one that was seen first. A former key of theirs moves nothing: what it
 * signed while it was theirs stands.
 */
export function withPerson(pins: PeoplePins, statement: VerifiedStatement): PeoplePins {
  const pin = pins.get(statement.user)
  const shown = pinOf(statement)
  if (!pin) return new Map(pins).set(statement.user, shown)
  if (shown.keyVersion >= pin.keyVersion && shown.fingerprint !== pin.fingerprint) {
    throw new ClientCryptoError('changed-key', 'Somebody has another key than the one that this browser knows. Compare it with them first.')
  }
  return pins
}
