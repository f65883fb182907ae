import type { Contestant } from './contestant.ts'
import { type Cursors, type Operation, operations } from './operations.ts'
import { Wire, rawRequest } from './wire.ts'

/** How long, and how often. */
export interface Plan {
  readonly users: number
  readonly concurrencies: readonly number[]
  readonly rounds: number
  readonly msPerTurn: number
  readonly requestsMax: number
  /** Whether the peer, whose lists take seconds, takes part in one round only. */
  readonly peerOnce: boolean
  forgetMails(): Promise<void>
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
  readonly concurrency: number
  readonly contestant: string
  /** One for each round. */
  readonly turns: readonly Turn[]
}

/** A contestant and how far it has come with each operation. */
export interface Runner {
  readonly contestant: Contestant
  readonly cursors: Cursors
  readonly done: Map<string, number>
  /** Milliseconds that one request of an operation took when it was alone. */
  readonly alone: Map<string, number>
}

export async function runnerOf(contestant: Contestant, users: number): Promise<Runner> {
  const cursors = contestant.name === 'latchkey' ? await walkTo(contestant, 1_000, users) : { page1000: null }
  return { contestant, cursors, done: new Map(), alone: new Map() }
}

/**
 * Every operation at every concurrency, each contestant in each round: the contestants take turns within seconds of one another, so that whatever else
 * the machine does falls on all of them.
 */
export async function measureAll(runners: readonly Runner[], plan: Plan, progress: (line: string) => void): Promise<readonly Measured[]> {
  const measured = new Map<string, { operation: Operation; concurrency: number; contestant: string; turns: Turn[] }>()
  const possible = operations.filter(({ name, usersMin }) => usersMin <= plan.users && name.includes(plan.only))
  // The first round warms up and counts for nothing.
  for (let round = 0; round <= plan.rounds; round += 1) {
    for (const operation of possible) {
      for (const concurrency of plan.concurrencies) {
        for (const runner of rotated(runners, round)) {
          const { name } = runner.contestant
          if (operation.without.includes(name)) continue
          if (round > 1 && runner.contestant.name === 'peer' && plan.peerOnce) continue
          const turn = await takeTurn(runner, operation, { ...plan, concurrency })
          if (operation.queuesMail) await plan.forgetMails()
          if (round === 0) continue
          const key = `${operation.name} ${concurrency} ${name}`
          const entry = measured.get(key) ?? { operation, concurrency, contestant: name, turns: [] }
          entry.turns.push(turn)
          measured.set(key, entry)
        }
      }
    }
    progress(round === 0 ? 'warm' : `round ${round} of ${plan.rounds}`)
  }
  return [...measured.values()]
}

/** One operation, over and over, on so many connections. Throws at the first answer that is none. */
export async function takeTurn(
  { contestant, cursors, done, alone }: Runner,
  operation: Operation,
  {
    users,
    concurrency,
    msPerTurn,
    requestsMax,
  }: { readonly users: number; readonly concurrency: number; readonly msPerTurn: number; readonly requestsMax: number },
): Promise<Turn> {
  // Who needs longer than the turn for so many at once gets fewer: what it does in a second stays the same, and nobody waits for the rest.
  const cost = alone.get(operation.name)
  const atOnce = cost === undefined ? 1 : Math.max(1, Math.min(concurrency, Math.floor(msPerTurn / cost)))
  const wires = await Promise.all(Array.from({ length: atOnce }, () => Wire.open(contestant.url)))
  const prefix = new URL(contestant.url).pathname.replace(/\/$/, '')
  const latencies: number[] = []
  const first = done.get(operation.name) ?? 0
  let next = first
  const began = performance.now()
  const end = began + msPerTurn
  await Promise.all(
    wires.map(async (wire) => {
      while (performance.now() < end && next - first < requestsMax) {
        const turn = next
        next += 1
        const { method, path, body } = operation.ask(turn, { users, cursors })
        const request = rawRequest(method, `${prefix}${path}`, contestant.token, body)
        const sent = performance.now()
        const answer = await wire.send(request)
        latencies.push(performance.now() - sent)
        if (!isGood(answer.status, operation, contestant))
          throw new Error(`${contestant.name}, ${operation.name}: ${answer.status} ${answer.body.slice(0, 300)}`)
      }
    }),
  )
  const seconds = (performance.now() - began) / 1_000
  done.set(operation.name, next)
  if (cost === undefined) alone.set(operation.name, median(latencies))
  for (const wire of wires) wire.close()
  return { perSecond: latencies.length / seconds, latencies: latencies.toSorted((a, b) => a - b) }
}

/** The peer answers a PATCH with 200 where the others answer 204. */
function isGood(status: number, { status: expected }: Operation, { name }: Contestant): boolean {
  return status === expected || (name === 'peer' && expected === 204 && status === 200)
}

/** The cursor with which a page begins, by reading every page before it. */
async function walkTo({ url, token }: Contestant, page: number, users: number): Promise<Cursors> {
  if (users < page * 10 + 10) return { page1000: null }
  const wire = await Wire.open(url)
  const prefix = new URL(url).pathname
  let cursor = ''
  for (let index = 1; index < page; index += 1) {
    const path = `${prefix}/Users?count=10&cursor=${encodeURIComponent(cursor)}`
    cursor = JSON.parse((await wire.send(rawRequest('GET', path, token))).body).nextCursor
  }
  wire.close()
  return { page1000: cursor }
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  return items.map((_, index) => items[(index + by) % items.length]!)
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A share of sorted numbers: 0.99 of them are at most this. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
