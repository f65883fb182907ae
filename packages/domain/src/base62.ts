const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** How many base62 digits hold any value of so many bytes. */
export function base62Length(bytes: number): number {
  return Math.ceil((bytes * 8) / Math.log2(62))
}

/** The bytes as one big-endian number in base62, always `base62Length(bytes.length)` digits. One text for one value: nothing is biased. */
export function toBase62(bytes: Uint8Array): string {
  // Without BigInt, which is slow at small numbers: the checksum of a token is four bytes, and computed with every request.
  const digits = new Uint8Array(base62Length(bytes.length))
  for (const byte of bytes) {
    let carry = byte
    for (let index = digits.length - 1; index >= 0; index -= 1) {
      carry += digits[index]! * 256
      digits[index] = carry % 62
      carry = Math.floor(carry / 62)
    }
  }
  return Array.from(digits, (digit) => alphabet[digit]).join('')
}

/** Whether every character is a base62 digit. */
export function isBase62(text: string): boolean {
  return /^[0-9A-Za-z]*$/.test(text)
}
