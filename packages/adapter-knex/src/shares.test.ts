import { expect, test } from 'vitest'
import { NoRoom, Shares } from './shares.ts'

const patience = 60_000

/** Who was let in, in order. */
function gate(places: number) {
  const shares = new Shares(places)
  const inside: string[] = []
  return {
    shares,
    inside,
    ask: async (share: string, isShort = false) => {
      await shares.enter(share, patience, { isShort })
      inside.push(share)
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

test('one organisation among itself is served in order', async () => {
  const { shares, ask, inside, settled } = gate(1)
  void ask('a')
  void ask('a')
  void ask('a')
  await settled()
  expect(inside).toEqual(['a'])
  shares.leave('a')
  await settled()
  expect(inside).toEqual(['a', 'a'])
  expect(shares.waiting).toBe(1)
})

test('behind a thousand requests of one organisation, another waits for one turn', async () => {
  const { shares, ask, inside, settled } = gate(1)
  for (let count = 0; count < 1_000; count += 1) void ask('flood')
  void ask('quiet')
  void ask('quiet')
  for (let turn = 0; turn < 4; turn += 1) {
    await settled()
    shares.leave(inside.at(-1)!)
  }
  await settled()
  expect(inside).toEqual(['flood', 'flood', 'quiet', 'flood', 'quiet'])
})

test('however much one organisation asks for, another finds room at once', async () => {
  const { ask, inside, settled } = gate(4)
  for (let count = 0; count < 100; count += 1) void ask('slow')
  await settled()
  expect(inside).toEqual(['slow', 'slow', 'slow'])
  void ask('quiet')
  await settled()
  expect(inside).toEqual(['slow', 'slow', 'slow', 'quiet'])
})

test('only what is short may take the last place, and waits for its turn like the others', async () => {
  const { shares, ask, inside, settled } = gate(4)
  for (let count = 0; count < 4; count += 1) void ask('a')
  await settled()
  expect(inside).toEqual(['a', 'a', 'a'])
  void ask('b', true)
  void ask('b', true)
  await settled()
  expect(inside).toEqual(['a', 'a', 'a', 'b'])
  shares.leave('a')
  await settled()
  expect(inside).toEqual(['a', 'a', 'a', 'b', 'a'])
  shares.leave('a')
  shares.leave('a')
  await settled()
  expect(inside).toEqual(['a', 'a', 'a', 'b', 'a', 'b'])
})

test('one organisation may fill every place with what is short', async () => {
  const { ask, inside, settled } = gate(4)
  for (let count = 0; count < 5; count += 1) void ask('a', true)
  await settled()
  expect(inside).toHaveLength(4)
})

test('who waits too long is told that there is no room, and nobody else is kept from theirs', async () => {
  const shares = new Shares(1)
  await shares.enter('a', patience)
  await expect(shares.enter('b', 1)).rejects.toBeInstanceOf(NoRoom)
  const next = shares.enter('c', patience)
  shares.leave('a')
  await next
  expect(shares.waiting).toBe(0)
})

test('a place that was given back is given again, and no more places than there are', async () => {
  const { shares, ask, inside, settled } = gate(3)
  for (const share of ['a', 'b', 'c', 'd', 'a', 'b']) void ask(share)
  await settled()
  expect(inside).toHaveLength(3)
  for (const share of ['a', 'b', 'c']) shares.leave(share)
  await settled()
  expect(inside.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'd'])
})
