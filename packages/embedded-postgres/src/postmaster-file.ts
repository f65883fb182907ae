import { spawnSync } from 'node:child_process'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { processIdentity } from './process-identity.ts'

/** The server that runs on a data directory, as its `postmaster.pid` tells. */
export interface RunningPostmaster {
  readonly pid: number
  readonly socketFolder: string
  readonly ready: boolean
}

/** The living server of `cluster`; undefined when there is none, or the file is left over. */
export async function findPostmaster(cluster: string): Promise<RunningPostmaster | undefined> {
  const lines = await readPostmasterFile(cluster)
  const pid = Number(lines?.[0])
  if (!lines || !(await isPostmaster(pid, cluster))) return undefined
  // Line 5 is the first socket folder, line 8 the state: src/include/utils/pidfile.h.
  return { pid, socketFolder: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
}

/**
 * PostgreSQL will not start while the pid in a left-over `postmaster.pid` is that of any living process of the same user.
 * Deleting the file would also delete the key of the shared memory by which it notices backends that outlived their
 * server. So only the pid is replaced, by that of the server's parent, which PostgreSQL knows to be no server: ours.
 */
export async function disarmStalePostmasterFile(cluster: string): Promise<void> {
  const lines = await readPostmasterFile(cluster)
  if (!lines) return
  const file = join(cluster, 'postmaster.pid')
  // Empty or torn: its server ended while it made the file, before it had shared memory. PostgreSQL asks for it to be removed.
  if (!/^[1-9]\d*$/.test(lines[0] ?? '') || lines.length < 5) await rm(file, { force: true })
  else await writeFile(file, [process.pid, ...lines.slice(1)].join('\n'))
}

/** Whether the process is the server of `cluster`, and not another that was given its pid. In doubt it is. */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid < 1 || processIdentity(pid) === undefined) return false
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8', env: { PATH: '/bin:/usr/bin' } })
    return stdout.includes('postgres')
  }
  try {
    // A server's working directory is its data directory.
    const [directory, data] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(cluster)])
    return directory.dev === data.dev && directory.ino === data.ino
  } catch {
    return processIdentity(pid) !== undefined
  }
}

async function readPostmasterFile(cluster: string): Promise<string[] | undefined> {
  try {
    return (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
