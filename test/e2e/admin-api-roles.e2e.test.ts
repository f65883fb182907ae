import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AccountClient, TestKey } from '../account-client.ts'
import { type AdminClient, adminClient } from '../admin-client.ts'
import { type Operation, adminDescription } from '../admin-description.ts'
import { BrowserJar } from '../browser-jar.ts'
import { startOidcProvider, type TestOidcProvider } from '../identity-providers/oidc-provider.ts'
import { groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

const roles = ['member', 'auditor', 'admin', 'owner'] as const
type Role = (typeof roles)[number]

interface Caller {
  readonly name: string
  readonly role: Role
  readonly ask: AdminClient
}

let server: TestServer
let oidc: TestOidcProvider
let operations: readonly Operation[]
const callers: Caller[] = []
/** With what the owner's browser asks. */
let session: { readonly Cookie: string; readonly 'X-CSRF-Token': string; readonly 'Sec-Fetch-Site': string }
/** What there is in an organisation of its own, by the beginning of its address. */
const foreign: Record<string, string> = {}
const unknown = '00000000-0000-4000-8000-00000000dead'

beforeAll(async () => {
  server = await startServer()
  const publicUrl = server.url.replace('127.0.0.1', 'localhost')
  oidc = await startOidcProvider(`${publicUrl}/sso/oidc/callback`)
  operations = (await adminDescription(server.url)).operations
  const acme = await server.organization('acme')
  const tokenOf = async (org: string, role: string) =>
    (await server.latchkey<{ token: string }>('api-token', 'create', '--org', org, '--description', role, '--role', role)).token
  for (const role of ['auditor', 'admin', 'owner'] as const) {
    callers.push({ name: `an API token as ${role}`, role, ask: adminClient(server.url, await tokenOf('acme', role)) })
  }
  const owner = callers.at(-1)!.ask
  const match = { claim: 'preferred_username', attribute: 'userName' }
  const { issuer, clientId, clientSecret } = oidc
  expect((await owner('PUT', '/sso-connection', { kind: 'oidc', issuer, clientId, clientSecret, match })).status).toBe(200)
  const scim = scimClient(server.scimUrl, acme.token)
  for (const role of ['member', 'auditor', 'admin'] as const) {
    const userName = `${role}@acme.example`
    const { id } = (await scim.post('/Users', { schemas: [userSchema], userName })).body
    expect((await owner('PUT', `/members/${id}/role`, { role })).status).toBe(204)
    oidc.signInAs({ sub: role, preferred_username: userName })
    const browser = new BrowserJar()
    await browser.follow(`${publicUrl}/sso/start?organization=acme`, (address) => address.startsWith(`${publicUrl}/account/`))
    callers.push(await personOf(role, new AccountClient(server.url, browser.cookie(publicUrl, '__Host-latchkey-session') ?? null)))
  }
  const { ownerLink } = await server.latchkey('owner', 'link', '--org', 'acme', '--email', 'owner@acme.example')
  const first = new AccountClient(server.url)
  await first.post('/owner-link', { secret: new URL(ownerLink!).hash.slice(1) })
  callers.push(await personOf('owner', first))

  const other = await server.organization('other')
  const there = scimClient(server.scimUrl, other.token)
  const created = async (path: string, body: object) => (await there.post(path, body)).body.id
  foreign['/members'] = await created('/Users', { schemas: [userSchema], userName: 'ada@other.example' })
  foreign['/groups'] = await created('/Groups', { schemas: [groupSchema], displayName: 'Crew', members: [{ value: foreign['/members'] }] })
  foreign['/deleted-members'] = await created('/Users', { schemas: [userSchema], userName: 'linus@other.example' })
  await there.delete(`/Users/${foreign['/deleted-members']}`)
  foreign['/deleted-groups'] = await created('/Groups', { schemas: [groupSchema], displayName: 'Gone' })
  await there.delete(`/Groups/${foreign['/deleted-groups']}`)
  foreign['/scim-tokens'] = other.tokenId
})
afterAll(async () => {
  await server.stop()
  await oidc.close()
})

/** Somebody who has made a key, in the session that this gave them. */
async function personOf(role: Role, account: AccountClient): Promise<Caller> {
  const registration = new TestKey().registration((await account.post('/encryption-key/challenge')).body)
  expect((await account.post('/encryption-key', registration)).status).toBe(201)
  const { body } = await account.get('/session')
  expect(body.user.role).toBe(role)
  session = { Cookie: account.cookie ?? '', 'X-CSRF-Token': body.csrfToken, 'Sec-Fetch-Site': 'same-origin' }
  return { name: `a person who is ${role}`, role, ask: adminClient(server.url, session) }
}

const addressed = ({ path }: Operation, id: string) => path.replace('{id}', id)

test('the description is OpenAPI 3.1, and says of everything who may ask for it', async () => {
  const { document } = await adminDescription(server.url)
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  expect(operations.length).toBeGreaterThan(35)
  for (const { operationId, least } of operations) expect(roles.slice(1), operationId).toContain(least)
})

test('each role may ask for exactly what is described as from that role up, by a session and by a token', async () => {
  for (const { name, role, ask } of callers) {
    for (const operation of operations) {
      // An empty body and an unknown id: whoever is let in finds nothing to change.
      const { status, body } = await ask(operation.method, addressed(operation, unknown), operation.hasBody ? {} : undefined)
      const isLetIn = status !== 403 && status !== 401
      expect(isLetIn, `${name}: ${operation.operationId} is answered ${status}`).toBe(roles.indexOf(role) >= roles.indexOf(operation.least))
      if (!isLetIn) expect([status, body.code], `${name}: ${operation.operationId}`).toEqual([403, 'role-too-low'])
    }
  }
})

test('nobody is let in without a credential, nor by a session without its token or from another site', async () => {
  const [nobody, withoutToken, elsewhere] = [{}, { Cookie: session.Cookie }, { ...session, 'Sec-Fetch-Site': 'cross-site' }].map(
    (headers) => adminClient(server.url, headers),
  )
  for (const operation of operations) {
    const { method, operationId } = operation
    const asked = [method, addressed(operation, unknown), method === 'GET' || method === 'DELETE' ? undefined : {}] as const
    expect((await nobody!(...asked)).status, operationId).toBe(401)
    if (method === 'GET') continue
    expect((await withoutToken!(...asked)).body.code, operationId).toBe('csrf-token')
    expect((await elsewhere!(...asked)).body.code, operationId).toBe('foreign-site')
  }
})

/** A body that would be accepted, for everything that takes an id and a body. */
const bodies: Readonly<Record<string, object>> = {
  changeMemberRole: { role: 'admin' },
  mapGroupToRole: { role: 'admin' },
  previewGroupRole: { role: 'admin' },
  rotateScimToken: { overlapHours: 1 },
}

test('another organisation’s ids answer exactly like unknown ones, wherever an id is taken', async () => {
  const owner = callers.find(({ name }) => name === 'an API token as owner')!.ask
  const before = await snapshotOfOther()
  let asked = 0
  for (const operation of operations) {
    const { method, path, operationId, hasBody, idParameters } = operation
    if (path.includes('{id}')) {
      const id = foreign[path.slice(0, path.indexOf('/{id}'))]
      expect(id, `${path} needs something of another organisation`).toBeDefined()
      if (hasBody) expect(bodies[operationId], `${operationId} needs a body`).toBeDefined()
      const [one, none] = [
        await owner(method, addressed(operation, id!), bodies[operationId]),
        await owner(method, addressed(operation, unknown), bodies[operationId]),
      ]
      expect([one.status, one.body], operationId).toEqual([404, none.body])
      asked += 1
    }
    for (const parameter of idParameters) {
      for (const id of Object.values(foreign)) {
        const [one, none] = [
          await owner(method, `${addressed(operation, unknown)}?${parameter}=${id}`),
          await owner(method, `${addressed(operation, unknown)}?${parameter}=${unknown}`),
        ]
        expect([one.status, one.body], `${operationId} by ${parameter}`).toEqual([none.status, none.body])
        asked += 1
      }
    }
  }
  expect(asked).toBeGreaterThan(15)
  expect(await snapshotOfOther()).toEqual(before)
})

/** Everything that the other organisation's owner sees of what was asked about. */
async function snapshotOfOther(): Promise<unknown> {
  const { token } = await server.latchkey('api-token', 'create', '--org', 'other', '--description', 'look', '--role', 'owner')
  const look = adminClient(server.url, token!)
  const seen = []
  for (const path of ['/members', '/groups', '/scim-tokens', '/deleted-members', '/role-mappings'])
    seen.push((await look('GET', path)).body)
  return seen
}

test('a role by a group reaches no higher than whoever maps it, and never makes an owner', async () => {
  const admin = callers.find(({ name }) => name === 'an API token as admin')!.ask
  const owner = callers.find(({ name }) => name === 'a person who is owner')!.ask
  const { body: list } = await admin('GET', '/members')
  const member = list.members.find(({ userName }: { userName: string }) => userName === 'member@acme.example')
  const acme = await owner('POST', '/scim-tokens', { description: 'groups' })
  const group = (
    await scimClient(server.scimUrl, acme.body.token).post('/Groups', {
      schemas: [groupSchema],
      displayName: 'Admins',
      members: [{ value: member.id }],
    })
  ).body.id
  for (const ask of [admin, owner]) expect((await ask('PUT', `/groups/${group}/role`, { role: 'owner' })).status).toBe(400)
  expect((await admin('PUT', `/groups/${group}/role`, { role: 'admin' })).status).toBe(204)
  const person = callers.find(({ name }) => name === 'a person who is member')!.ask
  expect((await person('GET', '/me')).body.role).toBe('admin')
  // An administrator by a group is none who could make another one.
  expect((await person('PUT', `/members/${member.id}/role`, { role: 'admin' })).body.code).toBe('role-too-low')
  expect((await owner('PUT', `/groups/${group}/role`, { role: null })).status).toBe(204)
  expect((await person('GET', '/me')).body.code).toBe('role-too-low')
})
