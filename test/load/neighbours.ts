import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { userBody } from './directory.ts'
import type { Flooded } from './flood.ts'
import type { Machine } from './machine.ts'
import { memoryOf } from './memory.ts'
import { median, percentile } from './statistics.ts'
import { Wire, rawRequest } from './wire.ts'

export interface Neighbours {
  readonly organizations: number
  readonly perSecond: number
  readonly alone: Quiet
  readonly beside: Quiet
  /** The flood's answers. */
  readonly flooded: Flooded
  /** The server's, in the first and in the last minute beside the flood. */
  readonly memoryMb: { readonly first: number | null; readonly last: number | null }
}

/** What the quiet organisations saw. */
export interface Quiet {
  readonly seconds: number
  readonly requests: number
  readonly errors: number
  /** Milliseconds in which 99 of 100 requests of all were answered, and of each by itself. */
  readonly p99Ms: number
  readonly p99MsOfEach: readonly number[]
}

export interface NeighboursPlan {
  readonly organizations: number
  readonly perSecond: number
  /** Until the server remembers as many users as it does at most (decision 0058): memory is to be flat from then on. */
  readonly secondsOfWarmUp: number
  readonly secondsAlone: number
  readonly secondsBeside: number
  readonly floodAtOnce: number
}

/** Organisations that each ask a little, first among themselves and then beside one that floods (LIM-1). */
export async function measureNeighbours(machine: Machine, plan: NeighboursPlan, progress: (line: string) => void): Promise<Neighbours> {
  // The rate that an organisation has where nothing else is said.
  const latchkey = await machine.latchkey({ environment: { LATCHKEY_RATE_LIMIT: '500' } })
  const prefix = new URL(latchkey.url).pathname
  const tokens: string[] = []
  for (let index = 0; index <= plan.organizations; index += 1) {
    tokens.push((await machine.organization(`neighbour-${index}`)).token)
    if (index % 10 === 9) progress(`${index + 1} organisations`)
  }
  const [flood = '', ...quiet] = tokens
  const made = new Map<string, number>()

  await all('warming up', plan.secondsOfWarmUp)
  const alone = await all('alone', plan.secondsAlone)
  const flooding = new Worker(new URL('flood.js', import.meta.url), {
    workerData: { url: latchkey.url, token: flood, atOnce: plan.floodAtOnce },
  })
  const resident = watch(latchkey.pid)
  const beside = await all('beside a flood', plan.secondsBeside)
  const memory = resident.stop()
  flooding.postMessage('stop')
  const [flooded] = (await once(flooding, 'message')) as [Flooded]
  await latchkey.stop()
  const { organizations, perSecond } = plan
  const minute = Math.max(1, Math.min(6, Math.floor(memory.length / 2)))
  return {
    organizations,
    perSecond,
    alone,
    beside,
    flooded,
    memoryMb:
      memory.length === 0 ? { first: null, last: null } : { first: median(memory.slice(0, minute)), last: median(memory.slice(-minute)) },
  }

  /** Every quiet organisation at once. */
  async function all(what: string, seconds: number): Promise<Quiet> {
    const latencies: number[][] = quiet.map(() => [])
    let errors = 0
    const telling = setInterval(() => {
      const sorted = latencies.flatMap((own) => own.slice(-10 * plan.perSecond)).toSorted((a, b) => a - b)
      progress(`${what}: p99 of the last 10 s ${percentile(sorted, 0.99).toFixed(1)} ms, ${errors} errors`)
    }, 10_000)
    await Promise.all(
      quiet.map(async (token, index) => {
        errors += await trickle(token, seconds, (ms) => latencies[index]?.push(ms))
      }),
    )
    clearInterval(telling)
    const sorted = latencies.map((own) => own.toSorted((a, b) => a - b))
    return {
      seconds,
      requests: sorted.reduce((sum, own) => sum + own.length, 0),
      errors,
      p99Ms: percentile(
        sorted.flat().toSorted((a, b) => a - b),
        0.99,
      ),
      p99MsOfEach: sorted.map((own) => percentile(own, 0.99)),
    }
  }

  /** Requests at their own pace, whatever the answers take: what is late counts from when it was due. Answers how many were not answered well. */
  async function trickle(token: string, seconds: number, took: (ms: number) => void): Promise<number> {
    let errors = 0
    let next = 0
    await Wire.many(latchkey.url, 4, async (wires) => {
      // Not all organisations in the same moment.
      const began = performance.now() + (Math.random() * 1_000) / plan.perSecond
      await Promise.all(
        wires.map(async (wire) => {
          while (next < plan.perSecond * seconds) {
            const number = next
            next += 1
            const due = began + (number * 1_000) / plan.perSecond
            const early = due - performance.now()
            if (early > 0) await wait(early)
            const isCreate = number % 5 === 0
            const already = made.get(token) ?? 0
            if (isCreate) made.set(token, already + 1)
            const somebody = `userName eq "user${Math.floor(Math.random() * already)}@acme.example"`
            const request = isCreate
              ? rawRequest('POST', `${prefix}/Users`, token, userBody(already))
              : rawRequest('GET', `${prefix}/Users?filter=${encodeURIComponent(somebody)}`, token)
            const { status } = await wire.send(request)
            took(performance.now() - due)
            if (status !== (isCreate ? 201 : 200)) errors += 1
          }
        }),
      )
    })
    return errors
  }
}

/** What a process holds, every ten seconds. */
function watch(pid: number) {
  const held: number[] = []
  const look = async () => {
    const { nowMb } = await memoryOf(pid)
    if (nowMb !== null) held.push(nowMb)
  }
  const timer = setInterval(() => void look(), 10_000)
  void look()
  return {
    stop: (): readonly number[] => {
      clearInterval(timer)
      return held
    },
  }
}
