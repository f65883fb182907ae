import { expect, test } from 'vitest'
import type { Measured } from './measure.ts'
import { named } from './operations.ts'
import { comparisonVerdicts, find, growthVerdicts, neighboursVerdicts, walkVerdicts } from './verdicts.ts'

const measured = (contestant: string, concurrency: number, rates: readonly number[], name = 'get user'): Measured => ({
  operation: named(name),
  concurrency,
  contestant,
  turns: rates.map((perSecond) => ({ perSecond, latencies: [] })),
})

test('the floor is compared at eight at once, by the median of the rounds', () => {
  const all = [
    measured('latchkey', 1, [1, 1, 1]),
    measured('floor', 1, [9, 9, 9]),
    measured('latchkey', 8, [50, 70, 65]),
    measured('floor', 8, [100, 100, 100]),
  ]
  expect(comparisonVerdicts(all)).toEqual([
    { claim: 'get user: at least 0.6 of the floor, 8 at once', measured: '0.65 (0.50–0.70)', holds: true },
  ])
  expect(comparisonVerdicts([all[2]!, measured('floor', 8, [200, 200, 200])])[0]?.holds).toBe(false)
})

test('who is behind the peer anywhere is not ahead on every operation, and it says where', () => {
  const others = [measured('latchkey', 1, [10, 10]), measured('peer', 1, [5, 5])]
  expect(comparisonVerdicts(others).at(-1)).toMatchObject({ holds: true, measured: 'closest in get user, 1 at once: 2.00 (2.00–2.00)' })
  const behind = [...others, measured('latchkey', 1, [1, 1], 'create user'), measured('peer', 1, [2, 2], 'create user')]
  expect(comparisonVerdicts(behind).at(-1)).toMatchObject({
    holds: false,
    measured: 'behind in create user, 1 at once: 0.50 (0.50–0.50)',
  })
})

test('one who is asked one at a time is compared with every concurrency', () => {
  const slow = measured('peer', 1, [5])
  expect(find([slow], 'peer', measured('latchkey', 16, [10]))).toBe(slow)
})

test('of what grows the largest directory is judged, and memory by what is above idle', () => {
  const ratio = (median: number) => ({ median, min: median, max: median })
  const pair = { what: 'cursor', operation: 'page 1,000', over: 'page 1' } as const
  const pairs = [
    { ...pair, users: 1_000, ratio: ratio(9) },
    { ...pair, users: 1_000_000, ratio: ratio(1.15) },
  ]
  const largeGroup = { members: 100_000, idleMb: 100, peakMb: 300 }
  expect(growthVerdicts({ grown: [], pairs, memory: [], largeGroup }).map(({ holds }) => holds)).toEqual([true, false])
  expect(growthVerdicts({ grown: [], pairs, memory: [], largeGroup: { ...largeGroup, idleMb: null } }).at(-1)?.holds).toBeNull()
})

test('a walk holds only if nobody is missed and nobody repeated', () => {
  const walk = {
    by: 'index',
    beside: { creates: 1, patches: 1, deletes: 0 },
    stayed: 9,
    pages: 1,
    seconds: 1,
    missed: 0,
    repeated: 0,
  } as const
  expect([walk, { ...walk, missed: 1 }, { ...walk, repeated: 1 }].flatMap((one) => walkVerdicts([one])).map(({ holds }) => holds)).toEqual([
    true,
    false,
    false,
  ])
})

test('beside a flood the one who suffers most is judged by itself', () => {
  const quiet = { seconds: 1, requests: 1, errors: 0, p99Ms: 10, p99MsOfEach: [10, 10] }
  const verdicts = neighboursVerdicts({
    organizations: 2,
    perSecond: 25,
    alone: quiet,
    beside: { ...quiet, p99Ms: 15, p99MsOfEach: [10, 20] },
    flooded: { served: 1, refused: 1, unexplained: 0, errors: 0 },
    memoryMb: { first: 100, last: 111 },
  })
  expect(verdicts.map(({ holds }) => holds)).toEqual([true, false, true, true, false])
})
