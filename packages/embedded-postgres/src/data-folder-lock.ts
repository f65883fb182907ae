import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { processIdentity } from './process-identity.ts'

/** Who has a data folder. `serve` keeps it for long, a `command` for moments. */
export interface LockHolder {
  readonly kind: 'serve' | 'command'
  readonly pid: number
  /** Tells the process from a later one with the same pid. */
  readonly identity: string
}

export type LockAttempt = { readonly taken: true; release(): Promise<void> } | { readonly taken: false; readonly holder: LockHolder }

/**
 * Takes the lock file at `path` for this process unless a living process has it; never waits.
 * A file left by a process that is gone, or whose pid now belongs to another, is taken over, by one of those who try.
 */
export async function takeDataFolderLock(path: string, kind: LockHolder['kind']): Promise<LockAttempt> {
  const self: LockHolder = { kind, pid: process.pid, identity: processIdentity(process.pid) ?? '' }
  const holder = await take(path, `${JSON.stringify(self)}\n`)
  return holder ? { taken: false, holder } : { taken: true, release: () => rm(path, { force: true }) }
}

/** Puts `mine` at `path`, and answers undefined; or answers the living process that keeps it from doing so. */
async function take(path: string, mine: string): Promise<LockHolder | undefined> {
  // Written in full before it gets its name, so that nobody ever reads half a lock.
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, mine, { flag: 'wx', mode: 0o600 })
  try {
    for (;;) {
      if (await linked(draft, path)) return undefined

      const found = await content(path)
      if (found === undefined) continue

      const holder = livingHolder(found)
      if (holder) return holder

      // Deleting a dead process's file and making one's own are two steps, and between them somebody else may have made
      // theirs. So the right to replace this very content is a lock of its own, taken in the same way.
      const succession = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`
      const rival = await take(succession, mine)
      if (rival) return rival
      try {
        if ((await content(path)) !== found) continue
        await rename(draft, path)
        return undefined
      } finally {
        await rm(succession, { force: true })
      }
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** A file that cannot be read as a lock is what a power failure left of one: no process lived through that. */
function livingHolder(content: string): LockHolder | undefined {
  const holder = parseHolder(content)
  return holder && processIdentity(holder.pid) === holder.identity ? holder : undefined
}

function parseHolder(content: string): LockHolder | undefined {
  try {
    const { kind, pid, identity } = JSON.parse(content) as Partial<LockHolder>
    if ((kind !== 'serve' && kind !== 'command') || !Number.isSafeInteger(pid) || typeof identity !== 'string') return undefined
    return { kind, pid: Number(pid), identity }
  } catch {
    return undefined
  }
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function content(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
