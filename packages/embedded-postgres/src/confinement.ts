import { spawnSync } from 'node:child_process'
import { chownSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** PostgreSQL refuses to run as root, and must end with the process that started it. How both are had depends on who we are and where. */
export interface Confinement {
  /** What stands in front of the program. */
  readonly prefix: readonly string[]
  /** The owner that data and sockets must have; null for ourselves. */
  readonly owner: number | null
}

const nobody = 65_534

/** `--pdeathsig INT` is a fast shutdown in the moment in which our process dies, however it dies. */
const endWithUs = ['setpriv', '--pdeathsig', 'INT']

export function chooseConfinement(): Confinement {
  const hasSetpriv = runs('setpriv', ['--version'])
  if (process.getuid?.() !== 0) return { prefix: hasSetpriv ? endWithUs : [], owner: null }
  if (!hasSetpriv) throw new Error('PostgreSQL does not run as root; install util-linux (setpriv), start Latchkey as another user, or set LATCHKEY_DATABASE_URL.')
  // In a user namespace of its own, root is an ordinary user to PostgreSQL and still the owner of its files.
  if (runs('unshare', ['-U', 'true'])) return { prefix: ['unshare', '-U', ...endWithUs], owner: null }
  return asNobody
}

/** Where namespaces are forbidden: another user, who may still walk through folders that are root's. */
export const asNobody: Confinement = {
  prefix: [
    'setpriv',
    `--reuid=${nobody}`,
    `--regid=${nobody}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--pdeathsig',
    'INT',
  ],
  owner: nobody,
}

/** Gives a folder and all in it to the owner that the confinement asks for. */
export function giveTo({ owner }: Confinement, path: string): void {
  if (owner === null) return
  const entry = lstatSync(path)
  if (entry.uid !== owner && !entry.isSymbolicLink()) chownSync(path, owner, owner)
  if (entry.isDirectory()) for (const name of readdirSync(path)) giveTo({ prefix: [], owner }, join(path, name))
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
