const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const values = new Map([...alphabet].map((character, value) => [character, value]))

/** Base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
  let text = ''
  for (let offset = 0; offset < bytes.length; offset += 3) {
    const group = (bytes[offset]! << 16) | ((bytes[offset + 1] ?? 0) << 8) | (bytes[offset + 2] ?? 0)
    const characters = Math.min(bytes.length - offset, 3) + 1
    for (let index = 0; index < characters; index += 1) text += alphabet[(group >> (18 - 6 * index)) & 63]
  }
  return text
}

/** The bytes of a text that `toBase64url` could have made; undefined for any other, so that no two texts mean the same bytes. */
export function fromBase64url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let [bits, count, offset] = [0, 0, 0]
  for (const character of text) {
    const value = values.get(character)
    if (value === undefined) return undefined
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes[offset] = (bits >> count) & 0xff
      offset += 1
    }
  }
  return toBase64url(bytes) === text ? bytes : undefined
}
