import { expect, test } from 'vitest'
import { fromBase64url, toBase64url } from './bytes.ts'
import { importKeyPairs, isSigned, sign } from './key-pairs.ts'

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const rfc8032 = {
  secret: hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'),
  publicKey: hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'),
  signature: hex(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ),
}
test('Ed25519 signs the empty message as RFC 8032 §7.1 test 1 does', async () => {
  expect(await isSigned(rfc8032.publicKey, new Uint8Array(), rfc8032.signature)).toBe(true)
  expect(await isSigned(rfc8032.publicKey, Uint8Array.of(1), rfc8032.signature)).toBe(false)
  const malformed = await Promise.all([
    isSigned(rfc8032.publicKey.slice(1), new Uint8Array(), rfc8032.signature),
    isSigned(rfc8032.publicKey, new Uint8Array(), rfc8032.signature.slice(1)),
  ])
  expect(malformed).toEqual([false, false])
})

test('private keys are used with their own public keys only', async () => {
  const passing = (await crypto.subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair
  const { d = '', x = '' } = await crypto.subtle.exportKey('jwk', passing.privateKey)
  const privateBytes = Uint8Array.from([...fromBase64url(d), ...rfc8032.secret])
  const publicKeys = { encryption: fromBase64url(x), signing: rfc8032.publicKey }
  const pairs = await importKeyPairs(privateBytes, publicKeys)
  expect(toBase64url(await sign(pairs, new Uint8Array()))).toBe(toBase64url(rfc8032.signature))
  const other = fromBase64url(
    (await crypto.subtle.exportKey('jwk', ((await crypto.subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair).publicKey))
      .x ?? '',
  )
  await expect(importKeyPairs(privateBytes, { ...publicKeys, encryption: other })).rejects.toMatchObject({ code: 'swapped-public-key' })
  await expect(
    importKeyPairs(privateBytes, { ...publicKeys, signing: hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c') }),
  ).rejects.toMatchObject({
    code: 'swapped-public-key',
  })
})
