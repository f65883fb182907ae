import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalDateTime } from './date-time.ts'

test.each([
  ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
  ['2026-01-31T12:00:00.123456789Z', '2026-01-31T12:00:00.123Z'],
  ['2026-01-01T01:00:00+02:00', '2025-12-31T23:00:00.000Z'],
  ['2025-12-31T20:30:00-05:45', '2026-01-01T02:15:00.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
])('R-94: %s is the moment %s', (text, canonical) => {
  expect(canonicalDateTime(text)).toBe(canonical)
})

test.each([
  '2026-01-31',
  '2026-01-31T12:00Z',
  '2026-01-31 12:00:00Z',
  '2026-1-31T12:00:00Z',
  '2026-02-30T12:00:00Z',
  '2025-02-29T12:00:00Z',
  '2026-13-01T12:00:00Z',
  '2026-01-31T24:00:00Z',
  '2026-01-31T12:60:00Z',
  '2026-01-31T12:00:00+15:00',
  '2026-01-31T12:00:00+01:60',
  '2026-01-31T12:00:00+0100',
  '2026-01-31t12:00:00z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
  '12026-01-31T12:00:00Z',
  '2026-01-31T12:00:00.Z',
  '2026-01-31T12:00:00Z\n',
  'yesterday',
  '',
])('R-53: %j is no dateTime', (text) => {
  expect(canonicalDateTime(text)).toBeUndefined()
})

test('the order of canonical texts is the order of moments', () => {
  const moments = fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  fc.assert(
    fc.property(moments, moments, (a, b) => {
      const first = canonicalDateTime(a.toISOString())!
      const second = canonicalDateTime(b.toISOString())!
      expect(first < second).toBe(a < b)
    }),
  )
})
