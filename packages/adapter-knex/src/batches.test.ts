import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Batches } from './batches.ts'

const limits = fc.record({
  batchMax: fc.integer({ min: 1, max: 5 }),
  underWayMax: fc.integer({ min: 1, max: 3 }),
  besideOthersMin: fc.integer({ min: 1, max: 4 }),
})

test('everything goes once and in order, in batches as large and as many as they may be, and nothing waits for nobody', async () => {
  await fc.assert(
    fc.asyncProperty(
      limits,
      fc.array(fc.oneof(fc.constantFrom('add' as const, 'breathe' as const, 'go on' as const), fc.nat({ max: 2 }))),
      async (own, steps) => {
        const batchMax = Math.max(own.batchMax, own.besideOthersMin)
        const underWay: { readonly end: () => void; readonly next: () => readonly number[] }[] = []
        const gone: number[] = []
        const batches = new Batches<number>({ ...own, batchMax }, (_share, batch, next) => {
          expect(batch.length).toBeLessThanOrEqual(batchMax)
          if (underWay.length > 0) expect(batch.length).toBeGreaterThanOrEqual(own.besideOthersMin)
          gone.push(...batch)
          return new Promise((end) => {
            underWay.push({ end, next })
            expect(underWay.length).toBeLessThanOrEqual(own.underWayMax)
          })
        })
        const end = async (index: number) => {
          for (const batch of underWay.splice(index % Math.max(1, underWay.length), 1)) batch.end()
          await breathe()
        }
        let added = 0
        for (const step of steps) {
          if (step === 'add') batches.add('share', added++)
          else if (step === 'breathe') await breathe()
          else if (step === 'go on') gone.push(...(underWay[0]?.next() ?? []))
          else await end(step)
        }
        await breathe()
        while (underWay.length > 0) await end(0)
        expect(gone).toEqual(Array.from({ length: added }, (_, index) => index))
        expect(batches.waiting('share')).toEqual([])
      },
    ),
  )
})

test('what is added in the same turn of the event loop goes together, but as many as may go together wait for nothing', async () => {
  const sent: (readonly number[])[] = []
  const batches = new Batches<number>({ batchMax: 3, underWayMax: 2 }, async (_share, batch) => {
    sent.push(batch)
  })
  for (const item of [1, 2, 3, 4, 5]) {
    batches.add('share', item)
    await Promise.resolve()
  }
  expect(sent).toEqual([[1, 2, 3]])
  expect(batches.waiting('share')).toEqual([4, 5])
  await breathe()
  expect(sent).toEqual([
    [1, 2, 3],
    [4, 5],
  ])
})

test('what was sent before its turn ended and is over leaves alone what has come since', async () => {
  const sent: (readonly string[])[] = []
  const batches = new Batches<string>({ batchMax: 2, underWayMax: 1 }, (_share, batch) => {
    sent.push(batch)
    return sent.length === 1 ? Promise.resolve() : new Promise(() => {})
  })
  for (const item of ['a', 'b', 'c']) {
    batches.add('share', item)
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve()
  }
  await breathe()
  batches.add('share', 'd')
  await breathe()
  expect(sent).toEqual([['a', 'b'], ['c']])
  expect(batches.waiting('share')).toEqual(['d'])
})

test('shares do not wait for one another', async () => {
  const sent: string[] = []
  const batches = new Batches<number>({ batchMax: 1, underWayMax: 1 }, (share) => {
    sent.push(share)
    return new Promise(() => {})
  })
  for (const share of ['a', 'b']) batches.add(share, 1)
  await breathe()
  expect(sent).toEqual(['a', 'b'])
})

/** Until everything has run that this turn of the event loop holds. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
