import { expect, test } from 'vitest'
import { dayMs } from './instant.ts'
import { expiryWarningDue } from './token-expiry-warning.ts'

const token = { createdAt: 0, expiresAt: 365 * dayMs, revokedAt: null }

test.each([
  [334, null],
  [335, 30],
  [357, 30],
  [358, 7],
  [363, 7],
  [364, 1],
  [365, null],
])('after %i of 365 days the warning due is that of %s days', (day, due) => {
  expect(expiryWarningDue(token, day * dayMs)).toBe(due)
})

test('nobody is warned of a token that never ends, is revoked, or was made for so short a time', () => {
  expect(expiryWarningDue({ ...token, expiresAt: null }, 364 * dayMs)).toBeNull()
  expect(expiryWarningDue({ ...token, revokedAt: 1 }, 364 * dayMs)).toBeNull()
  expect(expiryWarningDue({ createdAt: 0, expiresAt: 7 * dayMs, revokedAt: null }, dayMs)).toBeNull()
})
