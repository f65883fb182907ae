import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { licencePublicKey, licenceReader } from './licence-reader.ts'

const vendor = generateKeyPairSync('ed25519')
const pem = vendor.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const claims = { plan: 'team', entitlements: ['scim'], exp: 1_900_000_000 }

function signed(payload: object, header: object = { alg: 'EdDSA', typ: 'JWT' }, key: KeyObject = vendor.privateKey): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`
}

test('what the vendor signed is read, whichever way the key is written', () => {
  const raw = vendor.publicKey.export({ format: 'jwk' }).x!
  for (const key of [pem, pem.replaceAll('\n', '\\n'), raw]) {
    expect(licenceReader(key).read(` ${signed({ ...claims, sub: 'Acme' })}\n`)).toEqual({
      ok: true,
      value: { plan: 'team', entitlements: ['scim'], startsAt: null, expiresAt: 1_900_000_000_000 },
    })
  }
})

test('what somebody else signed, or what was changed afterwards, is no licence', () => {
  const other = generateKeyPairSync('ed25519').privateKey
  expect(licenceReader(pem).read(signed(claims, undefined, other))).toEqual({ ok: false, error: 'not-signed-by-vendor' })
  const [head, , signature] = signed(claims).split('.')
  const more = Buffer.from(JSON.stringify({ ...claims, exp: 2_000_000_000 })).toString('base64url')
  expect(licenceReader(pem).read(`${head}.${more}.${signature}`)).toEqual({ ok: false, error: 'not-signed-by-vendor' })
})

test.each([
  ['no signature', { alg: 'none' }],
  ['another algorithm', { alg: 'HS256' }],
  ['extensions that must be understood', { alg: 'EdDSA', crit: ['x'] }],
])('%s is refused whatever was signed', (_what, header) => {
  expect(licenceReader(pem).read(signed(claims, header))).toEqual({ ok: false, error: 'malformed' })
})

test.each([
  'not a licence',
  '',
  'a.b.c',
  signed({ ...claims, exp: 'soon' }),
  signed({ ...claims, entitlements: 'scim' }),
  signed({ plan: 'team', entitlements: [] }),
])('%j is malformed', (text) => {
  expect(licenceReader(pem).read(text)).toEqual({ ok: false, error: 'malformed' })
})

test('without a vendor’s key nothing is a licence', () => {
  expect(licenceReader(undefined).read(signed(claims))).toEqual({ ok: false, error: 'no-vendor-key' })
})

test('only an Ed25519 key is a vendor’s key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString()
  for (const text of [rsa, 'nonsense']) expect(() => licencePublicKey(text)).toThrow()
})
