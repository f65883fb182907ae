import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * What tells the process `pid` from a later one that was given the same number; undefined when there is no such process.
 * A zombie is none: it holds nothing any more, and only waits for its parent to notice.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid)
}

function identityFromProc(pid: number): string | undefined {
  const stat = readProc(`${pid}/stat`)
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields?.[0]
  const startedAfterBoot = fields?.[19]
  if (startedAfterBoot === undefined || state === 'Z' || state === 'X') return undefined
  // Machines and containers start the same things in the same order, so the clock tick alone could repeat after a reboot.
  return `${readProc('sys/kernel/random/boot_id')?.trim()}/${startedAfterBoot}`
}

function identityFromPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
  })
  const [, state, startedAt] = /^(\S+)\s+(\S.*)$/.exec(stdout.trim()) ?? []
  return state?.startsWith('Z') ? undefined : startedAt
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1')
  } catch {
    return undefined
  }
}
