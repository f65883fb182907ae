import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { expect, test } from 'vitest'
import { fromBase64url, toBase64url } from './bytes.ts'
import { fromMasterPassword, hkdf } from './derived-keys.ts'
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

/** A private key by its bytes, as WebCrypto takes it: PKCS #8 (RFC 8410). */
const x25519Key = (bytes: Uint8Array, usages: readonly KeyUsage[]) =>
  crypto.subtle.importKey('pkcs8', Uint8Array.of(...hex('302e020100300506032b656e04220420'), ...bytes), 'X25519', true, [...usages])

test('X25519 agrees on the secret of RFC 7748 §6.1', async () => {
  const alice = await x25519Key(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'), ['deriveBits'])
  const bobPublicKey = hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')
  const bob = await crypto.subtle.importKey('raw', bobPublicKey, 'X25519', true, [])
  const secret = await crypto.subtle.deriveBits({ name: 'X25519', public: bob }, alice, 256)
  expect(new Uint8Array(secret)).toEqual(hex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'))
})

test('HKDF-SHA-256 derives what RFC 5869 §A.1 does, and each label a key of its own', async () => {
  const key = await crypto.subtle.importKey('raw', hex('0b'.repeat(22)), 'HKDF', false, ['deriveBits'])
  const [salt, info] = [hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9')]
  const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, 336)
  expect(new Uint8Array(bits)).toEqual(hex('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'))
  const root = hex('0b'.repeat(32))
  const { proof, wrappingKey, commitment } = await fromMasterPassword(root)
  expect(new Set([proof, wrappingKey, commitment].map(toBase64url)).size).toBe(3)
  expect(proof).toEqual(await hkdf(root, 'unlock-proof'))
})

test('HPKE opens what RFC 9180 §A.1.1 sealed', async () => {
  // The RFC has no vector with AES-256-GCM for this KEM; what differs is the cipher, which is the platform’s.
  const hpke = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() })
  const recipientKey = await hpke.kem.importKey(
    'raw',
    hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8').buffer,
    false,
  )
  const plaintext = await hpke.open(
    {
      recipientKey,
      enc: hex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
      info: hex('4f6465206f6e2061204772656369616e2055726e'),
    },
    hex('f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a'),
    hex('436f756e742d30'),
  )
  expect(new TextDecoder().decode(plaintext)).toBe('Beauty is truth, truth beauty')
})
