import { createCipheriv, createDecipheriv, createHash, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { PersonalSeals, Seals, SecretDigests } from '@latchkey/application'
import type { Sha256 } from '@latchkey/domain'

/** One key for each purpose, from the one secret: none tells anything of another. */
function keyFor(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `latchkey ${purpose}`, 32))
}

/** Keyed digests of tokens and links (TOK-2): who has only the database has nothing that authenticates. */
export function secretDigests(secret: string): SecretDigests {
  const key = keyFor(secret, 'secret digests')
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 16)
  const hmacOf = (text: string) => createHmac('sha256', key).update(text).digest()
  return {
    digest: (text) => ({ keyId, hmac: hmacOf(text).toString('hex') }),
    matches(text, digest) {
      const stored = Buffer.from(digest.hmac, 'hex')
      const presented = hmacOf(text)
      return digest.keyId === keyId && stored.length === presented.length && timingSafeEqual(stored, presented)
    },
    fingerprint: (text) => hash('sha256', text, 'base64'),
  }
}

const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM: what was sealed can be neither read, changed nor made by anybody else. */
export function seals(secret: string): Seals {
  return sealsUnder(keyFor(secret, 'seals'))
}

export const personalSeals: PersonalSeals = {
  newKey: () => randomBytes(32).toString('base64url'),
  seal: (key, text) => sealsUnder(Buffer.from(key, 'base64url')).seal(text),
  open: (key, sealed) => sealsUnder(Buffer.from(key, 'base64url')).open(sealed),
}

export const sha256: Sha256 = (text) => hash('sha256', text, 'hex')

function sealsUnder(key: Buffer): Seals {
  return {
    seal(text) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== sealed) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
