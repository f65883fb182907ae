import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openMemory } from '../contracts/open-memory.ts'
import { openPostgres } from '../contracts/open-postgres.ts'
import type { StorageUnderTest } from '../contracts/storage.contract.ts'
import { GroupKeyWorld } from './group-key-world.ts'

const size = 4

const kinds = [
  ...(['put', 'put', 'take', 'deactivate', 'reactivate', 'delete', 'restore', 'set-up', 'set-up', 'set-up', 'reset'] as const),
  ...(['make', 'make', 'approve', 'approve', 'approve', 'rotate', 'rotate', 'delete-group', 'restore-group'] as const),
]

interface Step {
  readonly kind: (typeof kinds)[number]
  readonly who: number
}

const steps = fc.array(fc.record<Step>({ kind: fc.constantFrom(...kinds), who: fc.nat({ max: size - 1 }) }), { maxLength: 40, size: 'max' })

/** What can become of somebody before they come to have the key: each order of the four that everybody goes through, and anything in between. */
const orders = fc.oneof(
  fc.shuffledSubarray(['put', 'set-up', 'approve', 'approve'] as const, { minLength: 2 }),
  fc.array(fc.constantFrom('put', 'take', 'set-up', 'approve', 'deactivate', 'reactivate', 'reset', 'delete', 'restore'), {
    maxLength: 14,
  }),
)

/** A group of three who hold its key, and one who is nobody yet: most of what can go wrong comes after that. */
const keyed: readonly Step[] = [
  ...[0, 1, 2].flatMap((who): readonly Step[] => [
    { kind: 'put', who },
    { kind: 'set-up', who },
  ]),
  { kind: 'make', who: 0 },
  { kind: 'approve', who: 0 },
]

/** One who replaced the group's key before a reset and after it: to others they have another key than before. */
const replacedTwice: readonly Step[] = [
  { kind: 'rotate', who: 2 },
  { kind: 'reset', who: 2 },
  { kind: 'set-up', who: 2 },
  { kind: 'approve', who: 0 },
  { kind: 'rotate', who: 2 },
]

/** What a person is, to somebody who was told of everything and stores nothing else. */
interface PersonModel {
  directory: 'enabled' | 'deactivated' | 'deleted'
  version: number
  hasKey: boolean
  isMember: boolean
}

/** The whole of the rules in one place: three facts of each person, and who was given the newest epoch with which key. */
class Model {
  readonly people: readonly PersonModel[] = Array.from({ length: size }, () => ({
    directory: 'enabled',
    version: 0,
    hasKey: false,
    isMember: false,
  }))
  epoch = 0
  isGroupLive = true
  /** By person and key version. `left` once they left after it. */
  grants = new Map<string, { readonly who: number; left: boolean }>()

  holds(who: number): boolean {
    return this.#isEntitled(who) && this.grants.has(this.#key(who))
  }

  waits(who: number): boolean {
    return this.epoch > 0 && this.#isEntitled(who) && !this.holds(who)
  }

  all(fits: (who: number) => boolean): readonly number[] {
    return this.people.flatMap((_, who) => (fits(who) ? [who] : []))
  }

  departed(): readonly number[] {
    return this.all((who) => [...this.grants.values()].some((grant) => grant.who === who && grant.left))
  }

  apply({ kind, who }: Step): void {
    const person = this.people[who]!
    const isLive = person.directory !== 'deleted'
    switch (kind) {
      case 'put':
        if (this.isGroupLive && isLive) person.isMember = true
        return
      case 'take':
        this.#leave(who)
        return
      case 'deactivate':
      case 'reactivate':
        if (isLive) person.directory = kind === 'deactivate' ? 'deactivated' : 'enabled'
        return
      case 'delete':
        this.#leave(who)
        person.directory = 'deleted'
        return
      case 'restore':
        if (!isLive) person.directory = 'deactivated'
        return
      case 'set-up':
        if (person.directory === 'enabled' && !person.hasKey) Object.assign(person, { hasKey: true, version: person.version + 1 })
        return
      case 'reset':
        if (isLive) person.hasKey = false
        return
      case 'make':
        if (this.epoch === 0 && this.#isEntitled(who)) this.#begin([who])
        return
      case 'approve':
        if (this.holds(who)) for (const other of this.all((one) => this.waits(one))) this.#give(other)
        return
      case 'rotate':
        if (this.holds(who)) this.#begin(this.all((one) => one === who || (this.holds(one) && !this.grants.get(this.#key(one))!.left)))
        return
      case 'delete-group':
        for (const member of this.all((one) => this.people[one]!.isMember)) this.#leave(member)
        this.isGroupLive = false
        return
      case 'restore-group':
        this.isGroupLive = true
    }
  }

  #isEntitled(who: number): boolean {
    const { directory, hasKey, isMember } = this.people[who]!
    return this.isGroupLive && isMember && directory === 'enabled' && hasKey
  }

  #begin(roster: readonly number[]): void {
    this.epoch += 1
    this.grants = new Map()
    for (const who of roster) this.#give(who)
  }

  #give(who: number): void {
    this.grants.set(this.#key(who), { who, left: false })
  }

  #leave(who: number): void {
    const person = this.people[who]!
    if (!person.isMember) return
    person.isMember = false
    for (const grant of this.grants.values()) if (grant.who === who) grant.left = true
  }

  #key(who: number): string {
    return `${who} ${this.people[who]!.version}`
  }
}

async function carryOut(world: GroupKeyWorld, { kind, who }: Step): Promise<unknown> {
  switch (kind) {
    case 'put':
      return world.put(who)
    case 'take':
      return world.take(who)
    case 'deactivate':
    case 'reactivate':
      return world.setEnabled(who, kind === 'reactivate')
    case 'delete':
      return world.remove(who)
    case 'restore':
      return world.bringBack(who)
    case 'set-up':
      return world.setUpKey(who)
    case 'reset':
      return world.reset(who)
    case 'make':
      return world.make(who)
    case 'approve':
      return world.approve(who)
    case 'rotate':
      return world.rotate(who)
    case 'delete-group':
      return world.removeGroup()
    case 'restore-group':
      return world.bringGroupBack()
  }
}

async function check(world: GroupKeyWorld, model: Model): Promise<void> {
  const found = await world.state()
  expect(found !== null).toBe(model.isGroupLive)
  const secrets = new Set<string>()
  for (const [who] of world.people.entries()) {
    const key = await world.open(who)
    expect(key !== null, `whether person ${who} can open it`).toBe(model.holds(who))
    if (key) {
      expect(key.epoch.number).toBe(model.epoch)
      secrets.add(key.secret.join())
    }
  }
  expect(secrets.size).toBeLessThanOrEqual(1)
  if (!found) return
  const { summary, state } = found
  const [holders, departed] = [model.all((who) => model.holds(who)), model.departed()]
  expect(summary.holders).toBe(holders.length)
  expect(summary.waiting).toBe(model.all((who) => model.waits(who)).length)
  const expected = model.epoch === 0 ? 'unkeyed' : holders.length === 0 ? 'orphaned' : departed.length > 0 ? 'rotation-due' : 'keyed'
  expect(state.state).toBe(expected)
  expect(summary.departures.map(({ user }) => user)).toEqual(departed.map((who) => world.people[who]!.id).toSorted())
}

describe.each([
  { name: 'in memory', open: () => openMemory(), numRuns: 300 },
  { name: 'on PostgreSQL', open: openPostgres, numRuns: 25 },
])('group keys, $name', ({ open, numRuns }) => {
  let subject: StorageUnderTest
  beforeAll(async () => {
    subject = await open()
  })
  afterAll(() => subject.close())

  test(
    'invariants 24, 25, 27, 28, 30, 31: in every history exactly those open the key who are asserted, enabled, keyed and granted',
    {
      timeout: 240_000,
    },
    () =>
      fc.assert(
        fc.asyncProperty(fc.boolean(), steps, async (isKeyed, history) => {
          const [world, model] = [await GroupKeyWorld.with(subject, size), new Model()]
          for (const step of [...(isKeyed ? keyed : []), ...history]) {
            await carryOut(world, step)
            model.apply(step)
          }
          await check(world, model)
        }),
        { numRuns, examples: [[true, [...replacedTwice]]] },
      ),
  )

  test('invariants 11, 26: with a holder present, every order of membership and key set-up ends with the grant, within one round of the queue', {
    timeout: 120_000,
  }, async () => {
    // The newcomer is person 1, whatever has become of them; the holder looks at the queue between any two steps, too.
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const world = await GroupKeyWorld.with(subject, 2)
        await world.put(0)
        await world.setUpKey(0)
        await world.make(0)
        for (const kind of order) await carryOut(world, { kind, who: kind === 'approve' ? 0 : 1 })
        // Once they are asserted, enabled and keyed at last, one round is enough.
        for (const kind of ['restore', 'reactivate', 'put', 'set-up'] as const) await carryOut(world, { kind, who: 1 })
        await world.approve(0)
        const [own, other] = [await world.open(0), await world.open(1)]
        expect(other?.secret).toEqual(own?.secret)
        expect((await world.state())?.summary).toMatchObject({ holders: 2, waiting: 0 })
      }),
      { numRuns },
    )
  })

  test('a mass removal and a mass deletion orphan nothing that cannot be brought back', async () => {
    for (const [away, back] of [
      [['take'], ['put']],
      [['delete'], ['restore', 'reactivate', 'put']],
    ] as const) {
      const world = await GroupKeyWorld.with(subject, 3)
      for (const who of [0, 1, 2]) {
        await world.put(who)
        await world.setUpKey(who)
      }
      await world.make(0)
      await world.approve(0)
      for (const who of [0, 1, 2]) for (const kind of away) await carryOut(world, { kind, who })
      expect((await world.state())?.state).toEqual({ state: 'orphaned', epoch: 1 })
      for (const kind of back) await carryOut(world, { kind, who: 1 })
      expect(await world.open(1)).not.toBeNull()
      expect(await world.rotate(1)).toBe('done')
      for (const who of [0, 2]) for (const kind of back) await carryOut(world, { kind, who })
      expect(await world.approve(1)).toBe('done')
      for (const who of [0, 1, 2]) expect(await world.open(who)).toMatchObject({ epoch: { number: 2 } })
    }
  })

  test('invariants 28, 31: nobody is carried over who came back, and nobody is given a key as carried over for whom it was not made', async () => {
    const world = await GroupKeyWorld.with(subject, 4)
    for (const step of keyed) await carryOut(world, step)
    await world.take(1)
    await world.put(1)
    expect(await world.open(1)).not.toBeNull()
    expect(await world.rotate(0, { withReturned: true })).toBe('members-moved')
    expect((await world.state())?.state).toMatchObject({ state: 'rotation-due', epoch: 1, reasons: [{ how: 'returned' }] })
    expect(await world.rotate(0)).toBe('done')
    expect(await world.open(1)).toBeNull()
    const key = await world.open(0)
    if (!key) throw new Error('The holder has lost the key.')
    // A browser that says that somebody holds it: the server looks for itself.
    const { fingerprint } = world.recipient(1, 'held-before')
    const believed = { ...key, holders: new Set([...key.holders, fingerprint]) }
    expect(await world.grant(0, believed, [world.recipient(1, 'held-before')])).toBe('members-moved')
    expect(await world.open(1)).toBeNull()
    // Somebody of the list is no member any more: nothing of the list is stored.
    await world.put(3)
    await world.setUpKey(3)
    await world.take(3)
    expect(await world.grant(0, key, [world.recipient(1, 'approved'), world.recipient(3, 'approved')])).toBe('members-moved')
    expect(await world.open(1)).toBeNull()
    expect(await world.grant(0, key, [world.recipient(1, 'approved'), world.recipient(2, 'approved')])).toBe('done')
    expect(await world.open(1)).not.toBeNull()
    expect(await world.rotate(0)).toBe('done')
    await world.put(3)
    expect(await world.grant(0, key, [world.recipient(3, 'approved')])).toBe('epoch-moved')
  })

  test('28: who holds nothing neither grants nor replaces, with the key in their hands', async () => {
    const world = await GroupKeyWorld.with(subject, 4)
    for (const step of keyed) await carryOut(world, step)
    await world.put(3)
    await world.setUpKey(3)
    const key = await world.open(0)
    if (!key) throw new Error('The holder has lost the key.')
    expect(await world.grant(3, key, [world.recipient(3, 'approved')])).toBe('not-a-holder')
    expect(await world.replace(3, key)).toBe('not-a-holder')
    expect(await world.replace(0, { ...key, epoch: { ...key.epoch, hash: key.epoch.rosterDigest } })).toBe('statement-invalid')
    expect((await world.state())?.summary).toMatchObject({ epoch: { number: 1 }, holders: 3 })
    const refused = (await subject.events(world.organization.id)).flatMap(({ event }) =>
      event.kind === 'group-key-refused' ? [event.reason] : [],
    )
    expect(refused).toEqual(['not-a-holder', 'not-a-holder', 'statement-invalid'])
  })

  test('KEY-5: a policy grants only where it is on, within its hour, and never after a reset', async () => {
    const world = await GroupKeyWorld.with(subject, 4)
    for (const who of [0, 1, 2, 3]) {
      await world.put(who)
      await world.setUpKey(who)
    }
    await world.make(0)
    const allow = (automaticGranting: boolean, automaticGrantsPerHour: number) =>
      world.storage.transaction(world.organization.id, async ({ organization }) => {
        const before = await organization.lock()
        await organization.save({ ...before, settings: { ...before.settings, automaticGranting, automaticGrantsPerHour } })
      })
    expect(await world.approve(0, 'automatic')).toBe('automatic-switched-off')
    await allow(true, 2)
    expect(await world.approve(0, 'automatic')).toBe('automatic-cap-reached')
    expect((await world.state())?.summary.holders).toBe(1)
    await world.take(3)
    expect(await world.approve(0, 'automatic')).toBe('done')
    expect((await world.state())?.summary.holders).toBe(3)
    await world.put(3)
    expect(await world.approve(0, 'automatic')).toBe('automatic-cap-reached')
    await allow(true, 100)
    await world.reset(3)
    await world.setUpKey(3)
    await expect(world.approve(0, 'automatic')).rejects.toMatchObject({ code: 'reset-needs-approval' })
    expect(await world.approve(0)).toBe('done')
    const granted = (await subject.events(world.organization.id)).flatMap(({ event }) =>
      event.kind === 'group-key-granted' ? [[event.approval, event.users.length]] : [],
    )
    expect(granted).toEqual([
      ['automatic', 2],
      ['by-hand', 1],
    ])
  })
})
