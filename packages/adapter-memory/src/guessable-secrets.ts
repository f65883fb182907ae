import type { Seals, SecretDigests } from '@latchkey/application'

/** Digests that look like the real ones and keep no secret: anybody can compute them. For tests and demos only. */
export function guessableDigests(): SecretDigests {
  const keyId = 'guessable'
  return {
    digest: (secret) => ({ keyId, hmac: fingerprint(secret) }),
    matches: (secret, digest) => digest.keyId === keyId && digest.hmac === fingerprint(secret),
    fingerprint,
  }
}

/** Seals that anybody can read and make; they only tell what `seal` wrote from what was mistyped. For tests and demos only. */
export function readableSeals(): Seals {
  return {
    seal: (text) => `${toUnits(text)}.${fingerprint(text)}`,
    open(sealed) {
      const [units = '', checksum] = sealed.split('.')
      const text = fromUnits(units)
      return checksum === fingerprint(text) && sealed === `${toUnits(text)}.${checksum}` ? text : undefined
    },
  }
}

/** 64 hexadecimal digits: eight FNV-1a hashes of the text, each begun differently. */
function fingerprint(text: string): string {
  return Array.from({ length: 8 }, (_, lane) => {
    let hash = (0x811c9dc5 ^ Math.imul(lane, 0x9e3779b9)) >>> 0
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
    return hash.toString(16).padStart(8, '0')
  }).join('')
}

/** Four hexadecimal digits for each UTF-16 unit. */
function toUnits(text: string): string {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index).toString(16).padStart(4, '0')).join('')
}

function fromUnits(units: string): string {
  return (units.match(/.{4}/g) ?? []).map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('')
}
