import { associatedData } from './associated-data.ts'
import { concatenate, fromBase64url, toBase64url, utf8 } from './bytes.ts'
import { canonical } from './canonical.ts'
import { ClientCryptoError } from './client-crypto-error.ts'
import { encapsulatedKeyLength, hpke } from './hpke.ts'
import { isSigned, rawPublicKey, sign } from './key-pairs.ts'
import { contextOf } from './protected-keys.ts'
import type { UnlockedKey } from './unlock.ts'

const signatureLength = 64

/** Seals a text to the person's own key and signs it. The form is signature, encapsulated key, ciphertext; base64url. */
export async function sealNote({ statement, pairs }: UnlockedKey, text: string): Promise<string> {
  const data = associatedData.note(contextOf(statement))
  const { ct, enc } = await hpke.seal({ recipientPublicKey: pairs.encryption.publicKey, info: data }, utf8(text), data)
  const sealed = concatenate(new Uint8Array(enc), new Uint8Array(ct))
  return toBase64url(concatenate(await sign(pairs, canonical(data, sealed)), sealed))
}

/** The text, if this key sealed and signed it. */
export async function openNote({ statement, pairs }: UnlockedKey, note: string): Promise<string> {
  const bytes = fromBase64url(note)
  const data = associatedData.note(contextOf(statement))
  const [signature, sealed] = [bytes.slice(0, signatureLength), bytes.slice(signatureLength)]
  if (!(await isSigned(await rawPublicKey(pairs.signing.publicKey), canonical(data, sealed), signature))) throw foreign()
  try {
    const enc = sealed.slice(0, encapsulatedKeyLength)
    const plaintext = await hpke.open({ recipientKey: pairs.encryption, enc, info: data }, sealed.slice(encapsulatedKeyLength), data)
    return new TextDecoder().decode(plaintext)
  } catch {
    throw foreign()
  }
}

function foreign(): ClientCryptoError {
  return new ClientCryptoError('damaged-envelope', 'This note was not sealed by your present key.')
}
