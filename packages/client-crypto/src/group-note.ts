import { type Bytes, fromBase64url, toBase64url, utf8 } from './bytes.ts'
import { canonical, suite } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { hkdf } from './derived-keys.ts'
import { open, seal } from './envelope.ts'
import type { GroupKey } from './group-key.ts'

/** A note that every holder of an epoch can open and write, as the server keeps it. */
export interface GroupNote {
  readonly epoch: number
  /** Base64url. */
  readonly sealed: string
}

export async function sealGroupNote(key: GroupKey, text: string): Promise<GroupNote> {
  return { epoch: key.epoch.number, sealed: toBase64url(await seal(utf8(text), await noteKey(key), boundTo(key))) }
}

export async function openGroupNote(key: GroupKey, { epoch, sealed }: GroupNote): Promise<string> {
  if (epoch !== key.epoch.number) {
    throw new ClientCryptoError('wrong-epoch', 'The server sent a note of another epoch of this group’s key.')
  }
  return new TextDecoder().decode(await open(fromBase64url(sealed), await noteKey(key), boundTo(key)))
}

function noteKey({ secret }: GroupKey): Promise<Bytes> {
  return hkdf(secret, 'group-note')
}

function boundTo({ epoch: { organization, group, number, hash } }: GroupKey): Bytes {
  return canonical(suite, 'group-note', organization, group, number, hash)
}
