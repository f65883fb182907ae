/** One field of a canonical text: ASCII, a number as its decimal digits, raw bytes, or nothing. */
export type CanonicalField = string | number | Uint8Array | null

/**
 * The one byte form of what is signed or hashed: for each field its length in four bytes, most significant first, and its bytes. Two different lists
 * of fields never have the same form. The person's browser writes the same form; this is the server's half, which only checks.
 */
export function canonicalBytes(fields: readonly CanonicalField[]): Uint8Array {
  const parts = fields.map(bytesOf)
  const bytes = new Uint8Array(parts.reduce((length, part) => length + 4 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const part of parts) {
    view.setUint32(offset, part.length)
    bytes.set(part, offset + 4)
    offset += 4 + part.length
  }
  return bytes
}

/** The fields of a canonical text; undefined for bytes that end within a field. */
export function canonicalFields(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fields: Uint8Array[] = []
  let offset = 0
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return undefined
    const end = offset + 4 + view.getUint32(offset)
    if (end > bytes.length) return undefined
    fields.push(bytes.subarray(offset + 4, end))
    offset = end
  }
  return fields
}

/** The text of ASCII bytes; undefined where there is anything else. */
export function asciiText(bytes: Uint8Array): string | undefined {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? String.fromCharCode(...bytes) : undefined
}

function bytesOf(field: CanonicalField): Uint8Array {
  if (field === null) return new Uint8Array()
  if (field instanceof Uint8Array) return field
  const text = String(field)
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0)!
    if (code < 0x20 || code > 0x7e) throw new TypeError('Canonical text is printable ASCII.')
    return code
  })
}
