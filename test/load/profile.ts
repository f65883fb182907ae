import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A profile as V8 writes one with `--cpu-prof`. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  /** Microseconds of the clock that `process.hrtime` reads. */
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface Expense {
  readonly name: string
  /** Of the time in which the process did anything. */
  readonly share: number
}

/** Now, on the clock of profiles. */
export const microseconds = (): number => Number(process.hrtime.bigint() / 1_000n)

/** The functions in which a process spent most of its own time since some moment, by the profile that it left in a folder. */
export async function mostExpensive(folder: string, count: number, since: number): Promise<readonly Expense[]> {
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  if (!file) throw new Error('The process left no profile.')
  return expenses(JSON.parse(await readFile(join(folder, file), 'utf8')), count, since)
}

export function expenses({ nodes, startTime, samples, timeDeltas }: CpuProfile, count: number, since: number): readonly Expense[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const spent = new Map<string, number>()
  let at = startTime
  for (const [index, id] of samples.entries()) {
    at += timeDeltas[index] ?? 0
    const name = names.get(id) ?? ''
    if (at >= since && name !== '(idle)' && name !== '(program)') spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const whole = [...spent.values()].reduce((sum, time) => sum + time, 0)
  return [...spent]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, time]) => ({ name, share: time / whole }))
}

/** `get pg/lib/client.js:12`: the last parts of the path say enough. */
function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(packages|apps)\//, '')
  return file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
}
