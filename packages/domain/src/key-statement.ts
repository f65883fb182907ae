import { asciiText, canonicalFields } from './canonical-bytes.ts'

/** The one suite; every object names it, and any other is refused. */
export const suite = 'latchkey-1'

/** What a person's browser says of a new key, in public: everybody can check it, and nobody else can have said it. */
export interface KeyStatement {
  readonly organization: string
  readonly user: string
  /** From 1. */
  readonly version: number
  /** X25519, 32 bytes. */
  readonly encryptionPublicKey: Uint8Array
  /** Ed25519, 32 bytes. */
  readonly signingPublicKey: Uint8Array
  /** SHA-256 of the person's previous statement; null for their first. */
  readonly previousStatement: Uint8Array | null
  /** ISO 8601 UTC with milliseconds. */
  readonly time: string
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/**
 * Reads the canonical bytes of a statement: suite, kind, organisation, user, version, encryption key, signing key, hash of the previous statement or
 * nothing, time. Undefined for anything that is not exactly that.
 */
export function readKeyStatement(bytes: Uint8Array): KeyStatement | undefined {
  const fields = canonicalFields(bytes)
  if (fields?.length !== 9) return undefined
  const text = (index: number) => asciiText(fields[index]!) ?? ''
  const [encryptionPublicKey, signingPublicKey, previous] = [fields[5]!, fields[6]!, fields[7]!]
  if (text(0) !== suite || text(1) !== 'key-statement') return undefined
  if (!uuid.test(text(2)) || !uuid.test(text(3)) || !/^[1-9]\d{0,8}$/.test(text(4)) || !time.test(text(8))) return undefined
  if (encryptionPublicKey.length !== 32 || signingPublicKey.length !== 32) return undefined
  const version = Number(text(4))
  if (previous.length !== (version === 1 ? 0 : 32)) return undefined
  return {
    organization: text(2),
    user: text(3),
    version,
    encryptionPublicKey,
    signingPublicKey,
    previousStatement: version === 1 ? null : previous,
    time: text(8),
  }
}
