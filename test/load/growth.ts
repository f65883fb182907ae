import { setTimeout as wait } from 'node:timers/promises'
import type { Contestant } from './contestant.ts'
import { usersFor, groups } from './directory.ts'
import type { Machine } from './machine.ts'
import { type Runner, everySoOften, possible, runnerOf, takeTurn } from './measure.ts'
import { forgetPeak, memoryOf, memoryOfFamily } from './memory.ts'
import { named } from './operations.ts'
import { removeMadeFromLatchkey, seedLatchkey } from './seed.ts'
import { type Spread, median, percentile, ratios, spreadOf } from './statistics.ts'

/** What one operation took in a directory of one size: the median and the 99th percentile of all its requests, in milliseconds. */
export interface Grown {
  readonly operation: string
  readonly users: number
  readonly medianMs: number
  readonly p99Ms: number
}

/** How much longer one thing takes than another, asked in turns and one at a time. */
export interface Pair {
  readonly what: Comparable
  readonly operation: string
  readonly over: string
  readonly users: number
  readonly ratio: Spread
}

export type Comparable = 'member' | 'cursor' | 'look-up'

export interface Memory {
  readonly users: number
  readonly nodeMb: number | null
  readonly postgresMb: number | null
}

/** The process that answers with the largest group, before and at most while it did. */
export interface LargeGroupMemory {
  readonly members: number
  readonly idleMb: number | null
  readonly peakMb: number | null
}

export interface Growth {
  readonly grown: readonly Grown[]
  readonly pairs: readonly Pair[]
  readonly memory: readonly Memory[]
  readonly largeGroup: LargeGroupMemory | null
}

export interface GrowthPlan {
  /** Of the directory that stays small. */
  readonly small: number
  readonly sizes: readonly number[]
  readonly turns: number
  readonly pairRounds: number
  readonly msPerTurn: number
  readonly concurrency: number
  readonly only: string
}

/**
 * The same operations in one directory while it grows. What is to cost the same is asked in turns, within seconds. For look-ups a server of its own, with a
 * database of its own, stays small.
 */
export async function measureGrowth(machine: Machine, plan: GrowthPlan, progress: (line: string) => void): Promise<Growth> {
  const tell = everySoOften(progress)
  const grown: Grown[] = []
  const pairs: Pair[] = []
  const memory: Memory[] = []
  const small = await directory('small', await machine.database('small'))
  await seedLatchkey(small.databaseUrl, small.id, 0, plan.small)
  const asSmall = await runnerOf(small.contestant, plan.small, async () => {})
  const growing = await directory('growing', machine.databaseUrl)
  memory.push({ users: 0, ...(await memoryNow()) })

  // What was created at one size is there at the next.
  const done = new Map<string, number>()
  let seeded = 0
  for (const users of plan.sizes) {
    await seedLatchkey(machine.databaseUrl, growing.id, seeded, users, tell)
    seeded = users
    progress(`seeded ${users.toLocaleString('en-GB')} users`)
    const tidy = async () => {
      await removeMadeFromLatchkey(machine.databaseUrl, growing.id)
      await machine.forgetMails()
    }
    const runner = { ...(await runnerOf(growing.contestant, users, tidy)), done }
    for (const operation of possible(users, plan.only)) {
      const latencies: number[] = []
      const how = { concurrency: operation.isLarge ? 1 : plan.concurrency, msPerTurn: plan.msPerTurn }
      // The first turn warms up, and counts only where one request is longer than a turn.
      for (let turn = 0; turn <= plan.turns; turn += 1) {
        tell(`${users.toLocaleString('en-GB')} users: ${operation.name}`)
        const taken = await takeTurn(runner, operation, how)
        const isSlow = median(taken.latencies) > plan.msPerTurn
        if (turn > 0 || isSlow) latencies.push(...taken.latencies)
        if (isSlow) break
      }
      const sorted = latencies.toSorted((a, b) => a - b)
      grown.push({ operation: operation.name, users, medianMs: median(sorted), p99Ms: percentile(sorted, 0.99) })
      if (operation.makesUsers) await tidy()
    }
    memory.push({ users, ...(await memoryNow()) })
    await compare(users, runner)
  }
  await small.contestant.stop()
  await growing.contestant.stop()
  return { grown, pairs, memory, largeGroup: seeded >= usersFor(groups.large) ? await fetchLargeGroup(growing.token) : null }

  async function directory(name: string, databaseUrl: string) {
    const server = await machine.latchkey({ environment: { LATCHKEY_DATABASE_URL: databaseUrl } })
    const { id, token } = await machine.organization(name, databaseUrl)
    return { id, token, databaseUrl, contestant: { ...server, token } satisfies Contestant }
  }

  async function memoryNow() {
    return { nodeMb: (await memoryOf(growing.contestant.pid)).nowMb, postgresMb: await memoryOfFamily(machine.postgresPid) }
  }

  async function compare(users: number, runner: Runner): Promise<void> {
    const among = new Set(possible(users, plan.only).map(({ name }) => name))
    const pair = async (what: Comparable, name: string, over: string, other: Runner) => {
      if (!among.has(name) || !among.has(over)) return
      tell(`${users.toLocaleString('en-GB')} users: ${name} over ${over}`)
      const ratio = spreadOf(await inTurns([runner, name], [other, over]))
      const beside = other === runner ? over : `${over} at ${plan.small.toLocaleString('en-GB')} users`
      pairs.push({ what, operation: name, over: beside, users, ratio })
    }
    await pair('member', 'PATCH group of 100,000, 1 member', 'PATCH group of 10, 1 member', runner)
    await pair('cursor', 'list 10 by cursor, page 1,000', 'list 10 by cursor, page 1', runner)
    if (users === plan.small) return
    for (const attribute of ['userName', 'externalId', 'emails.value'])
      await pair('look-up', `look up ${attribute}`, `look up ${attribute}`, asSmall)
  }

  /** The median time of the one over that of the other, for each round. */
  async function inTurns(...two: readonly [readonly [Runner, string], readonly [Runner, string]]): Promise<readonly number[]> {
    const medians: [number[], number[]] = [[], []]
    for (let round = 0; round <= plan.pairRounds; round += 1) {
      for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const [runner, name] = two[which]
        const { latencies } = await takeTurn(runner, named(name), { concurrency: 1, msPerTurn: plan.msPerTurn })
        if (round > 0) medians[which].push(median(latencies))
      }
    }
    return ratios(...medians)
  }

  /** By a server that has just begun. A few small requests come first, so that what every request needs counts as idle. */
  async function fetchLargeGroup(token: string): Promise<LargeGroupMemory> {
    const server = await machine.latchkey()
    const runner = await runnerOf({ ...server, token }, seeded, async () => {})
    await takeTurn(runner, named('get group of 10'), { concurrency: 1, msPerTurn: 500 })
    await wait(1_000)
    const { nowMb: idleMb } = await memoryOf(server.pid)
    await forgetPeak(server.pid)
    for (let time = 0; time < 5; time += 1) await takeTurn(runner, named('get group of 100,000'), { concurrency: 1, msPerTurn: 0 })
    const { peakMb } = await memoryOf(server.pid)
    await server.stop()
    return { members: groups.large.size, idleMb, peakMb }
  }
}
