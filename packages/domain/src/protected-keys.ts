import { fromBase64url } from './base64url.ts'
import { canonicalBytes } from './canonical-bytes.ts'
import { suite } from './key-statement.ts'

/**
 * A person's private keys as their browser protected them. One set, replaced as a whole; the server keeps it and can open no part of it. Bytes are
 * base64url without padding.
 */
export interface ProtectedKeys {
  /** Counts the sets of one key, from 1. */
  readonly version: number
  /** The name of the key derivation's parameters. */
  readonly profile: string
  /** 16 bytes. */
  readonly salt: string
  /** The account key under the master password. */
  readonly password: string
  /** The account key under the recovery kit. */
  readonly recovery: string
  /** The private keys under the account key. */
  readonly privateKeys: string
  /** Ed25519 by the person's signing key over all of it. */
  readonly signature: string
}

/** Derivation parameters that a set may name. The browser holds the same list and has the last word. */
export const derivationProfiles = ['argon2id-64m-3-4'] as const

const envelopeLengthMax = 1_024

/** The set in a JSON value; undefined for anything else, however slightly. */
export function readProtectedKeys(value: unknown): ProtectedKeys | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const set: { readonly [Name in keyof ProtectedKeys]?: unknown } = value
  const { version, profile, salt, password, recovery, privateKeys, signature } = set
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return undefined
  if (typeof profile !== 'string' || !derivationProfiles.some((known) => known === profile)) return undefined
  if (!isBytes(salt, 16) || !isBytes(signature, 64)) return undefined
  if (!isEnvelope(password) || !isEnvelope(recovery) || !isEnvelope(privateKeys)) return undefined
  return { version, profile, salt, password, recovery, privateKeys, signature }
}

/** Whether a value is base64url of exactly so many bytes. */
export function isBytes(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length <= 2 * length && fromBase64url(value)?.length === length
}

/** What the signature of a set covers. `digest` is SHA-256. */
export function protectedKeysMessage(
  whose: { readonly organization: string; readonly user: string; readonly keyVersion: number; readonly fingerprint: Uint8Array },
  set: ProtectedKeys,
  digest: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const bytes = (text: string) => fromBase64url(text) ?? new Uint8Array()
  return canonicalBytes([
    suite,
    'protected-keys',
    whose.organization,
    whose.user,
    whose.keyVersion,
    whose.fingerprint,
    set.version,
    set.profile,
    bytes(set.salt),
    ...[set.password, set.recovery, set.privateKeys].map((envelope) => digest(bytes(envelope))),
  ])
}

function isEnvelope(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= envelopeLengthMax && fromBase64url(value) !== undefined
}
