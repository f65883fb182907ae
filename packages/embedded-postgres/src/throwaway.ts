import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { productDatabase, productRole, superuser } from './cluster.ts'
import { connectionUrl } from './connection-url.ts'
import { openDataFolder } from './data-folder.ts'
import type { EmbeddedPostgres } from './own-or-share.ts'
import { startServer } from './server.ts'
import { throwawaySettings } from './settings.ts'

export interface ThrowawayPostgres extends EmbeddedPostgres {
  /** As the superuser, in the database `postgres`: for CREATE DATABASE. */
  readonly adminUrl: string
}

/** For tests: a server of its own in a temporary folder, fast because nothing survives it; `stop` removes both. */
export async function startThrowawayPostgres(): Promise<ThrowawayPostgres> {
  const path = await mkdtemp(join(tmpdir(), 'latchkey-throwaway-'))
  try {
    const { socketFolder, stop } = await startServer({ folder: await openDataFolder(path), settings: throwawaySettings, durable: false })
    let stopping: Promise<void> | undefined
    return {
      url: connectionUrl({ role: productRole, database: productDatabase, socketFolder }),
      adminUrl: connectionUrl({ role: superuser, database: 'postgres', socketFolder }),
      stop: () => (stopping ??= stop('immediate').then(() => rm(path, { recursive: true, force: true }))),
    }
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    throw error
  }
}
