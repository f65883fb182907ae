import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beginningOf, isAlive, until } from './processes.ts'

/** Who has a data folder: a server for as long as it runs, a command for a moment. */
export interface Holder {
  readonly pid: number
  readonly kind: 'serve' | 'command'
  readonly beginning: string | null
}

/** Another server has the folder. The message is one line for its administrator. */
export class DataFolderInUse extends Error {
  constructor(dataFolder: string, holder: Holder) {
    super(`Another latchkey serve (process ${holder.pid}) uses ${dataFolder}; stop it, or set LATCHKEY_DATA_DIR to another folder.`)
    this.name = 'DataFolderInUse'
  }
}

const commandTimeoutMs = 60_000

/** Takes the folder; waits for a command that has it. Undefined where a server has it. */
export async function lockFolder(dataFolder: string, kind: Holder['kind']): Promise<{ release(): void } | Holder> {
  const path = join(dataFolder, 'latchkey.lock')
  let holder = take(path, kind)
  if (holder?.kind === 'command') {
    await until(() => {
      holder = take(path, kind)
      return holder?.kind !== 'command'
    }, commandTimeoutMs)
  }
  return holder ?? { release: () => rmSync(path, { force: true }) }
}

/** The server that has the folder now, if one does. */
export function servingHolder(dataFolder: string): Holder | undefined {
  const holder = liveHolder(join(dataFolder, 'latchkey.lock'))
  return holder?.kind === 'serve' ? holder : undefined
}

/** Undefined once the folder is ours; else who has it. A link is there whole or not at all, so nobody ever reads half a holder. */
function take(path: string, kind: Holder['kind']): Holder | undefined {
  const mine = `${path}.${process.pid}`
  writeFileSync(mine, JSON.stringify({ pid: process.pid, kind, beginning: beginningOf(process.pid) } satisfies Holder))
  try {
    for (;;) {
      try {
        linkSync(mine, path)
        return undefined
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      }
      const holder = liveHolder(path)
      if (holder) return holder
      rmSync(path, { force: true })
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

function liveHolder(path: string): Holder | undefined {
  let holder: Holder
  try {
    holder = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
  if (!isAlive(holder.pid)) return undefined
  return holder.beginning === null || beginningOf(holder.pid) === holder.beginning ? holder : undefined
}
