import { type Bytes, utf8 } from './bytes.ts'
import { suite } from './canonical.ts'

/** HKDF-SHA-256 (RFC 5869) with a label for each purpose: none of them tells anything of another. */
export async function hkdf(secret: Bytes, label: string, salt: Bytes = new Uint8Array()): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: utf8(`${suite} ${label}`) }, key, 256)
  return new Uint8Array(bits)
}

/** What follows from a root or a recovery key. */
export interface DerivedKeys {
  /** Shown to the server, which stores its SHA-256: who has it is given the envelopes, and can open none of them with it. */
  readonly proof: Bytes
  /** Wraps the account key. */
  readonly wrappingKey: Bytes
  /** Stored beside the wrapped key, since AES-GCM does not commit to its key. */
  readonly commitment: Bytes
}

export async function fromMasterPassword(root: Bytes): Promise<DerivedKeys> {
  const [proof, wrappingKey, commitment] = await Promise.all([
    hkdf(root, 'unlock-proof'),
    hkdf(root, 'password-wrap'),
    hkdf(root, 'commitment'),
  ])
  return { proof, wrappingKey, commitment }
}

export async function fromRecoveryKey(recoveryKey: Bytes): Promise<DerivedKeys> {
  const [proof, wrappingKey, commitment] = await Promise.all([
    hkdf(recoveryKey, 'recovery-proof'),
    hkdf(recoveryKey, 'recovery-wrap'),
    hkdf(recoveryKey, 'recovery-commitment'),
  ])
  return { proof, wrappingKey, commitment }
}
