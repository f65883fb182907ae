import { expect, test } from 'vitest'
import { type CanonicalField, canonicalBytes } from './canonical-bytes.ts'
import { readEpochStatement, readGrantStatement, rosterMessage } from './group-key-statement.ts'

const organization = '01a20a87-fe32-7148-a629-aedc99f907bb'
const group = '01a20a87-fe33-7148-a629-aedc99f907bb'
const ada = '01a20a87-fe37-7387-a197-8037ae979d7d'
const grace = '01a20a87-fe38-7387-a197-8037ae979d7d'
const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill)
const time = '2026-11-24T03:00:00.000Z'
const epoch: readonly CanonicalField[] = [
  'latchkey-1',
  'group-epoch',
  organization,
  group,
  1,
  null,
  bytes(1),
  bytes(2),
  ada,
  bytes(3),
  time,
]
const grant: readonly CanonicalField[] = [
  'latchkey-1',
  'group-key-grant',
  organization,
  group,
  2,
  bytes(1),
  grace,
  bytes(2),
  ada,
  bytes(3),
  'by-hand',
  bytes(4),
]
const but = (fields: readonly CanonicalField[], index: number, field: CanonicalField) => canonicalBytes(fields.with(index, field))

test('an epoch is read as it was written', () => {
  expect(readEpochStatement(canonicalBytes(epoch))).toEqual({
    organization,
    group,
    epoch: 1,
    previousStatement: null,
    commitment: bytes(1),
    rosterDigest: bytes(2),
    maker: ada,
    makerFingerprint: bytes(3),
    time,
  })
  const second = epoch.with(4, 2).with(5, bytes(9))
  expect(readEpochStatement(canonicalBytes(second))).toMatchObject({ epoch: 2, previousStatement: bytes(9) })
})

test('a grant is read as it was written', () => {
  expect(readGrantStatement(canonicalBytes(grant))).toEqual({
    organization,
    group,
    epoch: 2,
    epochStatement: bytes(1),
    recipient: grace,
    recipientFingerprint: bytes(2),
    issuer: ada,
    issuerFingerprint: bytes(3),
    approval: 'by-hand',
    sealedDigest: bytes(4),
  })
  for (const approval of ['automatic', 'carried-over']) expect(readGrantStatement(but(grant, 10, approval))).toMatchObject({ approval })
})

test.each([
  ['another suite', but(epoch, 0, 'latchkey-2')],
  ['another kind', but(epoch, 1, 'group-key-grant')],
  ['an organisation in capitals', but(epoch, 2, organization.toUpperCase())],
  ['no group', but(epoch, 3, null)],
  ['epoch 0', but(epoch, 4, 0)],
  ['a first epoch with a predecessor', but(epoch, 5, bytes(9))],
  ['a second epoch without one', but(epoch, 4, 2)],
  ['a short commitment', but(epoch, 6, bytes(1, 31))],
  ['a long roster digest', but(epoch, 7, bytes(1, 33))],
  ['no maker', but(epoch, 8, null)],
  ['no fingerprint', but(epoch, 9, null)],
  ['a time without milliseconds', but(epoch, 10, '2026-11-24T03:00:00Z')],
  ['a field more', canonicalBytes([...epoch, null])],
  ['a byte less', canonicalBytes(epoch).subarray(0, -1)],
])('%s is no epoch', (_, statement) => {
  expect(readEpochStatement(statement)).toBeUndefined()
})

test.each([
  ['another suite', but(grant, 0, 'latchkey-2')],
  ['another kind', but(grant, 1, 'group-epoch')],
  ['no organisation', but(grant, 2, null)],
  ['a group in capitals', but(grant, 3, group.toUpperCase())],
  ['an epoch with a leading zero', but(grant, 4, '02')],
  ['no epoch statement', but(grant, 5, null)],
  ['no recipient', but(grant, 6, null)],
  ['a short fingerprint of the recipient', but(grant, 7, bytes(2, 31))],
  ['no issuer', but(grant, 8, null)],
  ['no fingerprint of the issuer', but(grant, 9, null)],
  ['another approval', but(grant, 10, 'unseen')],
  ['a short digest of the sealed key', but(grant, 11, bytes(4, 31))],
  ['a field more', canonicalBytes([...grant, null])],
  ['a field less', canonicalBytes(grant.slice(0, -1))],
  ['nothing', new Uint8Array()],
])('%s is no grant', (_, statement) => {
  expect(readGrantStatement(statement)).toBeUndefined()
})

test('a roster has one form, in whatever order it is told, and names nobody twice', () => {
  const first = { user: ada, fingerprint: bytes(1) }
  const second = { user: grace, fingerprint: bytes(2) }
  const whose = { organization, group, epoch: 1 }
  expect(rosterMessage(whose, [second, first])).toEqual(rosterMessage(whose, [first, second]))
  expect(rosterMessage(whose, [first, second])).toEqual(
    canonicalBytes(['latchkey-1', 'group-roster', organization, group, 1, ada, bytes(1), grace, bytes(2)]),
  )
  expect(rosterMessage(whose, [first, { ...first, fingerprint: bytes(2) }])).toBeUndefined()
})
