import { toHexadecimal } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import type { VerifiedStatement } from './key-statement.ts'

/** What a browser remembers of a person's key: public facts, and no server can take them back (KEY-4). */
export interface Pin {
  /** 64 hexadecimal digits. */
  readonly fingerprint: string
  readonly keyVersion: number
  /** The newest set of protected keys that was seen. */
  readonly setVersion: number
}

/**
 * The pin after a set was seen, or an error. An older set or key than one that was seen before is a replay; another key of the same version is somebody
 * else's. A newer version is a new key of the person's: the caller shows its fingerprint.
 */
export function checkPin(pin: Pin | null, statement: VerifiedStatement, setVersion: number): Pin {
  const seen = { fingerprint: toHexadecimal(statement.fingerprint), keyVersion: statement.version, setVersion }
  if (!pin || seen.keyVersion > pin.keyVersion) return seen
  if (seen.keyVersion < pin.keyVersion) throw replayed()
  if (seen.fingerprint !== pin.fingerprint) {
    throw new ClientCryptoError('swapped-public-key', 'The server shows another key than the one that this browser knows as yours.')
  }
  if (seen.setVersion < pin.setVersion) throw replayed()
  return seen
}

function replayed(): ClientCryptoError {
  return new ClientCryptoError('replayed-envelope', 'The server sent an older state of your keys than this browser has seen.')
}
