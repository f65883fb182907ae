import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../json.ts'
import { emptyResource, sameResource } from './resource.ts'

test('the order of names is nothing, the order of a list is something', () => {
  expect(sameResource({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toBe(true)
  expect(sameResource([1, 2], [2, 1])).toBe(false)
})

test.each<[Json, Json]>([
  [{ a: 1 }, { a: 1, b: 2 }],
  [
    { a: 1, b: 2 },
    { a: 1, c: 2 },
  ],
  [{ a: null }, {}],
  [{ toString: 'x' }, {}],
  [[], {}],
  [[1], [1, 2]],
  [{ 0: 'a' }, ['a']],
  ['1', 1],
  [null, {}],
  [false, null],
])('%j and %j are not the same', (a, b) => {
  expect(sameResource(a, b)).toBe(false)
  expect(sameResource(b, a)).toBe(false)
})

test('what is the same is what has the same JSON, names sorted', () => {
  const sorted = (value: Json): Json =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, inner]) => [name, sorted(inner)]),
          )
        : value
  const small = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, 0, 1, true, 'a'),
      fc.array(tie('json'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('json'), { maxKeys: 2 }),
    ),
  })).json
  fc.assert(fc.property(small, small, (a, b) => sameResource(a, b) === (JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)))))
})

test('the empty resource is empty for ever', () => {
  expect(Object.keys(emptyResource)).toEqual([])
  expect(Object.isFrozen(emptyResource)).toBe(true)
})
