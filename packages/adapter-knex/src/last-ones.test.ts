import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LastOnes } from './last-ones.ts'

const keyMax = 9
const key = fc.integer({ min: 0, max: keyMax })
const call = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value: fc.integer() }),
  fc.record({ kind: fc.constantFrom('get' as const, 'delete' as const), key }),
)
const keys = Array.from({ length: keyMax + 1 }, (_, index) => index)

test('what is kept is what was last set, and is no more than so many', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(call), (max, calls) => {
      const kept = new LastOnes<number, number>(max)
      const set = new Map<number, number>()
      for (const one of calls) {
        if (one.kind === 'set') {
          set.set(one.key, one.value)
          kept.set(one.key, one.value)
          expect(kept.get(one.key)).toBe(one.value)
        } else if (one.kind === 'get') {
          expect([undefined, set.get(one.key)]).toContain(kept.get(one.key))
        } else {
          set.delete(one.key)
          kept.delete(one.key)
        }
      }
      const found = keys.filter((key) => kept.get(key) !== undefined)
      expect(found.length).toBeLessThanOrEqual(max)
      for (const key of found) expect(kept.get(key)).toBe(set.get(key))
    }),
  )
})

test('where nothing is asked for, the last ones that were set are kept', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(key), (max, calls) => {
      const kept = new LastOnes<number, number>(max)
      for (const key of calls) kept.set(key, key)
      const last = [...new Set(calls.toReversed())].slice(0, max)
      expect(keys.filter((key) => kept.get(key) !== undefined)).toEqual(last.toSorted((a, b) => a - b))
    }),
  )
})

test('those who were asked for again stay while any number of others pass by once', () => {
  const kept = new LastOnes<string, number>(8)
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
    kept.set(key, 1)
    kept.get(key)
  }
  for (let other = 0; other < 1_000; other += 1) kept.set(`other ${other}`, other)
  expect(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => kept.get(key))).toEqual([1, 1, 1, 1, 1, 1])
  // More than there is room for make those go that were longest not asked for.
  for (const key of ['g', 'h']) {
    kept.set(key, 1)
    kept.get(key)
  }
  for (let other = 0; other < 1_000; other += 1) kept.set(`other ${other}`, other)
  expect(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => kept.get(key))).toEqual([undefined, undefined, 1, 1, 1, 1, 1, 1])
})
