import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, runLatchkey, startServer } from '../server.ts'

/** What was acknowledged about one user. `maybe` is a title whose acknowledgement never came; deleted users have no title. */
interface Written {
  title: string | null
  maybe: string | null | undefined
}

let dataFolder: string
let server: TestServer

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'latchkey-e2e-'))
})

afterEach(() => server.stop())

afterAll(() => rm(dataFolder, { recursive: true, force: true }))

test('killed ten times under write load, the server keeps every write that it acknowledged, and leaves no database behind', async () => {
  const written = new Map<string, Written>()
  const members = new Set<string>()
  server = await startServer({ dataFolder })
  const { token } = await server.organization('durable')
  const { body: group } = await scimClient(server.scimUrl, token).post('/Groups', { schemas: [groupSchema], displayName: 'Everybody' })

  for (let kill = 0; kill < 10; kill += 1) {
    const postmaster = await postmasterOf(dataFolder)
    const { process: child } = server
    const scim = scimClient(server.scimUrl, token)
    let acknowledged = 0
    const enough = 20 + 7 * kill
    const acknowledge = () => {
      acknowledged += 1
      if (acknowledged === enough) child.kill('SIGKILL')
    }
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => writeUntilKilled(scim, `${kill}${name}`, group.id, { written, members, acknowledge })),
    )
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(acknowledged).toBeGreaterThanOrEqual(enough)

    // At once: the next start itself has to wait for what the killed one left.
    server = await startServer({ dataFolder })
    expect(await isRunning(postmaster)).toBe(false)
    expect(await isRunning(await postmasterOf(dataFolder))).toBe(true)
  }

  const scim = scimClient(server.scimUrl, token)
  expect(written.size).toBeGreaterThan(100)
  for (const [id, { title, maybe }] of written) {
    const { status, body } = await scim.get(`/Users/${id}`)
    expect([title, ...(maybe === undefined ? [] : [maybe])]).toContain(status === 404 ? null : body.title)
  }
  const { body } = await scim.get(`/Groups/${group.id}`)
  const present = new Set((body.members ?? []).map(({ value }: { value: string }) => value))
  expect(members.size).toBeGreaterThan(10)
  for (const member of members) {
    const { title, maybe } = written.get(member)!
    if (title !== null && maybe !== null) expect(present).toContain(member)
  }

  const last = await postmasterOf(dataFolder)
  await server.stop()
  expect([server.process.exitCode, await isRunning(last)]).toEqual([0, false])
})

test('a second server on the same data folder says who has it, in one line, and ends with 1', async () => {
  server = await startServer({ dataFolder })
  const environment = { PATH: process.env['PATH'] ?? '', LATCHKEY_DATA_DIR: dataFolder, LATCHKEY_PORT: '0', LATCHKEY_LOG_LEVEL: 'error' }
  const refusal = expect.stringMatching(new RegExp(`^Process ${server.process.pid} already serves from [^\\n]+\\n$`))
  await expect(runLatchkey(environment, ['serve'])).rejects.toMatchObject({ code: 1, stdout: '', stderr: refusal })
  expect((await fetch(`${server.url}/ready`)).status).toBe(200)
})

test('told to stop, the server takes no new connection and finishes the requests under way', async () => {
  server = await startServer({ dataFolder })
  const { token } = await server.organization('graceful')
  const body = Buffer.from(JSON.stringify({ schemas: [userSchema], userName: 'under-way@graceful.example' }))
  const outgoing = request(`${server.scimUrl}/Users`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/scim+json',
      'Content-Length': body.length,
      Expect: '100-continue',
    },
  })
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  outgoing.write(body.subarray(0, 20))

  server.process.kill('SIGTERM')
  await expect.poll(() => isListening(server), { timeout: 10_000, interval: 20 }).toBe(false)
  const answered = once(outgoing, 'response')
  outgoing.end(body.subarray(20))
  const [response]: IncomingMessage[] = await answered
  expect(response?.statusCode).toBe(201)
  const { id } = JSON.parse(await text(response!))
  if (server.process.exitCode === null) await once(server.process, 'exit')
  expect(server.process.exitCode).toBe(0)

  server = await startServer({ dataFolder })
  expect((await scimClient(server.scimUrl, token).get(`/Users/${id}`)).status).toBe(200)
})

/** Creates, changes, groups and deletes people of its own until nobody answers, noting each acknowledgement. */
async function writeUntilKilled(
  scim: ScimClient,
  name: string,
  group: string,
  {
    written,
    members,
    acknowledge,
  }: { readonly written: Map<string, Written>; readonly members: Set<string>; readonly acknowledge: () => void },
): Promise<void> {
  const acknowledged = async (asked: ReturnType<ScimClient['get']>, statuses: readonly number[]) => {
    // The connection ends with the server. Every answer that arrives whole counts.
    const answer = await asked.catch(() => null)
    if (!answer) return null
    expect(statuses).toContain(answer.status)
    acknowledge()
    return answer
  }
  for (let index = 0; ; index += 1) {
    const userName = `person-${name}-${index}@durable.example`
    const created = await acknowledged(scim.post('/Users', { schemas: [userSchema], userName, title: '0' }), [201])
    if (!created) return
    const { id } = created.body
    const user: Written = { title: '0', maybe: undefined }
    written.set(id, user)

    user.maybe = '1'
    if (!(await acknowledged(scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: '1' }]), [200]))) return
    Object.assign(user, { title: '1', maybe: undefined })

    if (!(await acknowledged(scim.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: [{ value: id }] }]), [204]))) return
    members.add(id)

    if (index % 3 !== 2) continue
    user.maybe = null
    if (!(await acknowledged(scim.delete(`/Users/${id}`), [204]))) return
    Object.assign(user, { title: null, maybe: undefined })
  }
}

async function postmasterOf(folder: string): Promise<number> {
  const [pid] = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
  return Number(pid)
}

/** A process that has ended and waits only for its parent to notice counts as ended. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/^\d+ \(.*\) Z /.test(stat)
}

function isListening({ url }: TestServer): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
