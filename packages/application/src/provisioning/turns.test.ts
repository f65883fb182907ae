import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('work on one thing is done one after the other in order, also behind what fails; on different things at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ thing: fc.constantFrom('a', 'b'), fails: fc.boolean() }), { maxLength: 12 }),
      async (scheduler, asked) => {
        const turns = new Turns<string>()
        const began: number[] = []
        const busy = new Set<string>()
        const all = asked.map(({ thing, fails }, number) =>
          turns.take(
            thing,
            async () => {
              expect(busy.has(thing)).toBe(false)
              busy.add(thing)
              began.push(number)
              await scheduler.schedule(Promise.resolve())
              busy.delete(thing)
              if (fails) throw new Error(`${number} fails`)
              return number
            },
            () => Promise.reject(new Error('Nobody is turned away from a line of twelve.')),
          ),
        )
        const outcomes = Promise.allSettled(all)
        await scheduler.waitFor(outcomes)
        expect((await outcomes).map(({ status }) => status === 'rejected')).toEqual(asked.map(({ fails }) => fails))
        for (const thing of ['a', 'b']) {
          const order = began.filter((number) => asked[number]?.thing === thing)
          expect(order).toEqual(order.toSorted((a, b) => a - b))
        }
        expect(began).toHaveLength(asked.length)
      },
    ),
  )
})

test('whose turn it is may let the next one begin before they are done', async () => {
  const turns = new Turns<string>()
  const told: string[] = []
  let finish = (): void => {}
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const crowded = () => Promise.reject(new Error('There is no crowd.'))
  const first = turns.take(
    'a',
    async (next) => {
      next()
      await finished
      told.push('first')
    },
    crowded,
  )
  await turns.take('a', async () => told.push('second'), crowded)
  finish()
  await first
  expect(told).toEqual(['second', 'first'])
})

test('who finds a long line is served elsewhere, and the line goes on', async () => {
  const turns = new Turns<string>()
  let begin = (): void => {}
  const gate = new Promise<void>((resolve) => (begin = resolve))
  const line = Array.from({ length: 40 }, (_, number) =>
    turns.take(
      'a',
      async () => {
        await gate
        return `in turn ${number}`
      },
      async () => `elsewhere ${number}`,
    ),
  )
  expect(await line[39]).toBe('elsewhere 39')
  begin()
  const served = await Promise.all(line)
  expect(served.slice(0, 17)).toEqual(Array.from({ length: 17 }, (_, number) => `in turn ${number}`))
  expect(served.slice(17)).toEqual(Array.from({ length: 23 }, (_, index) => `elsewhere ${index + 17}`))
  expect(
    await turns.take(
      'a',
      async () => 'empty again',
      async () => 'crowded',
    ),
  ).toBe('empty again')
})
