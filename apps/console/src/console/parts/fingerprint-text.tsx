import { fingerprintDigits, fingerprintWords } from '@latchkey/client-crypto'

/** A fingerprint, given in hexadecimal, for the ear and for the eye. */
export function FingerprintText({ fingerprint }: { readonly fingerprint: string }) {
  const bytes = Uint8Array.from(fingerprint.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return (
    <>
      {fingerprintWords(bytes).join(' ')}
      <br />
      {fingerprintDigits(bytes).join(' ')}
    </>
  )
}
