import { expect, test } from 'vitest'
import { isMassChange } from './mass-change.ts'

test.each([
  [19, 19, false],
  [20, 20, true],
  [20, 100, true],
  [20, 101, false],
  [200, 1_001, false],
  [201, 1_001, true],
])('%d of %d people: alarm is %s', (affected, total, alarm) => {
  expect(isMassChange({ affected, total })).toBe(alarm)
})
