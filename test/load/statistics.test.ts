import { expect, test } from 'vitest'
import { median, percentile, ratios, spreadOf } from './statistics.ts'

test('a median is the middle of the numbers in order, or between the two in the middle', () => {
  expect(median([10, 9, 2])).toBe(9)
  expect(median([10, 1, 2, 4])).toBe(3)
  expect(median([])).toBeNaN()
})

test('of a hundred numbers 99 are at most the 99th percentile, and a single number is each of its percentiles', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  expect(percentile(hundred, 0.99)).toBe(99)
  expect(percentile(hundred, 0.5)).toBe(50)
  expect(percentile([7], 0.99)).toBe(7)
  expect(percentile([], 0.99)).toBeNaN()
})

test('ratios are taken round by round, and who took part in fewer rounds is compared again from the first', () => {
  expect(ratios([2, 4, 8], [1, 4, 2])).toEqual([2, 1, 4])
  expect(ratios([2, 4, 8], [2])).toEqual([1, 2, 4])
  expect(spreadOf([2, 1, 4])).toEqual({ median: 2, min: 1, max: 4 })
})
