import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { disarmStalePostmasterFile, findPostmaster, isPostmaster } from './postmaster-file.ts'
import type { ServerAccount } from './server-account.ts'
import type { ServerLog } from './server-log.ts'
import { type ServerSettings, settingArguments } from './settings.ts'

export interface Postmaster {
  readonly pid: number
  /** Ends the server and answers when it is gone: `fast` in order, `immediate` for data that nobody needs. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
}

interface StartOptions {
  readonly cluster: string
  readonly socketFolder: string
  readonly settings: ServerSettings
  readonly account: ServerAccount
  readonly log: ServerLog
  /** Called before each attempt, when no server runs on the cluster. */
  prepare(): Promise<void>
}

const pollMs = 20

// Crash recovery replays what was written since the last checkpoint, and tells the log about it every ten seconds.
const silenceMaxMs = 60_000
const startMaxMs = 600_000

const predecessorMaxMs = 30_000
const fastStopMaxMs = 30_000
const immediateStopMaxMs = 10_000

/** Starts the server, once whatever of an earlier one is left has ended, and answers when it takes connections. */
export async function startPostmaster(options: StartOptions): Promise<Postmaster> {
  const { cluster, log } = options
  const deadline = Date.now() + predecessorMaxMs
  for (;;) {
    await endPredecessor(cluster)
    await disarmStalePostmasterFile(cluster)
    await options.prepare()
    await log.mark()
    const attempt = await attemptStart(options)
    if (attempt.started) return attempt.postmaster

    // A server that was just being started when its Node was killed, or backends that have not yet noticed that theirs is gone.
    const isTransient = /pre-existing shared memory block|lock file ".*" already exists/.test(attempt.reason)
    if (!isTransient || Date.now() > deadline)
      throw new EmbeddedPostgresError(`PostgreSQL did not start on ${cluster}: ${attempt.reason}; see ${log.path}.`)
    await wait(200)
  }
}

async function attemptStart({
  cluster,
  socketFolder,
  settings,
  account,
  log,
}: StartOptions): Promise<{ started: true; postmaster: Postmaster } | { started: false; reason: string }> {
  const args = ['-D', cluster, ...settingArguments({ ...settings, unix_socket_directories: quoteListItem(socketFolder) })]
  const child = account.start('postgres', args, ['ignore', log.descriptor, log.descriptor])
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  await once(child, 'spawn')
  const pid = Number(child.pid)

  const stop = async (mode: 'fast' | 'immediate') => {
    child.ref()
    process.off('exit', stopWithUs)
    await endPostmaster({ mode, kill: (signal) => child.kill(signal), isGone: async () => ended })
  }
  // For systems without setpriv. Where there is one, the kernel does the same, and does it for kill -9 too.
  const stopWithUs = () => void child.kill('SIGINT')

  const startedAt = Date.now()
  let logSize = await log.size()
  let lastSign = startedAt
  for (;;) {
    if (ended) return { started: false, reason: await log.reason() }

    const running = await findPostmaster(cluster)
    if (running?.pid === pid && running.ready) break

    const now = Date.now()
    const size = await log.size()
    if (size !== logSize) lastSign = now
    logSize = size
    if (now - lastSign > silenceMaxMs || now - startedAt > startMaxMs) {
      await stop('immediate')
      return { started: false, reason: `it was not ready after ${Math.round((now - startedAt) / 1000)} s` }
    }
    await wait(pollMs)
  }

  process.on('exit', stopWithUs)
  child.once('exit', () => process.off('exit', stopWithUs))
  // A server alone is no reason for Node to go on.
  child.unref()
  return { started: true, postmaster: { pid, stop } }
}

/** A server whose Node is gone ends by itself in a moment, or, where the system cannot tell it, now. */
async function endPredecessor(cluster: string): Promise<void> {
  const found = await findPostmaster(cluster)
  if (!found) return
  await endPostmaster({
    mode: 'fast',
    kill: (signal) => process.kill(found.pid, signal),
    isGone: async () => !(await isPostmaster(found.pid, cluster)),
  })
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, after which the next start recovers from the log. */
async function endPostmaster(server: {
  mode: 'fast' | 'immediate'
  kill(signal: NodeJS.Signals): void
  isGone(): Promise<boolean>
}): Promise<void> {
  const steps = [['SIGINT', fastStopMaxMs] as const, ['SIGQUIT', immediateStopMaxMs] as const].slice(server.mode === 'fast' ? 0 : 1)
  for (const [signal, patienceMs] of steps) {
    const deadline = Date.now() + patienceMs
    if (await server.isGone()) return
    try {
      server.kill(signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH')
        throw new EmbeddedPostgresError(
          'The database server that runs on the data folder is not ours to stop; stop it as the user who started it.',
          {
            cause: error,
          },
        )
    }
    while (Date.now() < deadline) {
      if (await server.isGone()) return
      await wait(pollMs)
    }
  }
  throw new EmbeddedPostgresError('The database server does not stop; end its processes by hand, then try again.')
}

/** unix_socket_directories is a list, whose items may hold anything between double quotes. */
function quoteListItem(item: string): string {
  return `"${item.replaceAll('"', '""')}"`
}
