const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

/** CRC-32 (ISO 3309) of an ASCII text, as four bytes, most significant first. Finds typing errors; proves nothing. */
export function crc32(text: string): Uint8Array {
  let remainder = 0xffffffff
  for (let index = 0; index < text.length; index += 1) remainder = table[(remainder ^ text.charCodeAt(index)) & 0xff]! ^ (remainder >>> 8)
  remainder = ~remainder
  return Uint8Array.of(remainder >>> 24, (remainder >>> 16) & 0xff, (remainder >>> 8) & 0xff, remainder & 0xff)
}
