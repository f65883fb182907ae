import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { type Confinement, giveTo } from './confinement.ts'
import { isAlive, mentions, until } from './processes.ts'

/** One PostgreSQL data directory with what belongs to it. */
export interface Cluster {
  readonly data: string
  readonly sockets: string
  readonly log: string
  readonly isDurable: boolean
}

/** Big enough for a first organisation, small enough for a laptop. */
const settings = {
  listen_addresses: '',
  max_connections: '100',
  shared_buffers: '128MB',
  // A checkpoint now and then instead of all the time: nothing is less durable, fewer pages are written whole.
  max_wal_size: '1GB',
  wal_compression: 'on',
} as const

/** Only for databases that are thrown away. */
const carelessSettings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' } as const

const majorVersion = '18'
const logBytesMax = 10 * 1024 * 1024
const startTimeoutMs = 10 * 60_000
const stopTimeoutMs = 60_000

/** Where the cluster of a data folder is. The socket's path must stay below 108 bytes, so it is not in the folder. */
export function clusterIn(dataFolder: string, isDurable: boolean): Cluster {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const folder = realpathSync(dataFolder)
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  return {
    data: join(folder, 'postgres'),
    sockets: join(tmpdir().length > 60 ? '/tmp' : tmpdir(), `latchkey-${userInfo().uid}-${name}`),
    log: join(folder, 'postgres.log'),
    isDurable,
  }
}

export function urlOf({ sockets }: Cluster, user: 'latchkey' | 'postgres', database: string): string {
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(sockets)}`
}

/** Makes the data directory if there is none. It gets its name when it is whole, so that one that was interrupted is begun anew. */
export function initialize({ data, isDurable }: Cluster, binaries: Binaries, confinement: Confinement): void {
  if (existsSync(data)) {
    const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
    if (version === majorVersion) return
    throw new Error(`${data} was made by PostgreSQL ${version}, this is ${majorVersion}; dump it with the old release and restore it, or choose another folder.`)
  }
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  giveTo(confinement, unfinished)
  // The server listens in a folder that only its owner can enter: whoever reaches the socket is us, so no password guards it.
  const args = ['-D', unfinished, '-U', 'postgres', '-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '-k', '-A', 'trust']
  runToEnd(confinement, binaries.initdb, [...args, '--no-instructions', ...(isDurable ? [] : ['--no-sync'])])
  // Not a superuser, and owner of its database: row-level security applies to it.
  const roles = 'create role latchkey login;\ncreate database latchkey owner latchkey;\n'
  runToEnd(confinement, binaries.postgres, ['--single', '-D', unfinished, 'postgres'], roles)
  renameSync(unfinished, data)
}

/** Starts the server and waits until it takes connections; after a crash that takes as long as its recovery. */
export async function start(cluster: Cluster, binaries: Binaries, confinement: Confinement): Promise<{ stop(): Promise<void> }> {
  prepareSockets(cluster, confinement)
  giveTo(confinement, cluster.data)
  await endOrphan(cluster)
  if (existsSync(cluster.log) && statSync(cluster.log).size > logBytesMax) truncateSync(cluster.log)

  const options = { ...settings, unix_socket_directories: cluster.sockets, ...(cluster.isDurable ? {} : carelessSettings) }
  const args = ['-D', cluster.data, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const [program, ...rest] = [...confinement.prefix, binaries.postgres, ...args]
  const log = openSync(cluster.log, 'a', 0o600)
  // In a session of its own, so that a Ctrl-C reaches us first and the server when we are done with it.
  const server = spawn(program!, rest, { stdio: ['ignore', log, log], detached: true, cwd: cluster.data })
  closeSync(log)
  let hasEnded = false
  server.on('exit', () => {
    hasEnded = true
  })
  server.on('error', () => {
    hasEnded = true
  })
  server.unref()

  await until(() => hasEnded || isReady(cluster), startTimeoutMs)
  if (hasEnded) throw new Error(`PostgreSQL did not start; the end of ${cluster.log} says why: ${lastLine(cluster.log)}`)

  return {
    async stop() {
      const pid = postmasterOf(cluster)
      if (pid === undefined) return
      process.kill(pid, 'SIGINT')
      await until(() => !isAlive(pid), stopTimeoutMs)
    },
  }
}

/** Whether the cluster's server takes connections. */
export function isReady(cluster: Cluster): boolean {
  return postmasterOf(cluster) !== undefined && pidFile(cluster)[7]?.trim() === 'ready'
}

/** A server whose Latchkey is gone: it is ending, or is told to. */
async function endOrphan(cluster: Cluster): Promise<void> {
  const pid = postmasterOf(cluster)
  if (pid === undefined) return
  process.kill(pid, 'SIGINT')
  if (!(await until(() => !isAlive(pid), stopTimeoutMs))) throw new Error(`An earlier PostgreSQL (process ${pid}) does not end; stop it and start again.`)
}

function postmasterOf(cluster: Cluster): number | undefined {
  const pid = Number(pidFile(cluster)[0])
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) && mentions(pid, cluster.data) ? pid : undefined
}

function pidFile({ data }: Cluster): readonly string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function prepareSockets({ sockets }: Cluster, confinement: Confinement): void {
  mkdirSync(sockets, { recursive: true, mode: 0o700 })
  const { uid } = userInfo()
  const folder = lstatSync(sockets)
  const isOurs = folder.isDirectory() && (folder.uid === uid || folder.uid === confinement.owner) && (folder.mode & 0o077) === 0
  if (!isOurs) throw new Error(`${sockets} belongs to somebody else or is open to others; remove it and start again.`)
  giveTo(confinement, sockets)
}

function runToEnd({ prefix }: Confinement, program: string, args: readonly string[], input?: string): void {
  const [first, ...rest] = [...prefix, program, ...args]
  const { status, error, stdout, stderr } = spawnSync(first!, rest, { encoding: 'utf8', ...(input === undefined ? {} : { input }) })
  if (status === 0 && !error) return
  const reason = error?.message ?? `${stderr}${stdout}`.trim().split('\n').at(-1)
  throw new Error(`PostgreSQL's data folder could not be made: ${reason}`)
}

function lastLine(path: string): string {
  return readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? ''
}
