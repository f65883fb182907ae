import { expect, test } from 'vitest'
import { dayMs } from './instant.ts'
import { type Licence, isEntitled, licenceStatus } from './licence.ts'

const created = Date.UTC(2026, 0, 1)
const licence: Licence = { plan: 'team', entitlements: ['scim', 'later'], startsAt: null, expiresAt: created + 365 * dayMs }

test('a new database has every feature for 30 days, and nothing that is paid for from then on', () => {
  expect(licenceStatus(null, created, created)).toEqual({
    plan: 'evaluation',
    entitlements: ['scim'],
    expiresAt: created + 30 * dayMs,
    state: 'evaluation',
  })
  expect(licenceStatus(null, created, created + 30 * dayMs - 1).state).toBe('evaluation')
  const over = licenceStatus(null, created, created + 30 * dayMs)
  expect(over).toEqual({ plan: 'none', entitlements: [], expiresAt: created + 30 * dayMs, state: 'evaluation-over' })
  expect(isEntitled(over, 'scim')).toBe(false)
})

test('a licence gives what it names until it expires, within the evaluation too', () => {
  for (const days of [0, 31, 364]) {
    expect(licenceStatus(licence, created, created + days * dayMs)).toEqual({
      plan: 'team',
      entitlements: ['scim', 'later'],
      expiresAt: licence.expiresAt,
      state: 'licensed',
    })
  }
  expect(licenceStatus(licence, created, licence.expiresAt)).toMatchObject({ plan: 'team', entitlements: [], state: 'expired' })
})

test('a licence that has not started or has expired takes nothing from an evaluation that runs', () => {
  const soon = { ...licence, startsAt: created + 40 * dayMs }
  expect(licenceStatus(soon, created, created + dayMs).state).toBe('evaluation')
  expect(licenceStatus(soon, created, created + 35 * dayMs)).toMatchObject({ entitlements: [], state: 'not-started' })
  expect(licenceStatus({ ...licence, expiresAt: created + 1 }, created, created + dayMs).state).toBe('evaluation')
})

test('a licence without SCIM does not entitle to it', () => {
  expect(isEntitled(licenceStatus({ ...licence, entitlements: ['later'] }, created, created + 31 * dayMs), 'scim')).toBe(false)
})
