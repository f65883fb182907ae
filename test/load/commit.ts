import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The commit that is measured, and whether something has changed since. Unknown where there is no git. */
export async function commitNow(): Promise<string | undefined> {
  try {
    const commit = await git('rev-parse', '--short', 'HEAD')
    // What was measured of another part is on the page already, and changes nothing of what is measured.
    const changes = await git('status', '--porcelain', '--', '.', ':(exclude)docs/reference/performance*')
    return changes === '' ? commit : `${commit} and changes`
  } catch {
    return undefined
  }
}

async function git(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', words, { cwd: new URL('../../../', import.meta.url) })
  return stdout.trim()
}
