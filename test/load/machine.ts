import { type EmbeddedPostgres, ownEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { type Contestant, startProcess } from './contestant.ts'

const built = (path: string) => new URL(path, import.meta.url).pathname
const serverMain = built('../../../apps/server/dist/main.js')

/** The connections that each contestant may have. */
export const poolMax = 2 * availableParallelism()

/** One durable PostgreSQL for everybody, and the processes that use it. Everything is gone when it is stopped. */
export interface Machine {
  readonly databaseUrl: string
  /** Of the first process of PostgreSQL. */
  readonly postgresPid: number
  /** Goes with the rest. */
  readonly folder: string
  latchkey(options?: { readonly flags?: readonly string[]; readonly environment?: Record<string, string> }): Promise<Contestant>
  floor(): Promise<Contestant>
  peer(users: number): Promise<Contestant>
  /** Takes away the mails that wait: what is measured next is requests, and not the delivery of what was measured before. */
  forgetMails(): Promise<void>
  /** A new organisation, and a token of it; in another database, if one is named. */
  organization(slug: string, databaseUrl?: string): Promise<{ readonly id: string; readonly token: string }>
  /** One more database of the same PostgreSQL, with nothing in it yet. */
  database(name: string): Promise<string>
  stop(): Promise<void>
}

export async function startMachine(): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'))
  const postgres: EmbeddedPostgres = await ownEmbeddedPostgres({ dataFolder: join(folder, 'data') })
  const log = join(folder, 'log')
  const running: (() => Promise<void>)[] = []
  const start = async (...process: Parameters<typeof startProcess>) => {
    const started = await startProcess(...process)
    running.push(started.stop)
    return { url: started.url, pid: started.child.pid ?? 0, stop: started.stop }
  }
  const environment = {
    PATH: process.env['PATH'] ?? '',
    LATCHKEY_DATABASE_URL: postgres.url,
    LATCHKEY_DATA_DIR: folder,
    LATCHKEY_SECRET_KEY: randomBytes(32).toString('base64'),
    LATCHKEY_PORT: '0',
    LATCHKEY_POOL_MAX: String(poolMax),
    LATCHKEY_RATE_LIMIT: '1000000',
  }
  const command = async <Answer>(databaseUrl: string, ...words: string[]): Promise<Answer> => {
    const { stdout } = await promisify(execFile)(process.execPath, [serverMain, ...words, '--json'], {
      env: { ...environment, LATCHKEY_DATABASE_URL: databaseUrl },
    })
    return JSON.parse(stdout)
  }
  return {
    databaseUrl: postgres.url,
    postgresPid: Number.parseInt(await readFile(join(folder, 'data', 'postgres', 'postmaster.pid'), 'utf8'), 10),
    folder,

    async latchkey({ flags = [], environment: own = {} } = {}) {
      const { url, pid, stop } = await start('Latchkey', serverMain, {
        environment: { ...environment, ...own },
        log,
        flags,
        words: ['serve'],
      })
      return { name: 'latchkey', url: `${url}/scim/v2`, token: '', pid, stop }
    },

    async floor() {
      const token = randomBytes(32).toString('hex')
      const own = { FLOOR_TOKEN: token, FLOOR_DATABASE_URL: postgres.url, FLOOR_POOL_MAX: String(poolMax) }
      const { url, pid, stop } = await start('The floor', built('floor-server.js'), { environment: own, log })
      return { name: 'floor', url, token, pid, stop }
    },

    async peer(users) {
      const token = randomBytes(32).toString('hex')
      const own = { PEER_TOKEN: token, PEER_USERS: String(users) }
      const { url, pid, stop } = await start('The peer', built('peer-server.js'), { environment: own, log })
      return { name: 'peer', url, token, pid, stop }
    },

    async forgetMails() {
      const client = new Client({ connectionString: postgres.url })
      await client.connect()
      // Row-level security shows whoever is bound to no organisation no row to delete.
      await client.query('truncate outbox')
      await client.query('delete from graphile_worker._private_jobs where locked_at is null')
      await client.end()
    },

    async organization(slug, databaseUrl = postgres.url) {
      const { id } = await command<{ id: string }>(databaseUrl, 'organization', 'create', '--slug', slug, '--name', slug)
      await command(databaseUrl, 'scim', 'enable', '--org', slug)
      const { token } = await command<{ token: string }>(
        databaseUrl,
        'scim-token',
        'create',
        '--org',
        slug,
        '--description',
        'Benchmark',
        '--ttl-days',
        '1',
      )
      return { id, token }
    },

    async database(name) {
      const client = new Client({ connectionString: postgres.url.replace('latchkey@/latchkey?', 'postgres@/postgres?') })
      await client.connect()
      await client.query(`create database ${name} owner latchkey`)
      await client.end()
      return postgres.url.replace('@/latchkey?', `@/${name}?`)
    },

    async stop() {
      for (const stop of running) await stop()
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
