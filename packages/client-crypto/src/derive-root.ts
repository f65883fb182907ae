import { argon2id } from 'hash-wasm'
import { type Bytes, utf8 } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'

/**
 * Key derivations that this client will do, by name (RFC 9106 §4, the second recommended option). A name is all that a server can say: weaker numbers
 * cannot be asked for.
 */
export const profiles = {
  'argon2id-64m-3-4': { memorySize: 64 * 1_024, iterations: 3, parallelism: 4 },
} as const

export type Profile = keyof typeof profiles

export const presentProfile: Profile = 'argon2id-64m-3-4'

/** Bytes of salt. */
export const saltLength = 16

/** A master password has at least so many characters. */
export const masterPasswordLengthMin = 12

/** From the master password to 32 bytes: `deriveRoot`, or the same in a worker. */
export type DeriveRoot = (masterPassword: string, salt: Bytes, profile: Profile) => Promise<Bytes>

/** Takes about a second, on purpose. The password is normalised (NFKC), so that every keyboard writes the same one. */
export const deriveRoot: DeriveRoot = async (masterPassword, salt, profile) => {
  const bytes = utf8(masterPassword.normalize('NFKC'))
  try {
    const root = await argon2id({ password: bytes, salt, ...profiles[profile], hashLength: 32, outputType: 'binary' })
    return new Uint8Array(root)
  } finally {
    bytes.fill(0)
  }
}

/** What the server says to derive with, refused before anything is derived where it is not on the list (KEY-2). */
export function checkedProfile(name: string, salt: Bytes): Profile {
  if (!Object.hasOwn(profiles, name))
    throw new ClientCryptoError('weak-profile', 'The server asked for a key derivation that this client does not do.')
  if (salt.length !== saltLength || salt.every((byte) => byte === salt[0])) {
    throw new ClientCryptoError('weak-salt', 'The server sent a salt that is none.')
  }
  return name as Profile
}

/** Refuses a new master password that is too short to be one. */
export function checkNewMasterPassword(masterPassword: string): void {
  if ([...masterPassword.normalize('NFKC')].length < masterPasswordLengthMin) {
    throw new ClientCryptoError('password-too-short', `A master password has at least ${masterPasswordLengthMin} characters.`)
  }
}
