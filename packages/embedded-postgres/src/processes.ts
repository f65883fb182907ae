import { readFileSync } from 'node:fs'

/** Whether a process is there and does anything. A zombie has ended and only waits to be collected. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  return statOf(pid)?.state !== 'Z'
}

/** When a process began, in the kernel's own count; null where the system does not tell. A pid is used again, a pid with its beginning is not. */
export function beginningOf(pid: number): string | null {
  return statOf(pid)?.beginning ?? null
}

/** Whether a process runs with these words on its command line; true where the system does not tell. */
export function mentions(pid: number, words: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words)
  } catch {
    return process.platform !== 'linux'
  }
}

/** Polls, at most for a time. */
export async function until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; ) {
    if (condition()) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return condition()
}

function statOf(pid: number): { readonly state: string; readonly beginning: string } | undefined {
  try {
    // The name in parentheses may hold spaces; the fields count from behind it (proc(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
    return { state: fields[0] ?? '', beginning: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
