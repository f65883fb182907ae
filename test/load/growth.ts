import { readFile, readdir } from 'node:fs/promises'
import type { Contestant } from './contestant.ts'
import type { Machine } from './machine.ts'
import { median, percentile, runnerOf, takeTurn } from './measure.ts'
import { operations } from './operations.ts'
import { seedLatchkey } from './seed.ts'

/** What one operation took in a directory of one size: the median and the 99th percentile of all its requests, in milliseconds. */
export interface Grown {
  readonly operation: string
  readonly users: number
  readonly medianMs: number
  readonly p99Ms: number
}

export interface Memory {
  readonly users: number
  readonly nodeMb: number | null
  readonly postgresMb: number | null
}

/** The same operations in one directory while it grows. */
export async function measureGrowth(
  machine: Machine,
  plan: { readonly sizes: readonly number[]; readonly turns: number; readonly msPerTurn: number; readonly concurrency: number },
  progress: (line: string) => void,
): Promise<{ readonly grown: readonly Grown[]; readonly memory: readonly Memory[] }> {
  const latchkey = await machine.latchkey()
  const { id, token } = await machine.organization('growth')
  const contestant: Contestant = { ...latchkey, token }
  const grown: Grown[] = []
  const memory: Memory[] = []
  // What was created at one size is there at the next.
  const done = new Map<string, number>()
  let seeded = 0
  for (const users of plan.sizes) {
    await seedLatchkey(machine.databaseUrl, id, seeded, users)
    seeded = users
    const runner = { ...(await runnerOf(contestant, users)), done }
    for (const operation of operations.filter(({ usersMin }) => usersMin <= users)) {
      const latencies: number[] = []
      for (let turn = 0; turn <= plan.turns; turn += 1) {
        const taken = await takeTurn(runner, operation, { ...plan, users, requestsMax: 100_000 })
        if (turn > 0) latencies.push(...taken.latencies)
      }
      const sorted = latencies.toSorted((a, b) => a - b)
      grown.push({ operation: operation.name, users, medianMs: median(sorted), p99Ms: percentile(sorted, 0.99) })
      await machine.forgetMails()
    }
    memory.push({ users, nodeMb: await residentMb(latchkey.pid), postgresMb: await memoryOfPostgres() })
    progress(`${users.toLocaleString('en-GB')} users`)
  }
  await latchkey.stop()
  return { grown, memory }
}

/** Null where the system does not say. */
export async function residentMb(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024
}

/** Of every PostgreSQL process of this machine, what they share counted once. */
async function memoryOfPostgres(): Promise<number | null> {
  let kilobytes = 0
  for (const pid of await readdir('/proc').catch(() => [])) {
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (command.trim() !== 'postgres') continue
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    kilobytes += Number(/Pss:\s+(\d+) kB/.exec(rollup)?.[1] ?? 0)
  }
  return kilobytes === 0 ? null : kilobytes / 1_024
}
