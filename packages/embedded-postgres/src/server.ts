import { rm } from 'node:fs/promises'
import { locateBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import type { DataFolder } from './data-folder.ts'
import { startPostmaster } from './postmaster.ts'
import { chooseServerAccount } from './server-account.ts'
import { ServerLog } from './server-log.ts'
import type { ServerSettings } from './settings.ts'
import { openSocketFolder, socketFolderFor } from './socket-folder.ts'

export interface StartedServer {
  readonly socketFolder: string
  stop(mode: 'fast' | 'immediate'): Promise<void>
}

/** From a data folder, empty or not, to a server that takes connections. The caller sees to it that nobody else does the same. */
export async function startServer(options: { folder: DataFolder; settings: ServerSettings; durable: boolean }): Promise<StartedServer> {
  const { folder, settings, durable } = options
  const log = await ServerLog.open(folder.log)
  try {
    const account = await chooseServerAccount(await locateBinaries(), folder)
    await ensureCluster({ folder, account, log, durable })
    const socketFolder = socketFolderFor(folder.path, account)
    const postmaster = await startPostmaster({
      cluster: folder.cluster,
      settings,
      account,
      log,
      socketFolder,
      prepare: () => openSocketFolder(socketFolder, account),
    })
    return {
      socketFolder,
      stop: async (mode) => {
        await postmaster.stop(mode)
        await rm(socketFolder, { recursive: true, force: true })
      },
    }
  } finally {
    await log.close()
  }
}
