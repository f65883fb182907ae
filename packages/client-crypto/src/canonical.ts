import { type Bytes, concatenate, utf8 } from './bytes.ts'

/** The one suite. Every object names it; there is no other and no negotiation. */
export const suite = 'latchkey-1'

type Field = string | number | Uint8Array | null

/**
 * The one byte form of everything that is signed, hashed or authenticated beside a ciphertext: for each field its length in four bytes, most
 * significant first, and its bytes. Numbers are decimal digits, `null` has no bytes.
 */
export function canonical(...fields: readonly Field[]): Bytes {
  return concatenate(
    ...fields.flatMap((field) => {
      const bytes = field === null ? new Uint8Array() : field instanceof Uint8Array ? field : utf8(String(field))
      const length = new Uint8Array(4)
      new DataView(length.buffer).setUint32(0, bytes.length)
      return [length, bytes]
    }),
  )
}

/** The fields of a canonical text; null for bytes that end within one. */
export function fieldsOf(bytes: Bytes): readonly Bytes[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fields: Bytes[] = []
  let offset = 0
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return null
    const end = offset + 4 + view.getUint32(offset)
    if (end > bytes.length) return null
    fields.push(bytes.slice(offset + 4, end))
    offset = end
  }
  return fields
}
