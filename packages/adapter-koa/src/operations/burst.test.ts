import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Burst } from './burst.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what is to be told is told within a moment, in its order and once', () => {
  const told: number[] = []
  const burst = new Burst<number>((item) => told.push(item))
  burst.add(1)
  burst.add(2)
  expect(told).toEqual([])
  vi.advanceTimersByTime(50)
  expect(told).toEqual([1, 2])
  burst.add(3)
  vi.advanceTimersByTime(50)
  expect(told).toEqual([1, 2, 3])
  expect(vi.getTimerCount()).toBe(0)
})

test('many do not wait', () => {
  const told: number[] = []
  const burst = new Burst<number>((item) => told.push(item))
  for (let item = 0; item < 130; item += 1) burst.add(item)
  expect(told).toHaveLength(128)
  burst.tellAll()
  expect(told).toHaveLength(130)
  expect(vi.getTimerCount()).toBe(0)
})
