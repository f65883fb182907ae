import { describe, expect, test } from 'vitest'
import { type KeyMember, groupKeyState, mayCarryOver, mayGrant, membershipStatus, waitingBecause, waitsForGroupKey } from './group-key.ts'
import { userId } from './ids.ts'

const waiting: KeyMember = {
  directory: 'enabled',
  key: { version: 1, fingerprint: 'f1' },
  isInRoster: false,
  grant: null,
}
const holder: KeyMember = { ...waiting, grant: { isBeforeReturn: false } }
const byHand = { fingerprint: 'f1', approval: 'by-hand' } as const

test('25: what a member may do follows the person, and in a keyed group the grant', () => {
  const statuses = (isKeyed: boolean) =>
    [holder, waiting, { ...waiting, key: null }, { ...holder, directory: 'deactivated' as const }].map((member) =>
      membershipStatus(member, { isKeyed }),
    )
  expect(statuses(false)).toEqual(['active', 'active', 'pending-encryption-key', 'deactivated'])
  expect(statuses(true)).toEqual(['active', 'pending-key-grant', 'pending-encryption-key', 'deactivated'])
})

test('31: a group’s key is what its epoch, its holders and its departures make of it', () => {
  const departures = [{ user: userId('01a20a87-fe37-7387-a197-8037ae979d7d'), userName: 'ada', how: 'removed' }] as const
  expect(groupKeyState({ epoch: null, holders: 0, departures: [] })).toEqual({ state: 'unkeyed' })
  expect(groupKeyState({ epoch: 2, holders: 1, departures: [] })).toEqual({ state: 'keyed', epoch: 2 })
  expect(groupKeyState({ epoch: 2, holders: 1, departures })).toEqual({ state: 'rotation-due', epoch: 2, reasons: departures })
  expect(groupKeyState({ epoch: 2, holders: 0, departures })).toEqual({ state: 'orphaned', epoch: 2 })
})

describe('a grant', () => {
  test('is stored for who waits, and nothing is to be done for who holds', () => {
    expect(mayGrant(waiting, byHand)).toEqual({ ok: true, value: 'grant' })
    expect(mayGrant(holder, byHand)).toEqual({ ok: true, value: 'held' })
    expect([waitsForGroupKey(waiting), waitsForGroupKey(holder)]).toEqual([true, false])
  })

  test.each([
    ['not-a-member', undefined, byHand],
    ['not-enabled', { ...waiting, directory: 'deactivated' }, byHand],
    ['no-key', { ...waiting, key: null }, byHand],
    ['other-key', waiting, { ...byHand, fingerprint: 'f2' }],
    ['not-approved', waiting, { ...byHand, approval: 'carried-over' }],
    ['needs-approval', { ...waiting, key: { version: 2, fingerprint: 'f1' } }, { ...byHand, approval: 'automatic' }],
  ] as const)('is refused with %s', (error, member, grant) => {
    expect(mayGrant(member, grant)).toEqual({ ok: false, error })
  })

  test('is carried over to whom the epoch was made for, and automatic for a first key', () => {
    expect(mayGrant({ ...waiting, isInRoster: true }, { ...byHand, approval: 'carried-over' }).ok).toBe(true)
    expect(mayGrant(waiting, { ...byHand, approval: 'automatic' }).ok).toBe(true)
    expect(mayGrant({ ...waiting, key: { version: 2, fingerprint: 'f1' } }, byHand).ok).toBe(true)
  })
})

test('an epoch is made for who holds the one before and stayed, with the key they have', () => {
  expect(mayCarryOver(holder, 'f1').ok).toBe(true)
  expect(mayCarryOver(holder, 'f2')).toEqual({ ok: false, error: 'other-key' })
  expect(mayCarryOver(waiting, 'f1')).toEqual({ ok: false, error: 'not-approved' })
  expect(mayCarryOver({ ...holder, grant: { isBeforeReturn: true } }, 'f1')).toEqual({ ok: false, error: 'not-approved' })
  expect(mayCarryOver({ ...holder, directory: 'deactivated' }, 'f1')).toEqual({ ok: false, error: 'not-enabled' })
  expect(mayCarryOver(undefined, 'f1')).toEqual({ ok: false, error: 'not-a-member' })
})

test('why somebody waits is told apart', () => {
  expect(waitingBecause({ ...waiting, heldBefore: false })).toBe('new')
  expect(waitingBecause({ ...waiting, heldBefore: true })).toBe('returned')
  expect(waitingBecause({ ...waiting, key: { version: 2, fingerprint: 'f1' }, heldBefore: true })).toBe('reset')
  expect(waitingBecause({ ...waiting, isInRoster: true, heldBefore: true })).toBe('carried-over')
})
