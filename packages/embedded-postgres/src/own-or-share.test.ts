import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { locateBinaries } from './binaries.ts'
import { DataFolderInUse, EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { Neighbour, build, postmasterPid } from './neighbour.test-support.ts'
import { type EmbeddedPostgres, ownEmbeddedPostgres, shareEmbeddedPostgres } from './own-or-share.ts'
import { processIdentity } from './process-identity.ts'
import { socketFolderFor } from './socket-folder.ts'

const isRoot = process.getuid?.() === 0
const isLinux = process.platform === 'linux'
const canMount = isRoot && isLinux && spawnSync('unshare', ['-m', 'mount', '--bind', '/bin/false', '/bin/false']).status === 0
const inOwnMounts = (script: string) => ['unshare', '-m', 'sh', '-c', `set -e; ${script}; exec "$@"`, 'sh']
const hidden = (program: string) => `mount --bind /bin/false ${execFileSync('which', [program], { encoding: 'utf8' }).trim()}`

let dataFolder: string
const open: EmbeddedPostgres[] = []

beforeAll(build)
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((postgres) => postgres.stop()))
  rmSync(dataFolder, { recursive: true, force: true })
})

async function own(): Promise<EmbeddedPostgres> {
  const postgres = await ownEmbeddedPostgres({ dataFolder })
  open.push(postgres)
  return postgres
}

async function query(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  // A server that is killed takes its connections with it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

const gone = (pid: number) => vi.waitUntil(() => processIdentity(pid) === undefined, { timeout: 20_000, interval: 20 })

describe('a data folder', () => {
  test('gets a durable database that no network reaches', async () => {
    const { url } = await own()
    const names = "'fsync','full_page_writes','synchronous_commit','data_checksums','listen_addresses','server_encoding'"
    expect(await query(url, `SELECT name, setting FROM pg_settings WHERE name IN (${names}) ORDER BY name`)).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'synchronous_commit', setting: 'on' },
    ])
    expect(await query(url, 'SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()')).toEqual([
      { datlocprovider: 'b', datlocale: 'C.UTF-8' },
    ])
  })

  test('signs in as a role that may make schemas and that row-level security binds', async () => {
    const { url } = await own()
    expect(
      await query(
        url,
        'CREATE SCHEMA jobs',
        'SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user',
      ),
    ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false }])
    expect(
      await query(
        url,
        'CREATE TABLE secrets (owner text); INSERT INTO secrets VALUES (1); ALTER TABLE secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
        'SELECT * FROM secrets',
      ),
    ).toEqual([])
  })

  test('may be as deep as it likes, and its socket is in a short folder for its user alone', async () => {
    const deep = join(dataFolder, 'deep'.repeat(30), 'deeper'.repeat(20))
    const { url, stop } = await ownEmbeddedPostgres({ dataFolder: deep })
    const folder = new URL(url.replace('@/', '@host/')).searchParams.get('host')!
    expect(Buffer.byteLength(join(folder, '.s.PGSQL.5432'))).toBeLessThan(104)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await stop()
    expect(existsSync(folder)).toBe(false)
  })

  test('is reached whatever PGPORT and PGSSLMODE say', async () => {
    const { url } = await own()
    vi.stubEnv('PGPORT', '1')
    vi.stubEnv('PGSSLMODE', 'require')
    expect(await query(url, 'SELECT 1 AS one').finally(() => vi.unstubAllEnvs())).toEqual([{ one: 1 }])
  })

  test('of another major version is left alone, and the message says what to do', async () => {
    mkdirSync(join(dataFolder, 'postgres'))
    writeFileSync(join(dataFolder, 'postgres', 'PG_VERSION'), '17\n')
    await expect(own()).rejects.toThrow(/is of PostgreSQL 17, and this version of latchkey brings 18; .*pg_dump.*LATCHKEY_DATABASE_URL/)
    expect(readdirSync(dataFolder).filter((name) => name.includes('.lock'))).toEqual([])
  })

  test('with files that are not a database is left alone', async () => {
    mkdirSync(join(dataFolder, 'postgres'))
    writeFileSync(join(dataFolder, 'postgres', 'thesis.txt'), '')
    await expect(own()).rejects.toThrow(/holds files, but no PostgreSQL data/)
  })

  test('that is damaged gives one line with the reason and the log', async () => {
    await (await own()).stop()
    rmSync(join(dataFolder, 'postgres', 'global', 'pg_control'))
    const failure = await own().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(EmbeddedPostgresError)
    expect((failure as Error).message).toMatch(/^PostgreSQL did not start on .*: .*pg_control.*; see .*postgres\.log\.$/)
  })

  test.runIf(canMount)('on a full disk gives one line with the reason, and takes no more room', async () => {
    const neighbour = new Neighbour('own', dataFolder, inOwnMounts(`mount -t tmpfs -o size=12m,mode=0700 tmpfs ${dataFolder}`))
    expect(await neighbour.next()).toEqual({
      kind: 'EmbeddedPostgresError',
      text: expect.stringMatching(/^The database in .* could not be made \(.*\): .*No space left on device.*; see .*postgres\.log\.$/),
    })
  })

  test.runIf(isRoot)('is refused when somebody else has the folder of its socket', async () => {
    const folder = socketFolderFor(dataFolder, { uid: process.getuid!() })
    mkdirSync(folder)
    chownSync(folder, 1234, 1234)
    await expect(own()).rejects.toThrow(/is not ours/)
    rmSync(folder, { recursive: true })
  })
})

describe('several processes', () => {
  test('a second serve on the folder is refused at once, in one line', async () => {
    const first = new Neighbour('own', dataFolder)
    await first.url()
    const before = Date.now()
    const refusal = await own().catch((error: unknown) => error)
    expect(Date.now() - before).toBeLessThan(1_000)
    expect(refusal).toBeInstanceOf(DataFolderInUse)
    expect((refusal as Error).message).toBe(
      `Process ${first.pid} already serves from ${dataFolder}; stop it first, or set LATCHKEY_DATA_DIR to another folder.`,
    )
    await first.stop()
  })

  test('a command uses the server that serves, and leaves it running', async () => {
    const { url } = await own()
    const command = new Neighbour('share', dataFolder)
    expect(await command.url()).toBe(url)
    await command.stop()
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('commands at the same time, on a new folder too, all get the database', async () => {
    const commands = [1, 2, 3].map(() => new Neighbour('share', dataFolder))
    await Promise.all(
      commands.map(async (command) => {
        let message = await command.next()
        while (message.kind === 'progress') message = await command.next()
        expect(message.kind).toBe('url')
        expect(await query(message.text, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
        await command.stop()
      }),
    )
    expect(existsSync(join(dataFolder, 'postgres', 'postmaster.pid'))).toBe(false)
  })

  test('a serve waits for a command to finish, and says so', async () => {
    const command = new Neighbour('share', dataFolder)
    await command.url()
    const progress: string[] = []
    const serve = ownEmbeddedPostgres({
      dataFolder,
      report: (line) => {
        progress.push(line)
        void command.stop()
      },
    })
    open.push(await serve)
    expect(progress).toEqual([`Waiting for process ${command.pid} (a latchkey command), which has the database in ${dataFolder}.`])
  })

  test('stopping twice is stopping once, and the folder is free', async () => {
    const postgres = await own()
    await Promise.all([postgres.stop(), postgres.stop()])
    await postgres.stop()
    const command = await shareEmbeddedPostgres({ dataFolder })
    expect(await query(command.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await command.stop()
  })

  test.runIf(isLinux)('Ctrl-C in a terminal does not reach the server', async () => {
    await own()
    const [, , processGroup, session] = readFileSync(`/proc/${postmasterPid(dataFolder)}/stat`, 'latin1')
      .split(') ')[1]!
      .split(' ')
    expect([processGroup, session]).toEqual([String(postmasterPid(dataFolder)), String(postmasterPid(dataFolder))])
  })

  test.runIf(isLinux)('the server knows nothing of our environment', async () => {
    vi.stubEnv('LATCHKEY_SECRET_KEY', 'canary')
    await own().finally(() => vi.unstubAllEnvs())
    expect(readFileSync(`/proc/${postmasterPid(dataFolder)}/environ`, 'latin1')).not.toMatch(/LATCHKEY|canary/)
  })
})

describe('kill -9', () => {
  async function commitAndKill(prefix?: readonly string[]): Promise<number> {
    const neighbour = new Neighbour('own', dataFolder, prefix)
    await query(await neighbour.url(), 'CREATE TABLE acknowledged (n int); INSERT INTO acknowledged VALUES (42)')
    const pid = postmasterPid(dataFolder)
    await neighbour.kill()
    return pid
  }

  test.runIf(isLinux)('leaves no server behind and loses nothing', async () => {
    await gone(await commitAndKill())
    expect(await query((await own()).url, 'SELECT n FROM acknowledged')).toEqual([{ n: 42 }])
  })

  test('the next start waits for a server that is still ending', async () => {
    await commitAndKill()
    expect(await query((await own()).url, 'SELECT n FROM acknowledged')).toEqual([{ n: 42 }])
  })

  test('of the server itself loses nothing either', async () => {
    const { url, stop } = await own()
    await query(url, 'CREATE TABLE acknowledged (n int); INSERT INTO acknowledged VALUES (42)')
    const pid = postmasterPid(dataFolder)
    process.kill(pid, 'SIGKILL')
    await gone(pid)
    await stop()
    expect(await query((await own()).url, 'SELECT n FROM acknowledged')).toEqual([{ n: 42 }])
  })

  test('while the database is being made leaves nothing that looks like one', async () => {
    const neighbour = new Neighbour('own', dataFolder)
    const draft = () => readdirSync(dataFolder).find((name) => name.startsWith('postgres.new-'))
    await vi.waitUntil(() => draft() && existsSync(join(dataFolder, draft()!, 'base', '1')), { timeout: 20_000, interval: 1 })
    await neighbour.kill()
    expect(existsSync(join(dataFolder, 'postgres'))).toBe(false)

    expect(await query((await own()).url, 'SELECT current_user AS me')).toEqual([{ me: 'latchkey' }])
    expect(draft()).toBeUndefined()
  })

  test('left-over files whose pid now belongs to another process are no obstacle', async () => {
    await (await own()).stop()
    const stranger = spawn('sleep', ['600'])
    const pid = Number(stranger.pid)
    const folder = socketFolderFor(dataFolder, { uid: process.getuid!() })
    const file = [pid, join(dataFolder, 'postgres'), 1_700_000_000, 5432, folder, '', '  9977967         6', 'ready   ', ''].join('\n')
    writeFileSync(join(dataFolder, 'postgres.lock'), JSON.stringify({ kind: 'serve', pid, identity: 'of a process before' }))
    writeFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), file)
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(join(folder, '.s.PGSQL.5432.lock'), file)
    expect(await query((await own()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    stranger.kill()
  })

  test.each(['', 'torn'])('a postmaster.pid of %j, as a power failure leaves one, is no obstacle', async (text) => {
    await (await own()).stop()
    writeFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), text)
    writeFileSync(join(dataFolder, 'postgres.lock'), text)
    expect(await query((await own()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test.runIf(canMount)('where nothing ends the server with us, the next start does', async () => {
    const pid = await commitAndKill(inOwnMounts(`${hidden('setpriv')}; ${hidden('unshare')}`))
    expect(processIdentity(pid)).toBeDefined()
    expect(await query((await own()).url, 'SELECT n FROM acknowledged')).toEqual([{ n: 42 }])
    expect(processIdentity(pid)).toBeUndefined()
  })
})

describe('who runs it', () => {
  const uidOf = (pid: number) => statSync(`/proc/${pid}`).uid
  const passage = (url: string) => query(url, 'SELECT 1 AS one')

  test.runIf(canMount)('root without user namespaces runs it as nobody, who cannot enter anything else', async () => {
    const neighbour = new Neighbour('own', dataFolder, inOwnMounts(hidden('unshare')))
    expect(await passage(await neighbour.url())).toEqual([{ one: 1 }])
    const pid = postmasterPid(dataFolder)
    expect(uidOf(pid)).toBe(65534)
    expect(statSync(dataFolder).mode & 0o007).toBe(0)
    await neighbour.kill()
    await gone(pid)

    // And back again, where there are user namespaces.
    expect(await passage((await own()).url)).toEqual([{ one: 1 }])
    expect(uidOf(postmasterPid(dataFolder))).toBe(0)
  })

  test.runIf(canMount)('root runs a copy where nobody cannot reach the programs', async () => {
    const native = dirname(dirname((await locateBinaries()).postgres))
    const original = mkdtempSync(join(tmpdir(), 'latchkey-native-'))
    const closed = `mount --bind ${native} ${original}; mount -t tmpfs tmpfs ${native}; cp -a ${original}/. ${native}; chmod 0700 ${native}`
    const neighbour = new Neighbour('own', dataFolder, inOwnMounts(`${hidden('unshare')}; ${closed}`))
    expect(await passage(await neighbour.url())).toEqual([{ one: 1 }])
    expect(readFileSync(`/proc/${postmasterPid(dataFolder)}/cmdline`, 'latin1')).toContain(join(dataFolder, 'postgres-binaries'))
    await neighbour.stop()
    rmSync(original, { recursive: true })
  })

  test.runIf(canMount)('root is told which folder keeps nobody from the data', async () => {
    const closed = join(dataFolder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const neighbour = new Neighbour('own', join(closed, 'data'), inOwnMounts(hidden('unshare')))
    expect((await neighbour.next()).text).toContain(`cannot pass ${closed}; set LATCHKEY_DATA_DIR`)
  })

  test.runIf(isRoot && isLinux)('anybody else runs it as themselves, and kill -9 leaves no server', async () => {
    chownSync(dataFolder, 65534, 65534)
    const neighbour = new Neighbour('own', dataFolder, ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'])
    expect(await passage(await neighbour.url())).toEqual([{ one: 1 }])
    const pid = postmasterPid(dataFolder)
    expect(uidOf(pid)).toBe(65534)
    await neighbour.kill()
    await gone(pid)
  })

  test.runIf(isRoot)('root leaves the database of another user alone, and says whose it is', async () => {
    await (await own()).stop()
    chownSync(join(dataFolder, 'postgres'), 1234, 1234)
    chmodSync(join(dataFolder, 'postgres'), 0o755)
    await expect(own()).rejects.toThrow(/belongs to the user 1234; run latchkey as that user/)
  })
})
