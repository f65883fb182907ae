import { readFile, readdir, writeFile } from 'node:fs/promises'

// Linux says these things in /proc. Elsewhere they are unknown: null.

/** What a process holds now, and the most that it held since `forgetPeak`. */
export async function memoryOf(pid: number): Promise<{ readonly nowMb: number | null; readonly peakMb: number | null }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const megabytes = (name: string) => {
    const kilobytes = new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) / 1_024
  }
  return { nowMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') }
}

export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined)
}

/** Of a process and all that it started, what they share counted once. */
export async function memoryOfFamily(pid: number): Promise<number | null> {
  let kilobytes = 0
  for (const other of await readdir('/proc').catch(() => [])) {
    if (Number(other) !== pid && (await parentOf(other)) !== pid) continue
    const rollup = await readFile(`/proc/${other}/smaps_rollup`, 'utf8').catch(() => '')
    kilobytes += Number(/Pss:\s+(\d+) kB/.exec(rollup)?.[1] ?? 0)
  }
  return kilobytes === 0 ? null : kilobytes / 1_024
}

async function parentOf(pid: string): Promise<number | null> {
  if (!/^\d+$/.test(pid)) return null
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/PPid:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN)
}
