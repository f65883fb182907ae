import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatScimToken, scimTokenRandomBytes } from '@latchkey/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scimClient, userSchema } from '../scim-client.ts'
import { startServer, type TestServer } from '../server.ts'

interface Issued {
  readonly id: string
  readonly token: string
  readonly prefix: string
}

interface Listed {
  readonly id: string
  readonly lastUsedAt: string | null
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

const hourMs = 3_600_000
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const uuid = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)

let server: TestServer
let log = ''

beforeAll(async () => {
  server = await startServer({ environment: { LATCHKEY_LOG_LEVEL: 'debug' } })
  for (const stream of [server.process.stdout, server.process.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
  }
})

afterAll(() => server.stop())

test('a token that is missing, malformed, unknown, revoked or expired gets one answer, to the byte', async () => {
  const usable = await organization('alike')
  const [revoked, expired] = await Promise.all([createToken('alike'), createToken('alike')])
  await Promise.all([
    server.latchkey('scim-token', 'revoke', '--org', 'alike', revoked.id),
    rotate('alike', expired.id, '--overlap-hours', '0'),
  ])
  const last = usable.token.at(-1) === 'A' ? 'B' : 'A'

  const headers: readonly Record<string, string>[] = [
    {},
    { Authorization: '' },
    { Authorization: 'Bearer' },
    { Authorization: `Basic ${Buffer.from(`scim:${usable.token}`).toString('base64')}` },
    { Authorization: usable.token },
    { Authorization: 'Bearer no-token-of-ours' },
    { Authorization: `Bearer ${usable.token.slice(0, -1)}${last}` },
    { Authorization: `Bearer ${usable.token}x` },
    { Authorization: `Bearer ${usable.prefix}` },
    { Authorization: `Bearer ${formatScimToken(randomBytes(scimTokenRandomBytes)).token}` },
    { Authorization: `Bearer ${revoked.token}` },
    { Authorization: `Bearer ${expired.token}` },
  ]
  const answers = await Promise.all(headers.map((header) => answerTo('/Users', header)))

  expect(answers.map(({ status }) => status)).toEqual(headers.map(() => 401))
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(answers[0]).toMatchObject({ authenticate: 'Bearer realm="SCIM"', type: 'application/scim+json' })
  expect(JSON.parse(answers[0]!.body)).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '401',
    detail: expect.any(String),
  })
  // Neither the address nor the method is told to whoever has no token, and discovery is no exception.
  for (const path of ['/Users/unknown', '/ServiceProviderConfig', '/Nothing', '/Me']) expect(await answerTo(path, {})).toEqual(answers[0])
  // Nor does a usable one open anything from another place.
  expect(await answerTo(`/Users?access_token=${usable.token}`, {})).toEqual(answers[0])
  expect(await answerTo('/Users', { 'X-Api-Key': usable.token, Cookie: `token=${usable.token}` })).toEqual(answers[0])
  expect((await answerTo('/Users', { Authorization: `bearer ${usable.token}` })).status).toBe(200)
})

test('the endpoint is at its own address only, in its own letters', async () => {
  const token = await organization('letters')
  for (const path of ['/SCIM/v2', '/scim/V2', '/api/v1/SCIM', '/scim/v2x']) {
    const address = new URL(`${path}/ServiceProviderConfig`, server.scimUrl)
    for (const headers of [{}, { Authorization: `Bearer ${token.token}` }]) expect((await fetch(address, { headers })).status).not.toBe(200)
  }
})

test('a rotated token works for the overlap, its successor at once', async () => {
  await server.organization('rotating')
  const token = await createToken('rotating')
  const successor = await rotate('rotating', token.id)
  expect(successor).toMatchObject({ mode: 'tolerant', expiresAt: time })
  expect(successor.token).not.toBe(token.token)
  expect(await statuses(token, successor)).toEqual([200, 200])
  const overlapMs = Date.parse((await listed('rotating', token.id)).expiresAt ?? '') - Date.now()
  expect(overlapMs).toBeGreaterThan(71.9 * hourMs)
  expect(overlapMs).toBeLessThanOrEqual(72 * hourMs)

  const last = await rotate('rotating', successor.id, '--overlap-hours', '0')
  expect(await statuses(token, successor, last)).toEqual([200, 401, 200])
})

test('the next request knows that a token was revoked, or that SCIM was switched off', async () => {
  const token = await organization('revoking')
  expect(await statuses(token)).toEqual([200])
  const revoked = await server.latchkey('scim-token', 'revoke', '--org', 'revoking', token.id)
  expect(await statuses(token)).toEqual([401])
  expect(revoked).toEqual({ id: token.id, revokedAt: time })
  expect(await server.latchkey('scim-token', 'revoke', '--org', 'revoking', token.id)).toEqual(revoked)

  // While SCIM is off, a usable token is told so and an unusable one is told nothing.
  const usable = await createToken('revoking')
  expect(await server.latchkey('scim', 'disable', '--org', 'revoking')).toEqual({ slug: 'revoking', enabled: false })
  expect(await statuses(usable, token)).toEqual([403, 401])
  const { body } = await scimClient(server.scimUrl, usable.token).get('/Users')
  expect(body).toMatchObject({ status: '403', detail: expect.stringContaining('off') })
  await server.latchkey('scim', 'enable', '--org', 'revoking')
  expect(await statuses(usable)).toEqual([200])
})

test('whatever the first request with a revoked token asks for, nothing of it is done or told', async () => {
  const tokens = [await organization('closed'), ...(await Promise.all(times(4, () => createToken('closed'))))]
  const [reads, creates, garbles, bulks, discovers] = tokens.map(({ token }) => scimClient(server.scimUrl, token))
  const { body: ada } = await reads!.post('/Users', { schemas: [userSchema], userName: 'ada@closed.example' })
  const jean = await creates!.post('/Users', { schemas: [userSchema], userName: 'jean@closed.example' })
  expect(jean.status).toBe(201)
  // Every one of them is known to the server when it is revoked, and one by having created somebody.
  expect(await statuses(...tokens)).toEqual([200, 200, 200, 200, 200])
  await Promise.all(tokens.map(({ id }) => server.latchkey('scim-token', 'revoke', '--org', 'closed', id)))

  const grace = { schemas: [userSchema], userName: 'grace@closed.example' }
  const Operations = [
    { method: 'POST', path: '/Users', bulkId: 'one', data: grace },
    { method: 'DELETE', path: `/Users/${ada.id}` },
  ]
  const answers = await Promise.all([
    reads!.get(`/Users/${ada.id}`),
    creates!.post('/Users', grace),
    garbles!.patch(`/Users/${ada.id}`, [{ op: 'no such operation' }]),
    bulks!.post('/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations }),
    discovers!.get('/ServiceProviderConfig'),
  ])
  for (const { status, headers, body } of answers) {
    expect([status, headers.get('WWW-Authenticate'), headers.get('ETag'), headers.get('Location')]).toEqual([
      401,
      'Bearer realm="SCIM"',
      null,
      null,
    ])
    expect(body).toEqual(answers[0]?.body)
  }
  const { users } = await server.latchkey<{ users: { userName: string }[] }>('user', 'list', '--org', 'closed')
  const names = users.map(({ userName }) => userName).filter((name) => name.endsWith('@closed.example'))
  expect(names.toSorted()).toEqual(['ada@closed.example', 'jean@closed.example'])
})

test('five tokens can be usable at once, and rotation needs no sixth', async () => {
  const tokens = [await organization('five'), ...(await Promise.all(times(4, () => createToken('five'))))]
  const sixth = ['scim-token', 'create', '--org', 'five', '--description', 'Sixth'] as const
  expect(await failure(...sixth)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('5 usable') })
  await rotate('five', tokens[0]!.id)
  // Of six that are usable now, two have to go before there is room for one.
  await Promise.all(tokens.slice(0, 2).map(({ id }) => server.latchkey('scim-token', 'revoke', '--org', 'five', id)))
  expect(await server.latchkey(...sixth)).toMatchObject({ id: uuid })
})

test('every command answers with the JSON that is written down', async () => {
  const latchkey = <Answer = Record<string, string>>(...words: string[]) => server.latchkey<Answer>(...words)
  const created = await latchkey('organization', 'create', '--slug', 'shapes', '--name', 'The "Shapes" of Ä')
  expect(created).toEqual({ id: uuid, slug: 'shapes', ownerLink: expect.stringMatching(/^http:\/\/localhost:\d+\//) })
  const { organizations } = await latchkey<{ organizations: { slug: string }[] }>('organization', 'list')
  expect(organizations.find(({ slug }) => slug === 'shapes')).toEqual({
    id: created['id'],
    slug: 'shapes',
    name: 'The "Shapes" of Ä',
    scimEnabled: false,
    createdAt: time,
  })
  const link = await latchkey('owner', 'link', '--org', 'shapes', '--email', 'ada@shapes.example')
  expect(link).toEqual({ ownerLink: expect.stringMatching(/^http:\/\/localhost:\d+\//), expiresAt: time })
  expect(await latchkey('scim', 'enable', '--org', 'shapes')).toEqual({ slug: 'shapes', enabled: true })

  const forever = await latchkey('scim-token', 'create', '--org', 'shapes', '--description', 'Okta', '--ttl-days', '0', '--mode', 'strict')
  const prefix = expect.stringMatching(/^latchkey_scim_[\dA-Za-z]+$/)
  const shape = { id: uuid, scimUrl: expect.stringMatching(/\/scim\/v2$/), token: expect.stringContaining(`${forever['prefix']}_`), prefix }
  expect(forever).toEqual({ ...shape, mode: 'strict', expiresAt: null })
  const { tokens } = await latchkey<{ tokens: object[] }>('scim-token', 'list', '--org', 'shapes')
  expect(tokens).toEqual([
    { id: forever['id'], description: 'Okta', prefix, mode: 'strict', createdAt: time, lastUsedAt: null, expiresAt: null, revokedAt: null },
  ])
  const scim = scimClient(server.scimUrl, forever['token'] ?? '')
  const user = await scim.post('/Users', { schemas: [userSchema], userName: 'Ada' })
  const row = { id: user.body.id, userName: 'Ada', status: 'pending-encryption-key', managedBy: 'scim', role: 'member' }
  const { users } = await latchkey<{ users: { role: string }[] }>('user', 'list', '--org', 'shapes', '--status', 'pending-encryption-key')
  expect(users).toContainEqual(row)
  expect(users.filter(({ role }) => role === 'owner')).not.toEqual([])
  expect(await latchkey('migrate')).toEqual({ applied: [] })
  const { checks } = await latchkey<{ checks: object[] }>('doctor')
  expect(checks).toEqual(['settings', 'database', 'clock', 'mail'].map((name) => ({ name, ok: true, detail: expect.any(String) })))
})

test('a command that cannot says so in one line on standard error, and nowhere else', async () => {
  // The organisation that a first start makes.
  const org = ['--org', 'default']
  const commands: readonly (readonly string[])[] = [
    ['fly'],
    ['organization', 'create', '--slug', 'default', '--name', 'Again'],
    ['organization', 'create', '--slug', 'Not A Slug', '--name', 'x'],
    ['organization', 'list', 'superfluous'],
    ['owner', 'link', ...org, '--email', 'no address'],
    ['scim', 'enable', '--org', 'nobody\nknows'],
    ['scim-token', 'create', ...org, '--description', 'x', '--ttl-days', '731'],
    ['scim-token', 'create', ...org, '--description', 'x', '--mode', 'lenient'],
    ['scim-token', 'rotate', ...org, '00000000-0000-7000-8000-000000000000', '--overlap-hours', 'x'],
    ['scim-token', 'revoke', ...org, '00000000-0000-7000-8000-000000000000'],
    ['scim-token', 'revoke', ...org],
    ['user', 'list', ...org, '--status', 'happy'],
    ['user', 'list', ...org, '--secret'],
  ]
  const line = expect.stringMatching(/^[^\n]+\n$/)
  const failures = await Promise.all(commands.map((words) => failure(...words)))
  expect(failures).toEqual(commands.map(() => ({ code: 1, stdout: '', stderr: line })))
})

test('the secret of a token is in no file of the data folder, no line of the log and no list (invariant 33)', async () => {
  const token = await organization('secrets')
  expect((await listed('secrets', token.id)).lastUsedAt).toBeNull()
  const scim = scimClient(server.scimUrl, token.token)
  await scim.post('/Users', { schemas: [userSchema], userName: 'ada@secrets.example' })
  await scim.get(`/Users?filter=${encodeURIComponent('userName eq')}`)
  await scim.request('POST', '/Users', '{"broken')
  const successor = await rotate('secrets', token.id)
  await scimClient(server.scimUrl, successor.token).get('/Users')
  await server.latchkey('scim-token', 'revoke', '--org', 'secrets', successor.id)

  const list = await server.latchkey<{ tokens: Listed[] }>('scim-token', 'list', '--org', 'secrets')
  expect(list.tokens.map(({ lastUsedAt }) => lastUsedAt)).toEqual([time, time])
  const text = JSON.stringify(list)
  const files = await contents(server.dataFolder)
  expect(log).toContain('"status":201')
  for (const { token: whole, prefix } of [token, successor]) {
    const secret = whole.slice(prefix.length + 1)
    expect(text).toContain(prefix)
    expect(text).not.toContain(secret)
    expect(log).not.toContain(secret)
    // What is kept is found, so what is not found is not kept.
    const publicId = prefix.slice('latchkey_scim_'.length)
    expect(files.filter((file) => file.bytes.includes(publicId))).not.toEqual([])
    expect(files.filter((file) => file.bytes.includes(secret)).map(({ path }) => path)).toEqual([])
    expect(files.filter((file) => file.bytes.includes(secret.slice(0, 24))).map(({ path }) => path)).toEqual([])
  }
})

function times<Value>(count: number, make: () => Value): Value[] {
  return Array.from({ length: count }, make)
}

/** An organisation with SCIM on, and its first token. */
async function organization(slug: string): Promise<Issued> {
  const { token, tokenId } = await server.organization(slug)
  return { id: tokenId, token, prefix: token.slice(0, token.lastIndexOf('_')) }
}

function createToken(slug: string): Promise<Issued> {
  return server.latchkey<Issued>('scim-token', 'create', '--org', slug, '--description', 'Test', '--ttl-days', '365')
}

function rotate(slug: string, id: string, ...more: readonly string[]): Promise<Issued> {
  return server.latchkey<Issued>('scim-token', 'rotate', '--org', slug, id, ...more)
}

async function listed(slug: string, id: string): Promise<Listed> {
  const { tokens } = await server.latchkey<{ tokens: Listed[] }>('scim-token', 'list', '--org', slug)
  return tokens.find((token) => token.id === id)!
}

/** How a command ended that should not have worked. */
async function failure(...words: readonly string[]): Promise<unknown> {
  try {
    return await server.latchkey(...words)
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code: number; readonly stdout: string; readonly stderr: string }
    return { code, stdout, stderr }
  }
}

async function statuses(...tokens: readonly Issued[]): Promise<number[]> {
  const answers = await Promise.all(tokens.map(({ token }) => scimClient(server.scimUrl, token).get('/Users?count=0')))
  return answers.map(({ status }) => status)
}

async function answerTo(path: string, headers: Record<string, string>) {
  const response = await fetch(`${server.scimUrl}${path}`, { headers })
  const type = response.headers.get('Content-Type')
  return { status: response.status, type, authenticate: response.headers.get('WWW-Authenticate'), body: await response.text() }
}

async function contents(folder: string): Promise<{ readonly path: string; readonly bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.map(async (path) => {
      // The running database removes files of its own between the list and the reading.
      const bytes = await readFile(path).catch(() => Buffer.alloc(0))
      return { path, bytes }
    }),
  )
}
