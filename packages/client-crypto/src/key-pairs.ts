import { type Bytes, areEqual, concatenate, fromBase64url } from './bytes.ts'
import { ClientCryptoError } from './client-crypto-error.ts'

/** X25519 and Ed25519 (RFC 7748, RFC 8032) as WebCrypto keys whose private halves cannot be taken out again. */
export interface KeyPairs {
  readonly encryption: CryptoKeyPair
  readonly signing: CryptoKeyPair
}

/** The two private halves as they are protected: 32 bytes each, encryption first. */
export const privateKeysLength = 64

/** New pairs: for use, and once in bytes so that they can be protected. The caller clears the bytes. */
export async function generateKeyPairs(): Promise<{ readonly pairs: KeyPairs; readonly privateBytes: Bytes }> {
  const encryption = (await crypto.subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair
  const signing = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const privateBytes = concatenate(await secretOf(encryption), await secretOf(signing))
  const publicKeys = { encryption: await rawPublicKey(encryption.publicKey), signing: await rawPublicKey(signing.publicKey) }
  return { pairs: await importKeyPairs(privateBytes, publicKeys), privateBytes }
}

/**
 * The pairs of private bytes that were just opened. That they belong to the public keys of the statement is checked: another key beneath a signed
 * envelope would be used unseen.
 */
export async function importKeyPairs(
  privateBytes: Bytes,
  publicKeys: { readonly encryption: Bytes; readonly signing: Bytes },
): Promise<KeyPairs> {
  if (privateBytes.length !== privateKeysLength) throw mismatch()
  const [encryption, signing] = [privateBytes.subarray(0, 32), privateBytes.subarray(32)]
  const pairs = {
    encryption: {
      publicKey: await importPublicKey('X25519', publicKeys.encryption, []),
      privateKey: await importPrivateKey('X25519', encryption, ['deriveBits']),
    },
    signing: {
      publicKey: await importPublicKey('Ed25519', publicKeys.signing, ['verify']),
      privateKey: await importPrivateKey('Ed25519', signing, ['sign']),
    },
  }
  await checkBelong(pairs)
  return pairs
}

export function importPublicKey(algorithm: 'X25519' | 'Ed25519', raw: Bytes, uses: KeyUsage[]): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, algorithm, true, uses)
}

export async function rawPublicKey(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', key))
}

export async function sign(pairs: KeyPairs, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', pairs.signing.privateKey, message))
}

/** False for anything that is no signature of this key, malformed keys and signatures included. */
export async function isSigned(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  try {
    return await crypto.subtle.verify('Ed25519', await importPublicKey('Ed25519', publicKey, ['verify']), signature, message)
  } catch {
    return false
  }
}

/** PKCS #8 of an X25519 or Ed25519 private key is a fixed heading and the 32 bytes (RFC 8410 §7); the last byte of the algorithm tells which. */
function pkcs8(algorithm: 'X25519' | 'Ed25519', secret: Bytes): Bytes {
  const heading = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, algorithm === 'X25519' ? 0x6e : 0x70, 4, 0x22, 4, 0x20]
  return concatenate(Uint8Array.from(heading), secret)
}

async function importPrivateKey(algorithm: 'X25519' | 'Ed25519', secret: Bytes, uses: KeyUsage[]): Promise<CryptoKey> {
  const encoded = pkcs8(algorithm, secret)
  try {
    return await crypto.subtle.importKey('pkcs8', encoded, algorithm, false, uses)
  } finally {
    encoded.fill(0)
  }
}

async function secretOf({ privateKey }: CryptoKeyPair): Promise<Bytes> {
  const { d } = await crypto.subtle.exportKey('jwk', privateKey)
  return fromBase64url(d ?? '')
}

/** A signature checks one pair, and an agreement with a passing pair checks the other. */
async function checkBelong({ encryption, signing }: KeyPairs): Promise<void> {
  const message = crypto.getRandomValues(new Uint8Array(32))
  const signature = await crypto.subtle.sign('Ed25519', signing.privateKey, message)
  if (!(await crypto.subtle.verify('Ed25519', signing.publicKey, signature, message))) throw mismatch()
  const passing = (await crypto.subtle.generateKey('X25519', false, ['deriveBits'])) as CryptoKeyPair
  const [mine, theirs] = await Promise.all([
    crypto.subtle.deriveBits({ name: 'X25519', public: passing.publicKey }, encryption.privateKey, 256),
    crypto.subtle.deriveBits({ name: 'X25519', public: encryption.publicKey }, passing.privateKey, 256),
  ])
  if (!areEqual(new Uint8Array(mine), new Uint8Array(theirs))) throw mismatch()
}

function mismatch(): ClientCryptoError {
  return new ClientCryptoError('swapped-public-key', 'The private keys are not those of the public keys that the server shows.')
}
