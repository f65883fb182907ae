import { fromBase64url } from '@latchkey/domain'

/** The bytes of a text that was found to be base64url, or is about to be found wrong: anything else has none. */
export function bytesOf(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array()
}
