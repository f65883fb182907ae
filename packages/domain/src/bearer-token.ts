import { base62Length, isBase62, toBase62 } from './base62.ts'
import { crc32 } from './crc32.ts'

const publicIdBytes = 12
const publicIdLength = base62Length(publicIdBytes)
const secretBytes = 32
const secretLength = base62Length(secretBytes)
const checksumLength = base62Length(4)

/** How many random bytes a new token takes: public id first, secret after it. */
export const bearerTokenRandomBytes = publicIdBytes + secretBytes

/** `<scheme><publicId>_<secret><checksum>`. The checksum covers all before it, so a mistyped token is known without a query (TOK-1). */
export function formatBearerToken(scheme: string, random: Uint8Array): { readonly publicId: string; readonly token: string } {
  if (random.length !== bearerTokenRandomBytes) throw new RangeError(`A token is made of ${bearerTokenRandomBytes} random bytes.`)
  const publicId = toBase62(random.subarray(0, publicIdBytes))
  const body = `${scheme}${publicId}_${toBase62(random.subarray(publicIdBytes))}`
  return { publicId, token: body + toBase62(crc32(body)) }
}

/** The public id of a well-formed token of a scheme, or undefined for a text that cannot be one. */
export function bearerTokenPublicId(scheme: string, token: string): string | undefined {
  const body = token.slice(0, -checksumLength)
  const publicId = body.slice(scheme.length, scheme.length + publicIdLength)
  const secret = body.slice(scheme.length + publicIdLength + 1)
  if (!body.startsWith(scheme) || body[scheme.length + publicIdLength] !== '_') return undefined
  if (secret.length !== secretLength || !isBase62(publicId) || !isBase62(secret)) return undefined
  return toBase62(crc32(body)) === token.slice(-checksumLength) ? publicId : undefined
}
