import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, lchown, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import type { DataFolder } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** As whom PostgreSQL's programs run, and how they are started so that none outlives this process. */
export interface ServerAccount {
  readonly binaries: Binaries
  /** Of the programs, which is that of the data they can read. */
  readonly majorVersion: number
  /** The owner that files must have for the programs. */
  readonly uid: number
  readonly gid: number
  start(program: keyof Binaries, args: readonly string[], stdio: SpawnOptions['stdio']): ChildProcess
}

interface Way {
  readonly prefix: readonly string[]
  /** Absent: as this process. */
  readonly as?: { readonly uid: number; readonly gid: number }
}

// `nobody`, which exists by number even where it has no name.
const nobody = { uid: 65534, gid: 65534 }

// The kernel sends the signal when the thread that started the program ends, kill -9 included: a fast, clean shutdown
// without us. setpriv asks for it last, just before it becomes the program, because changing user would undo it.
const endingWithUs = ['setpriv', '--pdeathsig', 'INT']

/** Best first. PostgreSQL refuses to run as root; in a user namespace of its own root is nobody, and its files stay root's. */
function ways(): readonly Way[] {
  if (process.getuid?.() !== 0) return [{ prefix: endingWithUs }, { prefix: [] }]
  return [{ prefix: ['unshare', '-U', ...endingWithUs] }, { prefix: endingWithUs, as: nobody }, { prefix: [], as: nobody }]
}

/** The first way in which the programs run on this machine. */
export async function chooseServerAccount(binaries: Binaries, folder: DataFolder): Promise<ServerAccount> {
  for (const way of ways()) {
    const account = await accountFor(way, binaries)
    if (account) return account
  }
  // Root may read what its stand-in may not: a checkout in a closed home folder, for one.
  if (process.getuid?.() === 0) {
    const copy = await copyBinaries(binaries, folder)
    for (const way of ways()) {
      const account = await accountFor(way, copy, folder)
      if (account) return account
    }
  }
  throw new EmbeddedPostgresError(
    `The PostgreSQL that comes with the packages does not run on this machine (${binaries.postgres} --version fails); set LATCHKEY_DATABASE_URL to a PostgreSQL 15 or later.`,
  )
}

async function accountFor(way: Way, binaries: Binaries, folder?: DataFolder): Promise<ServerAccount | undefined> {
  const { uid, gid } = way.as ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (way.as && folder) await openWayTo(folder.path, way.as)
  const account = {
    binaries,
    uid,
    gid,
    start: (program: keyof Binaries, args: readonly string[], stdio: SpawnOptions['stdio']) => {
      const [command = '', ...rest] = [...way.prefix, binaries[program], ...args]
      return spawn(command, rest, {
        ...way.as,
        stdio,
        // A session of its own: Ctrl-C in a terminal goes to us alone, who stop the server when the last request is answered.
        detached: true,
        cwd: '/',
        // Nothing of our environment: it holds secrets, and PG* variables meant for some other server.
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin', LC_ALL: 'C' },
      })
    },
  }
  const majorVersion = await majorVersionOf(account.start('postgres', ['--version'], ['ignore', 'pipe', 'ignore']))
  return majorVersion === undefined ? undefined : { ...account, majorVersion }
}

async function majorVersionOf(child: ChildProcess): Promise<number | undefined> {
  const output: string[] = []
  child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text))
  const exitCode = await once(child, 'close').then(
    ([code]) => code as number | null,
    () => null,
  )
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(output.join('')) ?? []
  return exitCode === 0 && major !== undefined ? Number(major) : undefined
}

async function copyBinaries(binaries: Binaries, folder: DataFolder): Promise<Binaries> {
  const draft = `${folder.binaries}.new`
  await rm(draft, { recursive: true, force: true })
  await cp(dirname(dirname(binaries.postgres)), draft, { recursive: true, verbatimSymlinks: true })
  await rm(folder.binaries, { recursive: true, force: true })
  await rename(draft, folder.binaries)
  await giveTree(folder.binaries, nobody)
  return { initdb: join(folder.binaries, 'bin', 'initdb'), postgres: join(folder.binaries, 'bin', 'postgres') }
}

/**
 * Hands `path` and all in it to the account, if root or its stand-in had it: which of the two PostgreSQL runs as may change
 * with the machine. A folder of anybody else stays theirs.
 */
export async function giveToServer(path: string, account: ServerAccount, folder: DataFolder): Promise<void> {
  const { uid } = await stat(path)
  const isRoot = process.getuid?.() === 0
  if (uid !== account.uid && !(isRoot && (uid === 0 || uid === nobody.uid)))
    throw new EmbeddedPostgresError(
      `The data in ${path} belongs to the user ${uid}; run latchkey as that user, or give it to this one with chown -R.`,
    )
  if (isRoot && account.uid === nobody.uid) await openWayTo(folder.path, nobody)
  if (uid !== account.uid) await giveTree(path, account)
}

async function giveTree(path: string, owner: { uid: number; gid: number }): Promise<void> {
  const children = await readdir(path, { withFileTypes: true, recursive: true })
  for (const child of children) await lchown(join(child.parentPath, child.name), owner.uid, owner.gid)
  // Last, since its owner tells the next start whether this was finished.
  await lchown(path, owner.uid, owner.gid)
}

/** Lets the stand-in's group, and nobody else, pass through the data folder; the folders above it are not ours to open. */
async function openWayTo(path: string, account: { gid: number }): Promise<void> {
  const { mode, gid } = await stat(path)
  if ((mode & 0o001) === 0) {
    if (gid !== account.gid) await chown(path, 0, account.gid)
    await chmod(path, (mode & 0o777) | 0o010)
  }
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    const { mode, gid } = await stat(above)
    if ((mode & 0o001) === 0 && !(gid === account.gid && (mode & 0o010) !== 0))
      throw new EmbeddedPostgresError(
        `PostgreSQL cannot run as root, and its stand-in, user ${nobody.uid}, cannot pass ${above}; set LATCHKEY_DATA_DIR to a folder elsewhere, or run latchkey as another user.`,
      )
  }
}
