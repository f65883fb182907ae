/** What the server checks about keys. It can check, and open nothing. */
export interface Verification {
  sha256(bytes: Uint8Array): Uint8Array
  /** Ed25519 (RFC 8032); false for anything malformed. Keys have 32 bytes, signatures 64. */
  isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** In a time that does not depend on where the two differ. */
  areEqual(one: Uint8Array, other: Uint8Array): boolean
}
