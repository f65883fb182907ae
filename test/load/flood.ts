/** One who floods, in a thread of its own, so that what it does to itself is not measured. Told anything, it stops and says what it was answered. */
import { parentPort, workerData } from 'node:worker_threads'
import { Wire, rawRequest } from './wire.ts'

export interface Flooded {
  readonly served: number
  readonly refused: number
  /** Refused without saying for how long. */
  readonly unexplained: number
  readonly errors: number
}

const { url, token, atOnce } = workerData as { readonly url: string; readonly token: string; readonly atOnce: number }
const counts = { served: 0, refused: 0, unexplained: 0, errors: 0 }
let stopped = false
parentPort?.once('message', () => {
  stopped = true
})

const request = rawRequest('GET', `${new URL(url).pathname}/Users?count=100`, token)
await Wire.many(url, atOnce, (wires) =>
  Promise.all(
    wires.map(async (wire) => {
      while (!stopped) {
        const { status, head } = await wire.send(request)
        if (status === 200) counts.served += 1
        else if (status !== 429) counts.errors += 1
        else if (/^retry-after: [1-9]\d*\r?$/im.test(head)) counts.refused += 1
        else counts.unexplained += 1
      }
    }),
  ),
)
parentPort?.postMessage(counts satisfies Flooded)
