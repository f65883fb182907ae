const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** How many base62 digits hold any value of so many bytes. */
export function base62Length(bytes: number): number {
  return Math.ceil((bytes * 8) / Math.log2(62))
}

/** The bytes as one big-endian number in base62, always `base62Length(bytes.length)` digits. One text for one value: nothing is biased. */
export function toBase62(bytes: Uint8Array): string {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let digits = ''
  for (let length = base62Length(bytes.length); length > 0; length -= 1) {
    digits = alphabet[Number(value % 62n)] + digits
    value /= 62n
  }
  return digits
}

/** Whether every character is a base62 digit. */
export function isBase62(text: string): boolean {
  return /^[0-9A-Za-z]*$/.test(text)
}
