import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const main = new URL('../apps/server/dist/main.js', import.meta.url).pathname

/** The product as an operator runs it: its own process, its own data folder, its own durable PostgreSQL. */
export interface TestServer {
  readonly dataFolder: string
  readonly url: string
  readonly scimUrl: string
  readonly process: ChildProcess
  /** A `latchkey` command's JSON. Rejects with what it said on standard error. */
  latchkey<Answer = Record<string, string>>(...words: string[]): Promise<Answer>
  /** An organisation with SCIM on, and a token of it. */
  organization(
    slug: string,
    mode?: 'tolerant' | 'strict',
  ): Promise<{ readonly id: string; readonly token: string; readonly tokenId: string }>
  stop(): Promise<void>
}

export async function startServer(
  options: { readonly dataFolder?: string; readonly environment?: Record<string, string> } = {},
): Promise<TestServer> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'latchkey-e2e-')))
  const environment = {
    PATH: process.env['PATH'] ?? '',
    LATCHKEY_DATA_DIR: dataFolder,
    LATCHKEY_PORT: '0',
    LATCHKEY_LOG_LEVEL: 'error',
    LATCHKEY_RATE_LIMIT: '100000',
    ...options.environment,
  }
  const child = spawn(process.execPath, [main, 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const url = await listening(child)
  const { port } = new URL(url)
  const latchkey = <Answer>(...words: string[]) => runLatchkey<Answer>({ ...environment, LATCHKEY_PORT: port }, words)
  return {
    dataFolder,
    url,
    scimUrl: `${url}/scim/v2`,
    process: child,
    latchkey,
    async organization(slug, mode = 'tolerant') {
      const { id } = await latchkey<{ id: string }>('organization', 'create', '--slug', slug, '--name', slug)
      await latchkey('scim', 'enable', '--org', slug)
      const issued = await latchkey<{ id: string; token: string }>(
        'scim-token',
        'create',
        '--org',
        slug,
        '--description',
        'Test',
        '--ttl-days',
        '1',
        '--mode',
        mode,
      )
      return { id, token: issued.token, tokenId: issued.id }
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** One `latchkey` command with `--json`. */
export async function runLatchkey<Answer>(environment: Record<string, string>, words: readonly string[]): Promise<Answer> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...words, '--json'], { env: environment })
  return JSON.parse(stdout)
}

async function listening(child: ChildProcess): Promise<string> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /listens on (\S+)/.exec(line)?.[1]
    if (url) return url.replace('localhost', '127.0.0.1')
  }
  throw new Error(`The server ended before it listened: ${errors}`)
}
