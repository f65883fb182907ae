import type { Machine } from './machine.ts'
import { possible, runnerOf } from './measure.ts'
import { seedLatchkey } from './seed.ts'
import { Wire, rawRequest } from './wire.ts'

/** A mix of everything, asked by more at once than there are connections to PostgreSQL. */
export interface Crowd {
  readonly connections: number
  readonly atOnce: number
  readonly requests: number
  readonly seconds: number
  /** Answers that were not the expected ones, and the first of them. */
  readonly errors: number
  readonly example: string | null
}

/** A bulk is a thousand changes by itself: one soon, and then one in so many requests. */
const bulkEvery = 2_000
const firstBulk = 20

export async function measureCrowds(
  machine: Machine,
  plan: {
    readonly users: number
    readonly seconds: number
    /** A bulk takes seconds by itself. */
    readonly withBulk: boolean
    readonly crowds: readonly { readonly connections: number; readonly atOnce: number }[]
  },
  progress: (line: string) => void,
): Promise<readonly Crowd[]> {
  const crowds: Crowd[] = []
  const { id, token } = await machine.organization('pool')
  await seedLatchkey(machine.databaseUrl, id, 0, plan.users)
  const done = new Map<string, number>()
  for (const { connections, atOnce } of plan.crowds) {
    const server = await machine.latchkey({ environment: { LATCHKEY_POOL_MAX: String(connections) } })
    const { directory, contestant } = await runnerOf({ ...server, token }, plan.users, async () => {})
    const prefix = new URL(server.url).pathname
    const all = possible(plan.users, '')
    const [bulk] = all.filter(({ name }) => name.startsWith('bulk'))
    const others = all.filter((operation) => operation !== bulk)
    let requests = 0
    let errors = 0
    let example: string | null = null
    const began = performance.now()
    await Wire.many(contestant.url, atOnce, (wires) =>
      Promise.all(
        wires.map(async (wire) => {
          while (performance.now() - began < plan.seconds * 1_000) {
            requests += 1
            const operation =
              plan.withBulk && bulk && requests % bulkEvery === firstBulk ? bulk : others[Math.floor(Math.random() * others.length)]!
            const turn = done.get(operation.name) ?? 0
            done.set(operation.name, turn + 1)
            const { method, path, body } = operation.ask(turn, directory)
            const answer = await wire.send(rawRequest(method, `${prefix}${path}`, token, body))
            const isExpected =
              answer.status === operation.status && (operation !== bulk || operation.isRight(JSON.parse(answer.body), turn, directory))
            if (isExpected) continue
            errors += 1
            example ??= `${operation.name}: ${answer.status} ${answer.body.slice(0, 200)}`
          }
        }),
      ),
    )
    const seconds = (performance.now() - began) / 1_000
    crowds.push({ connections, atOnce, requests, seconds, errors, example })
    progress(`${atOnce} at once over ${connections} connections: ${requests.toLocaleString('en-GB')} requests, ${errors} errors`)
    await server.stop()
  }
  return crowds
}
