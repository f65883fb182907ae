import { type Bytes, areEqual, concatenate, randomBytes } from './bytes.ts'
import { ClientCryptoError, type ClientCryptoErrorCode } from './client-crypto-error.ts'
import { hkdf } from './derived-keys.ts'

const messageSaltLength = 32
const commitmentLength = 32

/**
 * AES-256-GCM under a key of its own for each message: HKDF of `key` and a fresh salt, so that the fixed nonce never meets one key twice. The form is
 * salt (32 bytes), the commitment where one is given (32 bytes), ciphertext and tag.
 */
export async function seal(plaintext: Bytes, key: Bytes, associatedData: Bytes, commitment: Bytes = new Uint8Array()): Promise<Bytes> {
  const salt = randomBytes(messageSaltLength)
  const ciphertext = await crypto.subtle.encrypt(parameters(associatedData), await messageKey(key, salt, 'encrypt'), plaintext)
  return concatenate(salt, commitment, new Uint8Array(ciphertext))
}

/**
 * The plaintext, or an error: `wrongKey` where the commitment is another key's, `damaged-envelope` where anything else does not fit. Without a
 * commitment the two cannot be told apart.
 */
export async function open(
  envelope: Bytes,
  key: Bytes,
  associatedData: Bytes,
  expected: { readonly commitment: Bytes; readonly wrongKey: ClientCryptoErrorCode } | null = null,
): Promise<Bytes> {
  const start = messageSaltLength + (expected ? commitmentLength : 0)
  if (envelope.length < start + 16) throw damaged()
  if (expected && !areEqual(envelope.subarray(messageSaltLength, start), expected.commitment)) {
    throw new ClientCryptoError(expected.wrongKey, 'That does not open your keys.')
  }
  const sub = await messageKey(key, envelope.slice(0, messageSaltLength), 'decrypt')
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(associatedData), sub, envelope.slice(start)))
  } catch {
    throw damaged()
  }
}

async function messageKey(key: Bytes, salt: Bytes, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', await hkdf(key, 'message', salt), 'AES-GCM', false, [use])
}

function parameters(additionalData: Bytes): AesGcmParams {
  return { name: 'AES-GCM', iv: new Uint8Array(12), additionalData }
}

function damaged(): ClientCryptoError {
  return new ClientCryptoError('damaged-envelope', 'What the server sent was changed, or belongs to something else.')
}
