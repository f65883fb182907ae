import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../contracts/open-postgres.ts'
import type { StorageUnderTest } from '../contracts/storage.contract.ts'
import { GroupKeyWorld } from '../properties/group-key-world.ts'

let subject: StorageUnderTest
beforeAll(async () => {
  subject = await openPostgres()
})
afterAll(() => subject.close())

/** Two who hold the key, and one who waits for it. */
async function crew(): Promise<GroupKeyWorld> {
  const world = await GroupKeyWorld.with(subject, 3)
  for (const who of [0, 1]) {
    await world.put(who)
    await world.setUpKey(who)
  }
  await world.make(0)
  await world.approve(0)
  await world.put(2)
  await world.setUpKey(2)
  for (const who of [0, 1, 2]) await world.signedIn(who)
  return world
}

test.each([
  ['a deactivation', (world: GroupKeyWorld) => world.setEnabled(2, false)],
  ['a reset', (world: GroupKeyWorld) => world.reset(2)],
  ['a removal', (world: GroupKeyWorld) => world.take(2)],
  ['a deletion', (world: GroupKeyWorld) => world.remove(2)],
])('a grant against %s: afterwards nothing is served', async (_name, change) => {
  for (let round = 0; round < 8; round += 1) {
    const world = await crew()
    const [granted] = await Promise.all([world.approve(0), change(world)])
    expect(['done', 'members-moved']).toContain(granted)
    expect(await world.open(2)).toBeNull()
    expect((await world.state())?.summary.holders).toBe(2)
  }
})

test('of two first epochs one wins', async () => {
  for (let round = 0; round < 8; round += 1) {
    const world = await GroupKeyWorld.with(subject, 2)
    for (const who of [0, 1]) {
      await world.put(who)
      await world.setUpKey(who)
      await world.signedIn(who)
    }
    const outcomes = await Promise.all([world.make(0), world.make(1)])
    expect(outcomes.toSorted()).toEqual(['done', 'epoch-moved'])
    expect((await world.state())?.summary).toMatchObject({ epoch: { number: 1 }, holders: 1 })
  }
})

test('of two rotations one wins, and both holders open what it made', async () => {
  for (let round = 0; round < 8; round += 1) {
    const world = await crew()
    // Whoever opens it between the other's epoch and the other's grants has none to begin with.
    const [mine, yours] = [await world.open(0), await world.open(1)]
    const outcomes = await Promise.all([world.rotate(0, { opened: mine }), world.rotate(1, { opened: yours })])
    expect(outcomes.toSorted()).toEqual(['done', 'epoch-moved'])
    const [one, other] = [await world.open(0), await world.open(1)]
    expect(one?.epoch.number).toBe(2)
    expect(other?.secret).toEqual(one?.secret)
  }
})

test('two holders who approve at once give one grant', async () => {
  for (let round = 0; round < 8; round += 1) {
    const world = await crew()
    expect(await Promise.all([world.approve(0), world.approve(1)])).toEqual(['done', 'done'])
    expect(await world.open(2)).not.toBeNull()
    expect((await world.state())?.summary.holders).toBe(3)
  }
})
