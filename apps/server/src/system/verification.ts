import { createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import type { Verification } from '@latchkey/application'

/** Checks of signatures and digests with Node's own cryptography. Nothing here decrypts. */
export const verification: Verification = {
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),

  isSignedBy(publicKey, message, signature) {
    try {
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') }, format: 'jwk' })
      return verify(null, message, key, signature)
    } catch {
      return false
    }
  },

  areEqual: (one, other) => one.length === other.length && timingSafeEqual(one, other),
}
