import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { DataFolder } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { type ServerAccount, giveToServer } from './server-account.ts'
import type { ServerLog } from './server-log.ts'

/** Superuser, for what is done here and by hand. */
export const superuser = 'postgres'

/** The role the product signs in as, and its database. It owns the database and so may make schemas; row-level security binds it (TEN-2). */
export const productRole = 'latchkey'
export const productDatabase = 'latchkey'

const bootstrap = [
  `CREATE ROLE ${productRole} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION`,
  `CREATE DATABASE ${productDatabase} OWNER ${productRole}`,
]

// `trust` is right only because of the door in front of it: no TCP, and a socket in a folder of mode 0700 (openSocketFolder).
// Who can pass that door is the server's user or root, and can read the data files as they are.
const hostBasedAuthentication = 'local all all trust\n'

/** Makes the data directory if there is none, else sees that this PostgreSQL can read it. */
export async function ensureCluster(options: {
  folder: DataFolder
  account: ServerAccount
  log: ServerLog
  durable: boolean
}): Promise<void> {
  const { folder, account } = options
  await removeUnfinished(folder)
  const version = await clusterVersion(folder)
  if (version === undefined) return createCluster(options)
  if (version !== String(account.majorVersion))
    throw new EmbeddedPostgresError(
      `The data in ${folder.cluster} is of PostgreSQL ${version}, and this version of latchkey brings ${account.majorVersion}; move it with pg_dump and pg_restore, or set LATCHKEY_DATABASE_URL to a PostgreSQL ${version} that serves it.`,
    )
  await giveToServer(folder.cluster, account, folder)
}

/** All is done in a folder beside, which gets its name when it is complete: a kill -9 halfway leaves nothing that looks finished. */
async function createCluster({
  folder,
  account,
  log,
  durable,
}: {
  folder: DataFolder
  account: ServerAccount
  log: ServerLog
  durable: boolean
}): Promise<void> {
  // A name of its own, since the initdb of a killed process may go on for a moment.
  const draft = `${folder.cluster}.new-${randomUUID()}`
  await mkdir(draft, { mode: 0o700 })
  await giveToServer(draft, account, folder)

  try {
    await run('initdb', initdbArguments(draft, durable), '')
    await run('postgres', ['--single', '-D', draft, '-c', 'exit_on_error=on', superuser], `${bootstrap.join('\n')}\n`)
    await writeFile(join(draft, 'pg_hba.conf'), hostBasedAuthentication, { flush: durable })

    await rename(draft, folder.cluster)
  } catch (error) {
    // Where the disk is full, this much of it is free again.
    await rm(draft, { recursive: true, force: true })
    throw error
  }
  if (durable) await syncFolder(folder.path)

  async function run(program: keyof Binaries, args: readonly string[], input: string): Promise<void> {
    await log.mark()
    const child = account.start(program, args, ['pipe', log.descriptor, log.descriptor])
    // A program that ends before it reads has its reason in the log.
    child.stdin?.on('error', () => undefined).end(input)
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    if (code === 0) return
    throw new EmbeddedPostgresError(
      `The database in ${folder.cluster} could not be made (${program} ended with ${code ?? signal}): ${await log.reason()}; see ${log.path}.`,
    )
  }
}

function initdbArguments(cluster: string, durable: boolean): string[] {
  return [
    `--pgdata=${cluster}`,
    `--username=${superuser}`,
    '--auth=trust',
    '--encoding=UTF8',
    // The same order and case rules on every machine, whatever its libraries.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ]
}

async function clusterVersion(folder: DataFolder): Promise<string | undefined> {
  try {
    return (await readFile(join(folder.cluster, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT')
      throw new EmbeddedPostgresError(`The data in ${folder.cluster} cannot be read (${code}); run latchkey as the user it belongs to.`, {
        cause: error,
      })
  }
  const files = await readdir(folder.cluster).catch(() => [])
  if (files.length > 0)
    throw new EmbeddedPostgresError(
      `${folder.cluster} holds files, but no PostgreSQL data; move them away, or set LATCHKEY_DATA_DIR to another folder.`,
    )
  return undefined
}

async function removeUnfinished(folder: DataFolder): Promise<void> {
  const unfinished = `${basename(folder.cluster)}.new-`
  for (const name of await readdir(folder.path))
    if (name.startsWith(unfinished)) await rm(join(dirname(folder.cluster), name), { recursive: true, force: true, maxRetries: 3 })
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  await folder.sync().finally(() => folder.close())
}
