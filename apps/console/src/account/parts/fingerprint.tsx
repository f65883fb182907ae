import { type VerifiedStatement, fingerprintDigits, fingerprintWords } from '@latchkey/client-crypto'

/** A fingerprint for the ear and for the eye. */
export function Fingerprint({ statement }: { readonly statement: VerifiedStatement }) {
  return (
    <dl className="fingerprint">
      <dt>In words</dt>
      <dd className="words">{fingerprintWords(statement.fingerprint).join(' ')}</dd>
      <dt>In digits</dt>
      <dd className="digits">{fingerprintDigits(statement.fingerprint).join(' ')}</dd>
    </dl>
  )
}
