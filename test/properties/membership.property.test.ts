import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MembershipWish, type UserId, membershipChange } from '@latchkey/domain'
import { userIds } from '../arbitraries/ids.ts'

const runs = { numRuns: 2_000 }
const people = fc.constantFrom(...fc.sample(userIds, { numRuns: 6, seed: 6 }))
const lists = fc.array(people, { maxLength: 4 })
const wishes: fc.Arbitrary<readonly MembershipWish[]> = fc.array(
  fc.record({ kind: fc.constantFrom('join', 'leave', 'become'), users: lists }),
  { maxLength: 8 },
)

test('invariant 10: a list of wishes changes a group as its wishes do, one after the other', () =>
  fc.assert(
    fc.property(wishes, lists, (asked, members) => {
      const oneByOne = asked.reduce<ReadonlySet<UserId>>(fulfil, new Set(members))
      expect(carriedOut(asked, members)).toEqual([...oneByOne].sort())
    }),
    runs,
  ))

test('invariant 10: who leaves is whoever was named, and nobody else', () =>
  fc.assert(
    fc.property(lists, lists, (named, members) => {
      const stay = members.filter((user) => !named.includes(user))
      expect(carriedOut([{ kind: 'leave', users: named }], members)).toEqual([...new Set(stay)].sort())
    }),
    runs,
  ))

test('invariant 4: wishes that come twice came once', () =>
  fc.assert(
    fc.property(wishes, lists, (asked, members) => {
      expect(carriedOut([...asked, ...asked], members)).toEqual(carriedOut(asked, members))
    }),
    runs,
  ))

test('nobody both joins and leaves', () =>
  fc.assert(
    fc.property(wishes, (asked) => {
      const { joining, leaving, rest } = membershipChange(asked)
      expect(joining.filter((user) => leaving.includes(user))).toEqual([])
      expect(new Set(joining).size).toBe(joining.length)
      if (rest === 'leave') expect(leaving).toEqual([])
    }),
    runs,
  ))

/** What stores do with a change: those named leave, or everybody else does; then those named join. */
function carriedOut(asked: readonly MembershipWish[], members: readonly UserId[]): readonly UserId[] {
  const { rest, joining, leaving } = membershipChange(asked)
  const staying = members.filter((user) => (rest === 'leave' ? joining.includes(user) : !leaving.includes(user)))
  return [...new Set([...staying, ...joining])].sort()
}

function fulfil(members: ReadonlySet<UserId>, { kind, users: named }: MembershipWish): ReadonlySet<UserId> {
  switch (kind) {
    case 'join':
      return new Set([...members, ...named])
    case 'leave':
      return new Set([...members].filter((user) => !named.includes(user)))
    case 'become':
      return new Set(named)
  }
}
