import { type KeyObject, createPublicKey, verify } from 'node:crypto'
import type { LicenceReader } from '@latchkey/application'
import { type Licence, fromBase64url, ok, refuse } from '@latchkey/domain'
import { z } from 'zod'

const header = z.object({ alg: z.literal('EdDSA'), crit: z.undefined().optional() })
const seconds = z.int().min(0).max(253_402_300_799)
const claims = z.object({
  plan: z.string().min(1).max(100),
  entitlements: z.array(z.string().min(1).max(100)).max(100),
  exp: seconds,
  nbf: seconds.optional(),
})

/** An Ed25519 key as SPKI in PEM, or as its 32 bytes in base64url (RFC 8037 §2). Throws for anything else. */
export function licencePublicKey(text: string): KeyObject {
  const key = text.includes('-----BEGIN')
    ? createPublicKey(text.replaceAll('\\n', '\n'))
    : createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text.trim() }, format: 'jwk' })
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('A licence is signed with Ed25519.')
  return key
}

/** Licences are JWTs (RFC 7519) that one vendor signed with Ed25519 (RFC 8037); no other algorithm is looked at, and nothing is asked over the network. */
export function licenceReader(vendorKey: string | undefined): LicenceReader {
  const key = vendorKey === undefined ? null : licencePublicKey(vendorKey)
  return {
    read(signed) {
      if (!key) return refuse('no-vendor-key')
      const parts = signed.trim().split('.')
      const [head = '', body = '', signature = ''] = parts
      const isJwt = parts.length === 3 && parts.every((part) => fromBase64url(part) !== undefined)
      if (!isJwt || !header.safeParse(jsonOf(head)).success) return refuse('malformed')
      if (!verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return refuse('not-signed-by-vendor')
      const read = claims.safeParse(jsonOf(body))
      return read.success ? ok(licenceFrom(read.data)) : refuse('malformed')
    },
  }
}

function licenceFrom({ plan, entitlements, exp, nbf }: z.infer<typeof claims>): Licence {
  return { plan, entitlements, startsAt: nbf === undefined ? null : nbf * 1_000, expiresAt: exp * 1_000 }
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
