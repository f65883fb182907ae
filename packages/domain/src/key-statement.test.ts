import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CanonicalField, canonicalBytes, canonicalFields } from './canonical-bytes.ts'
import { readKeyStatement } from './key-statement.ts'

const organization = '01a20a87-fe32-7148-a629-aedc99f907bb'
const user = '01a20a87-fe37-7387-a197-8037ae979d7d'
const key = (fill: number) => new Uint8Array(32).fill(fill)
const first: readonly CanonicalField[] = [
  'latchkey-1',
  'key-statement',
  organization,
  user,
  1,
  key(1),
  key(2),
  null,
  '2026-11-23T21:00:00.000Z',
]
const but = (index: number, field: CanonicalField) => canonicalBytes(first.map((whole, at) => (at === index ? field : whole)))

test('a statement is read as it was written', () => {
  expect(readKeyStatement(canonicalBytes(first))).toEqual({
    organization,
    user,
    version: 1,
    encryptionPublicKey: key(1),
    signingPublicKey: key(2),
    previousStatement: null,
    time: '2026-11-23T21:00:00.000Z',
  })
  const second = first.map((field, at) => (at === 4 ? 2 : at === 7 ? key(3) : field))
  expect(readKeyStatement(canonicalBytes(second))).toMatchObject({ version: 2, previousStatement: key(3) })
})

test.each([
  ['another suite', but(0, 'latchkey-2')],
  ['another kind', but(1, 'protected-keys')],
  ['an id in capitals', but(2, organization.toUpperCase())],
  ['no user', but(3, null)],
  ['version 0', but(4, 0)],
  ['a version with a leading zero', but(4, '01')],
  ['a short encryption key', but(5, key(1).subarray(1))],
  ['a long signing key', but(6, new Uint8Array(33))],
  ['a first statement with a predecessor', but(7, key(3))],
  ['a second statement without one', but(4, 2)],
  ['a time without milliseconds', but(8, '2026-11-23T21:00:00Z')],
  ['a field more', canonicalBytes([...first, null])],
  ['a field less', canonicalBytes(first.slice(1))],
  ['a byte more', Uint8Array.of(...canonicalBytes(first), 0)],
  ['a byte less', canonicalBytes(first).subarray(0, -1)],
  ['nothing', new Uint8Array()],
])('%s is no statement', (_, bytes) => {
  expect(readKeyStatement(bytes)).toBeUndefined()
})

test('two lists of fields have the same bytes only if they are the same', () =>
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5 })), (fields) => {
      expect(canonicalFields(canonicalBytes(fields))).toEqual(fields)
    }),
  ))
