import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

/** Another process runs the build, since Node 20 does not run TypeScript; so the build is brought up to date first. */
export function build(): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', packageFolder])
}

const program = `
  const [, index, how, dataFolder] = process.argv
  const say = (message) => console.log(JSON.stringify(message))
  const { ownEmbeddedPostgres, shareEmbeddedPostgres } = await import(index)
  try {
    const open = how === 'own' ? ownEmbeddedPostgres : shareEmbeddedPostgres
    const { url, stop } = await open({ dataFolder, report: (progress) => say({ kind: 'progress', text: progress }) })
    say({ kind: 'url', text: url })
    process.stdin.on('end', () => stop().then(() => process.exit(0))).resume()
  } catch (error) {
    say({ kind: error.name, text: error.message })
  }
`

interface Message {
  readonly kind: string
  readonly text: string
}

/** Another Node process that has a data folder, or would like to. */
export class Neighbour {
  readonly #child: ChildProcess
  readonly #messages: AsyncIterator<string>

  /** `prefix` stands before node on the command line: as whom, and in which surroundings. */
  constructor(how: 'own' | 'share', dataFolder: string, prefix: readonly string[] = []) {
    const index = join(packageFolder, 'dist', 'index.js')
    const [command = '', ...args] = [...prefix, process.execPath, '--input-type=module', '-e', program, index, how, dataFolder]
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#messages = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  get pid(): number {
    return Number(this.#child.pid)
  }

  async next(): Promise<Message> {
    const { value, done } = await this.#messages.next()
    if (done) throw new Error('The other process ended without a word.')
    return JSON.parse(value) as Message
  }

  async url(): Promise<string> {
    const { kind, text } = await this.next()
    if (kind !== 'url') throw new Error(`${kind}: ${text}`)
    return text
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await exit
  }

  async kill(): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }
}

export function postmasterPid(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
}
