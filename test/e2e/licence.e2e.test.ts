import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shareEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adminClient } from '../admin-client.ts'
import { type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

/** A vendor for tests; the product knows none. */
const vendor = generateKeyPairSync('ed25519')

function licence(claims: object): string {
  const text = [{ alg: 'EdDSA', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign(null, Buffer.from(text), vendor.privateKey).toString('base64url')}`
}

let folder: string
let server: TestServer
let scim: ScimClient
let tokenId: string
let ada: { id: string }
let grace: { id: string }
let group: { id: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-licence-'))
  await start()
  expect(await server.latchkey('licence', 'show')).toMatchObject({ plan: 'evaluation', entitlements: ['scim'], state: 'evaluation' })
  const organization = await server.organization('acme')
  tokenId = organization.tokenId
  scim = scimClient(server.scimUrl, organization.token)
  const user = async (userName: string) => (await scim.post('/Users', { schemas: [userSchema], userName })).body
  ada = await user('ada@acme.example')
  grace = await user('grace@acme.example')
  group = (await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Crew', members: [{ value: ada.id }] })).body
  await operate("update deployment set created_at = now() - interval '31 days'")
  await restart(organization.token)
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(): Promise<void> {
  server = await startServer({
    dataFolder: folder,
    environment: { LATCHKEY_LICENCE_PUBLIC_KEY: vendor.publicKey.export({ format: 'jwk' }).x! },
  })
}

/** What a server knows of its licence is remembered for a minute; a new one looks at once. */
async function restart(token: string): Promise<void> {
  await server.stop()
  await start()
  scim = scimClient(server.scimUrl, token)
}

/** What no command does. */
async function operate(statement: string): Promise<void> {
  const postgres = await shareEmbeddedPostgres({ dataFolder: folder })
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  await client.query(statement)
  await client.end()
  await postgres.stop()
}

async function install(claims: object) {
  const file = join(folder, 'licence.jwt')
  await writeFile(file, `${licence(claims)}\n`)
  return server.latchkey('licence', 'install', file)
}

const hint = 'latchkey licence install FILE'

test('when the evaluation is over, what is missing is said, and how to get it', async () => {
  expect(await server.latchkey('licence', 'show')).toMatchObject({ plan: 'none', entitlements: [], state: 'evaluation-over' })
  const refused = await scim.post('/Users', { schemas: [userSchema], userName: 'new@acme.example' })
  expect(refused).toMatchObject({ status: 403, body: { status: '403', detail: expect.stringContaining(hint) } })
  expect((await scim.post('/Groups', { schemas: [groupSchema], displayName: 'New' })).status).toBe(403)
  await expect(server.latchkey('scim-token', 'create', '--org', 'acme', '--description', 'More')).rejects.toThrow(hint)
  await server.latchkey('scim', 'disable', '--org', 'acme')
  await expect(server.latchkey('scim', 'enable', '--org', 'acme')).rejects.toThrow(hint)
  await operate('update organizations set scim_enabled = true')
})

test('the admin API says the same to whoever turns provisioning on or wants a token, and hides neither revocation nor what is there', async () => {
  const { token } = await server.latchkey('api-token', 'create', '--org', 'acme', '--description', 'Console', '--role', 'admin')
  const admin = adminClient(server.url, token!)
  expect((await admin('GET', '/licence')).body).toMatchObject({ plan: 'none', entitlements: [], state: 'evaluation-over' })
  expect((await admin('PUT', '/provisioning', { enabled: false })).body.scimEnabled).toBe(false)
  for (const [method, path, body] of [
    ['PUT', '/provisioning', { enabled: true }],
    ['POST', '/scim-tokens', { description: 'More' }],
  ] as const) {
    const refused = await admin(method, path, body)
    expect(refused.body, path).toMatchObject({ status: 403, code: 'not-entitled', detail: expect.stringContaining(hint) })
  }
  await operate('update organizations set scim_enabled = true')

  const successor = await admin('POST', `/scim-tokens/${tokenId}/rotate`, { overlapHours: 1 })
  expect(successor.status).toBe(201)
  expect((await admin('POST', `/scim-tokens/${successor.body.id}/freeze`)).status).toBe(200)
  expect((await admin('POST', `/scim-tokens/${successor.body.id}/revoke`)).body.revokedAt).not.toBeNull()
  for (const path of ['/overview', '/members', '/groups', '/scim-tokens', '/activity', '/audit-events', '/sso-connection']) {
    expect((await admin('GET', path)).status, path).toBe(200)
  }
  const refusals = (await admin('GET', '/audit-events?kind=action-refused')).body.events
  expect(refusals.slice(0, 2).map(({ event }: { event: { action: string } }) => event.action)).toEqual(['create-scim-token', 'enable-scim'])
  const invited = await admin('POST', '/members', { userName: 'mae@acme.example' })
  expect(invited.status).toBe(201)
})

test('unlicensed, everything can be read, and nothing be changed or enabled', async () => {
  expect((await scim.get('/Users')).body.totalResults).toBe(4)
  expect((await scim.get(`/Groups/${group.id}`)).status).toBe(200)
  expect((await scim.patch(`/Users/${ada.id}`, [{ op: 'replace', path: 'title', value: 'Dr' }])).status).toBe(403)
  expect((await scim.patch(`/Groups/${group.id}`, [{ op: 'replace', path: 'displayName', value: 'Staff' }])).status).toBe(403)
  const add = await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: grace.id }] }])
  expect(add.status).toBe(403)
  expect((await scim.get(`/Groups/${group.id}`)).body.members).toHaveLength(1)
  // What is there already is no change.
  expect((await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: ada.id }] }])).status).toBe(204)
})

test('unlicensed, removals, deactivation, rotation and revocation work', async () => {
  expect((await scim.patch(`/Groups/${group.id}`, [{ op: 'remove', path: `members[value eq "${ada.id}"]` }])).status).toBe(204)
  const off = await scim.patch(`/Users/${ada.id}`, [
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', path: 'title', value: 'Dr' },
  ])
  expect(off).toMatchObject({ status: 200, body: { active: false } })
  expect((await scim.patch(`/Users/${ada.id}`, [{ op: 'replace', path: 'active', value: true }])).status).toBe(403)
  expect((await scim.delete(`/Users/${grace.id}`)).status).toBe(204)
  expect((await scim.delete(`/Groups/${group.id}`)).status).toBe(204)
  const { id, token } = await server.latchkey<{ id: string; token: string }>('scim-token', 'rotate', '--org', 'acme', tokenId)
  expect(await server.latchkey('scim-token', 'revoke', '--org', 'acme', tokenId)).toMatchObject({ revokedAt: expect.any(String) })
  expect((await scim.get('/Users')).status).toBe(401)
  tokenId = id
  scim = scimClient(server.scimUrl, token)
  expect((await scim.get('/Users')).status).toBe(200)
})

test('a licence that the vendor signed opens it again; an expired or a foreign one is refused', async () => {
  const now = Math.floor(Date.now() / 1_000)
  await expect(install({ plan: 'team', entitlements: ['scim'], exp: now - 1 })).rejects.toThrow(/expired/)
  const foreign = join(folder, 'foreign.jwt')
  await writeFile(foreign, `${licence({ plan: 'team', entitlements: ['scim'], exp: now + 1_000 }).slice(0, -4)}AAAA`)
  await expect(server.latchkey('licence', 'install', foreign)).rejects.toThrow(/not signed by the vendor/)
  await expect(server.latchkey('licence', 'install', join(folder, 'nothing'))).rejects.toThrow(/cannot be read/)

  const exp = now + 86_400
  const installed = { plan: 'team', entitlements: ['scim'], expiresAt: new Date(exp * 1_000).toISOString(), state: 'licensed' }
  expect(await install({ plan: 'team', entitlements: ['scim'], exp })).toEqual(installed)
  expect(await server.latchkey('licence', 'show')).toEqual(installed)
  const { token } = await server.latchkey<{ token: string }>('scim-token', 'create', '--org', 'acme', '--description', 'Again')
  await restart(token)
  expect((await scim.post('/Users', { schemas: [userSchema], userName: 'new@acme.example' })).status).toBe(201)
})
