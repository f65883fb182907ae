import { access, constants, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** Where things are in a data folder; absolute, and free of symbolic links so that every process names it alike. */
export interface DataFolder {
  readonly path: string
  /** PostgreSQL's own data directory. */
  readonly cluster: string
  readonly lock: string
  readonly log: string
  /** A copy of the programs, made only where the server's user cannot reach the installed ones. */
  readonly binaries: string
}

/** Makes the folder, closed to other users, if it is not there. */
export async function openDataFolder(dataFolder: string): Promise<DataFolder> {
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    const path = await realpath(dataFolder)
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return {
      path,
      cluster: join(path, 'postgres'),
      lock: join(path, 'postgres.lock'),
      log: join(path, 'postgres.log'),
      binaries: join(path, 'postgres-binaries'),
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new EmbeddedPostgresError(
      `The data folder ${dataFolder} cannot be used (${code}); make it writable, or set LATCHKEY_DATA_DIR to another.`,
      {
        cause,
      },
    )
  }
}
