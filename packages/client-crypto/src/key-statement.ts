import { type Bytes, areEqual, fromBase64url, sha256, toBase64url } from './bytes.ts'
import { canonical, fieldsOf, suite } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { isSigned } from './key-pairs.ts'

/** What a person's browser says of a key in public. */
export interface KeyStatement {
  readonly organization: string
  readonly user: string
  readonly version: number
  readonly encryptionPublicKey: Bytes
  readonly signingPublicKey: Bytes
  /** SHA-256 of the person's previous statement; null for the first. */
  readonly previousStatement: Bytes | null
  /** ISO 8601 UTC with milliseconds, as the server's challenge gave it. */
  readonly time: string
}

/** A statement as the server hands it out. Bytes are base64url. */
export interface SignedStatement {
  readonly statement: string
  readonly statementSignature: string
  readonly previousSignature: string | null
}

export interface VerifiedStatement extends KeyStatement {
  readonly bytes: Bytes
  /** SHA-256 of the bytes. */
  readonly fingerprint: Bytes
}

export function statementBytes(statement: KeyStatement): Bytes {
  const { organization, user, version, encryptionPublicKey, signingPublicKey, previousStatement, time } = statement
  return canonical(suite, 'key-statement', organization, user, version, encryptionPublicKey, signingPublicKey, previousStatement, time)
}

/** The statement, if its own signing key signed it. Whether it is the right person's, the caller compares. */
export async function verifyStatement({ statement, statementSignature }: SignedStatement): Promise<VerifiedStatement> {
  const bytes = fromBase64url(statement)
  const read = readStatement(bytes)
  if (!(await isSigned(read.signingPublicKey, bytes, fromBase64url(statementSignature)))) throw altered()
  return { ...read, bytes, fingerprint: await sha256(bytes) }
}

function readStatement(bytes: Bytes): KeyStatement {
  const fields = fieldsOf(bytes)
  const text = (index: number) => new TextDecoder().decode(fields?.[index])
  if (text(0) !== suite) throw new ClientCryptoError('unknown-suite', 'The server sent keys of a suite that this client does not know.')
  const [encryptionPublicKey, signingPublicKey, previous] = [fields?.[5], fields?.[6], fields?.[7]]
  if (!encryptionPublicKey || !signingPublicKey || !previous) throw altered()
  const statement = {
    organization: text(2),
    user: text(3),
    version: Number(text(4)),
    encryptionPublicKey,
    signingPublicKey,
    previousStatement: previous.length === 0 ? null : previous,
    time: text(8),
  }
  // Read and written again, it must be the very same: then nothing hides between the fields.
  if (!areEqual(statementBytes(statement), bytes) || !Number.isSafeInteger(statement.version) || statement.version < 1) throw altered()
  return statement
}

function altered(): ClientCryptoError {
  return new ClientCryptoError('altered-statement', 'The key statement that the server shows was not signed by its own key.')
}

export function signedStatement(bytes: Bytes, signature: Bytes, previousSignature: Bytes | null): SignedStatement {
  return {
    statement: toBase64url(bytes),
    statementSignature: toBase64url(signature),
    previousSignature: previousSignature && toBase64url(previousSignature),
  }
}
