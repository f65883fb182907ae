import { setTimeout as wait } from 'node:timers/promises'
import { productDatabase, productRole } from './cluster.ts'
import { connectionUrl } from './connection-url.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { type LockHolder, takeDataFolderLock } from './data-folder-lock.ts'
import { DataFolderInUse } from './embedded-postgres-error.ts'
import { findPostmaster } from './postmaster-file.ts'
import { startServer } from './server.ts'
import { durableSettings } from './settings.ts'

/** A PostgreSQL that takes connections. */
export interface EmbeddedPostgres {
  /** A libpq URL over the unix socket, such as `postgresql://latchkey@/latchkey?host=%2Ftmp%2Flatchkey-…`, which `pg` understands. */
  readonly url: string
  /** Stops the server if this process started it, else does nothing. Calling it again answers the same. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** Made if it is not there. The database is in `postgres/`, its log in `postgres.log`. */
  readonly dataFolder: string
  /** Told, in a line, when the caller has to wait for another process. */
  readonly report?: (progress: string) => void
}

const waitMaxMs = 60_000
const pollMs = 50

/**
 * For `serve`: starts the server and keeps the folder until `stop`.
 * Throws DataFolderInUse at once if another `serve` has the folder, and after a minute if a command still has it.
 */
export async function ownEmbeddedPostgres({ dataFolder, report }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = await openDataFolder(dataFolder)
  return poll(folder, report, async () => {
    const lock = await takeDataFolderLock(folder.lock, 'serve')
    if (lock.taken) return startLocked(folder, lock)
    if (lock.holder.kind === 'serve')
      throw new DataFolderInUse(
        `Process ${lock.holder.pid} already serves from ${folder.path}; stop it first, or set LATCHKEY_DATA_DIR to another folder.`,
      )
    return lock.holder
  })
}

/**
 * For a command: uses the server that a `serve` runs on the folder, else starts one until `stop`. Commands at the same time
 * take turns. Throws DataFolderInUse if its turn does not come within a minute.
 */
export async function shareEmbeddedPostgres({ dataFolder, report }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = await openDataFolder(dataFolder)
  return poll(folder, report, async () => {
    const lock = await takeDataFolderLock(folder.lock, 'command')
    if (lock.taken) return startLocked(folder, lock)
    // A command's server ends with that command, under everybody's feet; a `serve` stays, and may be starting just now.
    const running = lock.holder.kind === 'serve' ? await findPostmaster(folder.cluster) : undefined
    return running?.ready ? { url: productUrl(running.socketFolder), stop: async () => undefined } : lock.holder
  })
}

async function poll(
  folder: DataFolder,
  report: EmbeddedPostgresOptions['report'],
  attempt: () => Promise<EmbeddedPostgres | LockHolder>,
): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + waitMaxMs
  for (let told = false; ; told = true) {
    const outcome = await attempt()
    if ('url' in outcome) return outcome

    const holder = `process ${outcome.pid} (${outcome.kind === 'serve' ? 'latchkey serve' : 'a latchkey command'})`
    if (Date.now() > deadline)
      throw new DataFolderInUse(
        `The database in ${folder.path} is still not free after a minute; ${holder} has it: let it finish, or stop it.`,
      )
    if (!told) report?.(`Waiting for ${holder}, which has the database in ${folder.path}.`)
    await wait(pollMs)
  }
}

async function startLocked(folder: DataFolder, lock: { release(): Promise<void> }): Promise<EmbeddedPostgres> {
  try {
    const server = await startServer({ folder, settings: durableSettings, durable: true })
    let stopping: Promise<void> | undefined
    return {
      url: productUrl(server.socketFolder),
      stop: () => (stopping ??= server.stop('fast').finally(lock.release)),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

function productUrl(socketFolder: string): string {
  return connectionUrl({ role: productRole, database: productDatabase, socketFolder })
}
