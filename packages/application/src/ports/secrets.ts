/** A secret's keyed digest (HMAC-SHA-256), and which key made it. The key is not in the database. */
export interface SecretDigest {
  readonly keyId: string
  /** 64 hexadecimal digits. */
  readonly hmac: string
}

export interface SecretDigests {
  digest(secret: string): SecretDigest
  /** In a time that does not depend on where two digests differ. False for a digest of a key that is gone. */
  matches(secret: string, digest: SecretDigest): boolean
  /** What stands for a secret of 256 bits within this process, and is never stored: cheaper than a digest, and tells as little. */
  fingerprint(secret: string): string
}

/** The operating system's generator. */
export interface Randomness {
  bytes(length: number): Uint8Array
  /** A UUID whose order follows its making (RFC 9562 §5.7), so that rows made together lie together. */
  uuid(): string
}

/** Texts that only this deployment can have made: pagination cursors. */
export interface Seals {
  /** Unreserved characters of RFC 3986 only. */
  seal(text: string): string
  /** The text, or undefined for anything that `seal` did not make. */
  open(sealed: string): string | undefined
}

/** Encryption of what is told of one person, under a key of that person's own: whoever destroys the key has erased all of it. */
export interface PersonalSeals {
  newKey(): string
  seal(key: string, text: string): string
  /** The text, or undefined for anything that `seal` did not make with this key. */
  open(key: string, sealed: string): string | undefined
}
