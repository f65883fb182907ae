import type { Machine } from './machine.ts'
import { percentile } from './measure.ts'
import { userBody } from './directory.ts'
import { residentMb } from './growth.ts'
import { Wire, rawRequest } from './wire.ts'

export interface Neighbours {
  /** Milliseconds in which 99 of 100 requests of the quiet organisations were answered: without the flood, and beside it. */
  readonly aloneP99Ms: number
  readonly besideP99Ms: number
  /** What the flood was answered with. */
  readonly flooded: { readonly served: number; readonly refused: number }
  readonly memoryMb: { readonly before: number | null; readonly after: number | null }
}

/** Organisations that each ask a little, first among themselves and then beside one that floods (LIM-1). */
export async function measureNeighbours(
  machine: Machine,
  plan: { readonly organizations: number; readonly perSecond: number; readonly seconds: number; readonly floodAtOnce: number },
  progress: (line: string) => void,
): Promise<Neighbours> {
  const latchkey = await machine.latchkey({ environment: { LATCHKEY_RATE_LIMIT: '500' } })
  const prefix = new URL(latchkey.url).pathname
  const tokens: string[] = []
  for (let index = 0; index <= plan.organizations; index += 1) tokens.push((await machine.organization(`neighbour-${index}`)).token)
  const [flood = '', ...quiet] = tokens

  const alone = await all(quiet)
  progress(`alone: p99 ${alone.toFixed(1)} ms`)
  const before = await residentMb(latchkey.pid)
  const stopping = new AbortController()
  const flooding = pour(stopping.signal)
  const beside = await all(quiet)
  stopping.abort()
  const flooded = await flooding
  progress(`beside a flood: p99 ${beside.toFixed(1)} ms`)
  const after = await residentMb(latchkey.pid)
  await latchkey.stop()
  return { aloneP99Ms: alone, besideP99Ms: beside, flooded, memoryMb: { before, after } }

  /** Every quiet organisation at once; the 99th percentile of all their requests. */
  async function all(of: readonly string[]): Promise<number> {
    const latencies = (await Promise.all(of.map(trickle))).flat()
    return percentile(
      latencies.toSorted((a, b) => a - b),
      0.99,
    )
  }

  /** Requests at their own pace, whatever the answers take: what is late counts from when it was due. */
  async function trickle(token: string): Promise<readonly number[]> {
    const wires = await Promise.all(Array.from({ length: 4 }, () => Wire.open(latchkey.url)))
    const latencies: number[] = []
    const began = performance.now()
    let next = 0
    await Promise.all(
      wires.map(async (wire) => {
        while (next < plan.perSecond * plan.seconds) {
          const number = next
          next += 1
          const due = began + (number * 1_000) / plan.perSecond
          await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
          const request =
            number % 5 === 0
              ? rawRequest('POST', `${prefix}/Users`, token, userBody(Math.floor(Math.random() * 1e9)))
              : rawRequest('GET', `${prefix}/Users?filter=${encodeURIComponent(`userName eq "user${number}@acme.example"`)}`, token)
          const { status, body } = await wire.send(request)
          if (status !== 200 && status !== 201) throw new Error(`A quiet organisation was answered ${status}: ${body.slice(0, 200)}`)
          latencies.push(performance.now() - due)
        }
      }),
    )
    for (const wire of wires) wire.close()
    return latencies
  }

  async function pour(signal: AbortSignal): Promise<{ served: number; refused: number }> {
    const counts = { served: 0, refused: 0 }
    const wires = await Promise.all(Array.from({ length: plan.floodAtOnce }, () => Wire.open(latchkey.url)))
    await Promise.all(
      wires.map(async (wire) => {
        while (!signal.aborted) {
          const { status } = await wire.send(rawRequest('GET', `${prefix}/Users?count=100`, flood))
          if (status === 200) counts.served += 1
          else if (status === 429) counts.refused += 1
          else throw new Error(`The flood was answered ${status}.`)
        }
      }),
    )
    for (const wire of wires) wire.close()
    return counts
  }
}
