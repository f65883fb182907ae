import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinaries } from './binaries.ts'
import { clusterIn, initialize, isReady, start, urlOf } from './cluster.ts'
import { type Confinement, chooseConfinement } from './confinement.ts'
import { DataFolderInUse, lockFolder, servingHolder } from './folder-lock.ts'
import { until } from './processes.ts'

export interface EmbeddedPostgres {
  /** A libpq URL over the unix socket, of the role that owns the database and is no superuser. */
  readonly url: string
  /** Stops the server if it was started here; else does nothing. */
  stop(): Promise<void>
}

/**
 * For a server: starts PostgreSQL on the data folder and keeps the folder until `stop`. Waits for a command that has it; throws `DataFolderInUse`
 * where another server does.
 */
export async function ownEmbeddedPostgres({ dataFolder }: { readonly dataFolder: string }): Promise<EmbeddedPostgres> {
  return startLocked(dataFolder, 'serve')
}

/** For a command: the server that runs on the folder, else one for as long as the command takes. */
export async function shareEmbeddedPostgres({ dataFolder }: { readonly dataFolder: string }): Promise<EmbeddedPostgres> {
  const cluster = clusterIn(dataFolder, true)
  const shared = { url: urlOf(cluster, 'latchkey', 'latchkey'), stop: async () => {} }
  if (servingHolder(dataFolder) && (await until(() => isReady(cluster) || !servingHolder(dataFolder), 60_000)) && isReady(cluster)) return shared
  try {
    return await startLocked(dataFolder, 'command')
  } catch (error) {
    // A server came first: it is shared.
    if (error instanceof DataFolderInUse && (await until(() => isReady(cluster), 60_000))) return shared
    throw error
  }
}

/** For tests: a server that keeps nothing, in a folder that goes with it. `adminUrl` is the superuser's. */
export async function startThrowawayPostgres(): Promise<EmbeddedPostgres & { readonly adminUrl: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-throwaway-'))
  const cluster = clusterIn(folder, false)
  const binaries = await findBinaries()
  const confinement = chooseConfinement()
  initialize(cluster, binaries, confinement)
  const server = await start(cluster, binaries, confinement)
  return {
    url: urlOf(cluster, 'latchkey', 'latchkey'),
    adminUrl: urlOf(cluster, 'postgres', 'postgres'),
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
      rmSync(cluster.sockets, { recursive: true, force: true })
    },
  }
}

async function startLocked(dataFolder: string, kind: 'serve' | 'command', confinement: Confinement = chooseConfinement()): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries()
  const cluster = clusterIn(dataFolder, true)
  const lock = await lockFolder(dataFolder, kind)
  if (!('release' in lock)) throw new DataFolderInUse(dataFolder, lock)
  try {
    initialize(cluster, binaries, confinement)
    const server = await start(cluster, binaries, confinement)
    return {
      url: urlOf(cluster, 'latchkey', 'latchkey'),
      async stop() {
        await server.stop()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
