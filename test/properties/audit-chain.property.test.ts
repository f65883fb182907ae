import fc from 'fast-check'
import {
  type AuditRecord,
  type BrokenEvent,
  type ChainPosition,
  type SealedRecord,
  canonicalJson,
  chainStart,
  faultAtHead,
  followChain,
  organizationId,
  sealRecord,
  userId,
} from '@latchkey/domain'
import { expect, test } from 'vitest'
import { sha256 } from '../sha256.ts'

const organization = organizationId('00000000-0000-4000-8000-00000000000a')
const start = chainStart(organization, sha256)

const records: fc.Arbitrary<AuditRecord> = fc.record({
  at: fc.nat(),
  actor: fc.constantFrom({ kind: 'operator' } as const, { kind: 'clock' } as const),
  event: fc.oneof(
    fc.constantFrom({ kind: 'scim-enabled' } as const, { kind: 'scim-disabled' } as const),
    fc.nat({ max: 9 }).map((through) => ({ kind: 'audit-expired', through }) as const),
  ),
  subject: fc.option(fc.uuid().map(userId)),
  personal: fc.option(fc.string()),
})

interface Chain {
  readonly sealed: readonly SealedRecord[]
  readonly head: ChainPosition
}

const chains = fc.array(records, { minLength: 2, maxLength: 12 }).map((list): Chain => {
  const sealed: SealedRecord[] = []
  for (const record of list) sealed.push(sealRecord(record, sealed.at(-1) ?? start, sha256))
  const { sequence, hash } = sealed.at(-1) ?? start
  return { sealed, head: { sequence, hash } }
})

function firstBroken({ sealed, head }: Chain): BrokenEvent | null {
  const followed = followChain(sealed, start, sha256)
  return 'fault' in followed ? followed : faultAtHead(followed, head)
}

/** A chain and the place of one of its events. */
const chainsAndPlaces = chains.chain((chain) => fc.tuple(fc.constant(chain), fc.nat({ max: chain.sealed.length - 1 })))

test('34: a chain that nobody touched is whole', () =>
  fc.assert(
    fc.property(chains, (chain) => {
      expect(firstBroken(chain)).toBeNull()
    }),
  ))

test('34: any edit of an event is found, and it is the first that is broken', () =>
  fc.assert(
    fc.property(chainsAndPlaces, records, ([{ sealed, head }, place], other) => {
      const before = sealed[place]!
      fc.pre(
        canonicalJson({ ...other }) !==
          canonicalJson({ at: before.at, actor: before.actor, event: before.event, subject: before.subject, personal: before.personal }),
      )
      const edited = sealed.with(place, { ...before, ...other })
      expect(firstBroken({ sealed: edited, head })).toEqual({ sequence: place + 1, fault: 'altered' })
    }),
  ))

test('34: an edited event that is given a fitting hash breaks the one behind it, or the head', () =>
  fc.assert(
    fc.property(chainsAndPlaces, records, ([{ sealed, head }, place], other) => {
      const before = sealed[place]!
      const forged = sealRecord({ ...other, at: before.at + 1 }, sealed[place - 1] ?? start, sha256)
      const broken = firstBroken({ sealed: sealed.with(place, forged), head })
      expect(broken).toEqual(
        place === sealed.length - 1 ? { sequence: place + 1, fault: 'altered' } : { sequence: place + 2, fault: 'misplaced' },
      )
    }),
  ))

test('34: any removal is found, the last event’s too, and named by its number', () =>
  fc.assert(
    fc.property(chainsAndPlaces, ([{ sealed, head }, place]) => {
      expect(firstBroken({ sealed: sealed.toSpliced(place, 1), head })).toEqual({ sequence: place + 1, fault: 'missing' })
    }),
  ))

test('34: a removal whose gap is closed by new numbers is found', () =>
  fc.assert(
    fc.property(chainsAndPlaces, ([{ sealed, head }, place]) => {
      const closed = sealed.toSpliced(place, 1).map((record, index) => ({ ...record, sequence: index + 1 }))
      expect(firstBroken({ sealed: closed, head })?.sequence).toBe(place + 1)
    }),
  ))

test('34: any two events that change places are found', () =>
  fc.assert(
    fc.property(chainsAndPlaces, fc.nat(), ([{ sealed, head }, one], seed) => {
      const two = seed % sealed.length
      fc.pre(one !== two)
      const swapped = sealed.with(one, { ...sealed[two]!, sequence: one + 1 }).with(two, { ...sealed[one]!, sequence: two + 1 })
      expect(firstBroken({ sealed: swapped, head })).toEqual({ sequence: Math.min(one, two) + 1, fault: 'misplaced' })
    }),
  ))

test('34: an inserted event is found where it stands, or behind it', () =>
  fc.assert(
    fc.property(chainsAndPlaces, records, ([{ sealed, head }, place], other) => {
      const forged = sealRecord(other, sealed[place - 1] ?? start, sha256)
      const inserted = sealed.toSpliced(place, 0, forged).map((record, index) => ({ ...record, sequence: index + 1 }))
      const sequence = firstBroken({ sealed: inserted, head })?.sequence
      expect([place + 1, place + 2]).toContain(sequence)
    }),
  ))

test('no chain continues another organisation’s', () => {
  const other = chainStart(organizationId('00000000-0000-4000-8000-00000000000b'), sha256)
  const record = sealRecord(
    { at: 1, actor: { kind: 'clock' }, event: { kind: 'scim-enabled' }, subject: null, personal: null },
    other,
    sha256,
  )
  expect(followChain([record], start, sha256)).toEqual({ sequence: 1, fault: 'misplaced' })
})

test('equal values have one canonical text, whatever the order of their names', () =>
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse())
      expect(canonicalJson(reversed)).toBe(canonicalJson(value))
      expect(JSON.parse(canonicalJson(value))).toEqual({ ...value })
    }),
  ))
