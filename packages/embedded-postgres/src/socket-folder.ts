import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { ServerAccount } from './server-account.ts'

const socketName = '.s.PGSQL.5432'

// sockaddr_un ends after 108 bytes on Linux and 104 on macOS, one of them the closing NUL.
const socketPathBytesMax = 103

/** The folder for a data folder's socket: the same at every start by the same user, short however deep the data folder is. */
export function socketFolderFor(dataFolder: string, { uid }: Pick<ServerAccount, 'uid'>, temporaryFolder = tmpdir()): string {
  const name = `latchkey-${createHash('sha256').update(`${uid}:${dataFolder}`).digest('hex').slice(0, 16)}`
  const folder = join(temporaryFolder, name)
  return Buffer.byteLength(join(folder, socketName)) <= socketPathBytesMax ? folder : join('/tmp', name)
}

/**
 * Makes the folder, open to the server's user alone: whoever can reach the socket is trusted, so this is the door.
 * The name can be guessed, so a folder that somebody else made first, or a link, is refused.
 */
export async function openSocketFolder(folder: string, account: Pick<ServerAccount, 'uid' | 'gid'>): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new EmbeddedPostgresError(
        `The folder ${folder} for the database's socket cannot be made (${(error as NodeJS.ErrnoException).code}).`,
        {
          cause: error,
        },
      )
  }
  const found = await lstat(folder)
  if (!found.isDirectory() || (found.uid !== process.getuid?.() && found.uid !== account.uid))
    throw new EmbeddedPostgresError(
      `${folder} is not ours, and the database's socket belongs there; remove it, or set TMPDIR to another folder.`,
    )
  if ((found.mode & 0o777) !== 0o700) await chmod(folder, 0o700)
  if (found.uid !== account.uid) await chown(folder, account.uid, account.gid)
  // With no server on the data folder these are left over, and PostgreSQL would take a reused pid in them for a server.
  await rm(join(folder, socketName), { force: true })
  await rm(join(folder, `${socketName}.lock`), { force: true })
}
