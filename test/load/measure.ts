import type { Contestant } from './contestant.ts'
import { type Directory, type Operation, operations } from './operations.ts'
import { Wire, rawRequest } from './wire.ts'

/** How long, and how often. */
export interface Plan {
  readonly users: number
  readonly concurrencies: readonly number[]
  readonly rounds: number
  /** In so many rounds those take part who need much longer than a turn. */
  readonly roundsOfSlow: number
  readonly msPerTurn: number
  /** The same of what writes. A disk that is busy for others holds up every flush for half a second or more at a time, so a turn has to see good times and bad ones. */
  readonly msPerTurnOfWrites: number
  /** V8 needs tens of thousands of requests until it has compiled for good what one of them goes through, and a server that synchronises somebody has had them. */
  readonly msOfWarmUp: number
  /** A part of the names of the operations that are measured; empty for all. */
  readonly only: string
}

/** What one contestant did in one turn. */
export interface Turn {
  readonly perSecond: number
  /** Milliseconds from a request to its whole answer, sorted. */
  readonly latencies: readonly number[]
}

export interface Measured {
  readonly operation: Operation
  /** Requests at once. Of an operation that takes longer than a turn there is one at a time, whatever else the others are asked. */
  readonly concurrency: number
  readonly contestant: string
  /** One for each round that it took part in. */
  readonly turns: readonly Turn[]
}

/** A contestant, its directory, and how far it has come with each operation. */
export interface Runner {
  readonly contestant: Contestant
  readonly directory: Directory
  readonly done: Map<string, number>
  /** Takes away who was made. */
  tidy(): Promise<void>
}

export async function runnerOf(contestant: Contestant, users: number, tidy: () => Promise<void>): Promise<Runner> {
  // The peer knows the members of a group, but not the groups of a user.
  const directory = { users, cursor: await walkTo(contestant, 1_000, users), tellsGroups: contestant.name !== 'peer' }
  return { contestant, directory, done: new Map(), tidy }
}

/** The operations that a directory of such a size has what it takes for. */
export function possible(users: number, only: string): readonly Operation[] {
  return operations.filter(({ name, usersMin }) => usersMin <= users && name.includes(only))
}

/**
 * Every operation at every concurrency, each contestant in each round: the contestants take turns within seconds of one another, so that whatever else
 * the machine does falls on all of them.
 */
export async function measureAll(
  runners: readonly Runner[],
  plan: Plan,
  progress: (line: string) => void,
  warm: () => void = () => {},
): Promise<readonly Measured[]> {
  const tell = everySoOften(progress)
  const measured = new Map<string, { operation: Operation; concurrency: number; contestant: string; turns: Turn[] }>()
  const keep = (operation: Operation, concurrency: number, contestant: string, turn: Turn) => {
    const key = `${operation.name} ${concurrency} ${contestant}`
    const entry = measured.get(key) ?? { operation, concurrency, contestant, turns: [] }
    entry.turns.push(turn)
    measured.set(key, entry)
  }
  const concurrencyMax = Math.max(...plan.concurrencies)
  const costs = new Map<string, Cost>()
  const costOf = ({ contestant }: Runner, { name }: Operation) => costs.get(`${contestant.name} ${name}`)
  const all = possible(plan.users, plan.only)
  const msOf = ({ ask }: Operation, { directory }: Runner) => (ask(0, directory).method === 'GET' ? plan.msPerTurn : plan.msPerTurnOfWrites)

  // This warms up and counts for nothing, but for those who take so long that one request is a turn.
  for (const operation of all) {
    for (const runner of runners.filter(({ contestant }) => can(contestant, operation))) {
      const { name } = runner.contestant
      tell(`warming up: ${operation.name}, ${name}`)
      const first = await takeTurn(runner, operation, { concurrency: 1, msPerTurn: 0 })
      const msPerTurn = msOf(operation, runner)
      const isLong = 1_000 / first.perSecond > msPerTurn
      // The first of all may be slow only because it is the first.
      const long = { concurrency: concurrencyMax, msPerTurn: plan.msOfWarmUp }
      const again = await takeTurn(runner, operation, isLong ? { concurrency: 1, msPerTurn: 0 } : long)
      const isSlow = isLong && 1_000 / again.perSecond > msPerTurn
      if (isSlow) keep(operation, 1, name, again)
      costs.set(`${name} ${operation.name}`, { isSlow, ms: 1_000 / again.perSecond })
      // The peer loses changes that come at the same time, and says that they were made. How often is not what is measured here.
      if (name !== 'peer') await lookAfter(runner, operation)
      if (operation.makesUsers) await runner.tidy()
    }
  }

  warm()
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const operation of all) {
      // Where the peer is the only one who takes so long, the others are measured as ever.
      const isSlow = runners.some((runner) => runner.contestant.name !== 'peer' && costOf(runner, operation)?.isSlow)
      for (const concurrency of isSlow ? [1] : plan.concurrencies) {
        for (const runner of rotated(runners, round)) {
          const cost = costOf(runner, operation)
          const msPerTurn = msOf(operation, runner)
          if (!cost || !takesPart(cost, round, concurrency, msPerTurn, plan)) continue
          const { name } = runner.contestant
          tell(`round ${round} of ${plan.rounds}: ${operation.name}, ${concurrency} at once, ${name}`)
          const how = cost.isSlow ? { concurrency: 1, msPerTurn: 0 } : { concurrency, msPerTurn }
          keep(operation, how.concurrency, name, await takeTurn(runner, operation, how))
          if (operation.makesUsers) await runner.tidy()
        }
      }
    }
  }
  return [...measured.values()]
}

/** Whether one request takes longer than a turn, and how many milliseconds of a turn it takes where there are others. */
interface Cost {
  readonly isSlow: boolean
  readonly ms: number
}

/** One slow request is the same turn whatever the concurrency, and the warm-up was one already. */
function takesPart(
  { isSlow, ms }: Cost,
  round: number,
  concurrency: number,
  msPerTurn: number,
  { concurrencies, roundsOfSlow }: Plan,
): boolean {
  if (isSlow) return round < roundsOfSlow && (concurrency === 1 || concurrency === concurrencies[0])
  return round <= roundsOfSlow || ms * concurrency <= 3 * msPerTurn
}

/** The peer knows no pages by cursor. */
function can({ name }: Contestant, { byCursor }: Operation): boolean {
  return name !== 'peer' || !byCursor
}

/** How long a turn goes on before it counts: caches are cold and connections new when it begins, which is not what somebody feels who asks for an hour. */
const leadInMs = (msPerTurn: number): number => msPerTurn / 5

/** One operation, over and over, on so many connections; once on each, if there is no time. Throws at the first answer that is none. */
export async function takeTurn(
  { contestant, directory, done }: Runner,
  operation: Operation,
  { concurrency, msPerTurn }: { readonly concurrency: number; readonly msPerTurn: number },
): Promise<Turn> {
  const prefix = new URL(contestant.url).pathname.replace(/\/$/, '')
  const first = done.get(operation.name) ?? 0
  /** Every so many answers one is kept, and read when the clock has stopped. */
  const kept: { readonly turn: number; readonly status: number; readonly body: string }[] = []
  let next = first
  const askFor = async (wires: readonly Wire[], ms: number): Promise<Turn> => {
    const latencies: number[] = []
    const began = performance.now()
    const end = began + ms
    await Promise.all(
      wires.map(async (wire) => {
        do {
          const turn = next
          next += 1
          const { method, path, body } = operation.ask(turn, directory)
          const request = rawRequest(method, `${prefix}${path}`, contestant.token, body)
          const sent = performance.now()
          const answer = await wire.send(request)
          latencies.push(performance.now() - sent)
          if (!isGood(answer.status, operation, contestant))
            throw new Error(`${contestant.name}, ${operation.name}: ${answer.status} ${answer.body.slice(0, 300)}`)
          if ((turn - first) % 256 === 0) kept.push({ turn, status: answer.status, body: answer.body })
        } while (performance.now() < end)
      }),
    )
    const seconds = (performance.now() - began) / 1_000
    return { perSecond: latencies.length / seconds, latencies: latencies.toSorted((a, b) => a - b) }
  }
  const taken = await Wire.many(contestant.url, concurrency, async (wires) => {
    // One slow request costs a turn by itself, and is not asked twice.
    if (msPerTurn > 0) await askFor(wires, leadInMs(msPerTurn))
    return askFor(wires, msPerTurn)
  })
  done.set(operation.name, next)
  for (const { turn, status, body } of kept) {
    if (status === 204 ? body === '' : operation.isRight(JSON.parse(body), turn, directory)) continue
    throw new Error(`${contestant.name}, ${operation.name}, ${turn}: not the answer that was asked for: ${body.slice(0, 300)}`)
  }
  return taken
}

/** Sees that the last turn of an operation did what it says. */
async function lookAfter({ contestant: { name, url, token }, done }: Runner, { after, name: operation }: Operation): Promise<void> {
  const turn = (done.get(operation) ?? 0) - 1
  if (!after || turn < 0) return
  const { path, isDone } = after(turn)
  const { body } = await Wire.many(url, 1, ([wire]) =>
    wire!.send(rawRequest('GET', `${new URL(url).pathname.replace(/\/$/, '')}${path}`, token)),
  )
  if (!isDone(JSON.parse(body))) throw new Error(`${name}, ${operation}, ${turn}: it was not done: ${body.slice(0, 300)}`)
}

/** The peer answers a PATCH with 200 where the others answer 204, and with 204 where it finds nothing to change: after it has lost a change, for one. */
function isGood(status: number, { name: operation, status: expected }: Operation, { name }: Contestant): boolean {
  return status === expected || (name === 'peer' && operation.startsWith('PATCH') && (status === 200 || status === 204))
}

/** The cursor with which a page begins, by reading every page before it. */
async function walkTo({ name, url, token }: Contestant, page: number, users: number): Promise<string | null> {
  if (name === 'peer' || users < page * 10 + 10) return null
  const prefix = new URL(url).pathname.replace(/\/$/, '')
  return Wire.many(url, 1, async ([wire]) => {
    let cursor = ''
    for (let index = 1; index < page; index += 1) {
      const path = `${prefix}/Users?count=10&cursor=${encodeURIComponent(cursor)}`
      cursor = JSON.parse((await wire!.send(rawRequest('GET', path, token))).body).nextCursor
    }
    return cursor
  })
}

/** Tells somebody who waits, at most every few seconds. */
export function everySoOften(progress: (line: string) => void, ms = 8_000): (line: string) => void {
  let told = performance.now()
  return (line) => {
    if (performance.now() - told < ms) return
    told = performance.now()
    progress(line)
  }
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  return items.map((_, index) => items[(index + by) % items.length]!)
}
