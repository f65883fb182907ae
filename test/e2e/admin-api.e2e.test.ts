import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { adminClient } from '../admin-client.ts'
import { type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let acme: { id: string; token: string; tokenId: string }
let scim: ScimClient
/** Tokens of the admin API, by role. */
const tokens: Record<string, string> = {}
let other: string
const people: Record<string, string> = {}
let crew: string

beforeAll(async () => {
  server = await startServer()
  acme = await server.organization('acme')
  scim = scimClient(server.scimUrl, acme.token)
  await server.organization('other')
  const make = async (org: string, role: string) =>
    (await server.latchkey<{ token: string }>('api-token', 'create', '--org', org, '--description', role, '--role', role)).token
  for (const role of ['auditor', 'admin', 'owner']) tokens[role] = await make('acme', role)
  other = await make('other', 'owner')
  for (const name of ['ada', 'grace', 'linus']) {
    const userName = `${name}@acme.example`
    people[name] = (
      await scim.post('/Users', {
        schemas: [userSchema],
        userName,
        displayName: name.toUpperCase(),
        emails: [{ value: userName, primary: true }],
      })
    ).body.id
  }
  crew = (await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Crew', members: [{ value: people['ada'] }] })).body.id
  await scim.patch(`/Users/${people['linus']}`, [{ op: 'replace', path: 'active', value: false }])
})
afterAll(() => server.stop())

const ask = (token: string | null, method: string, path: string, body?: unknown) => adminClient(server.url, token)(method, path, body)
const admin = (method: string, path: string, body?: unknown) => ask(tokens['admin']!, method, path, body)
const owner = (method: string, path: string, body?: unknown) => ask(tokens['owner']!, method, path, body)

test('without a token of its own kind the API opens nothing, and its tokens open nothing else', async () => {
  for (const token of [null, 'nonsense', acme.token, `${tokens['admin']!.slice(0, -1)}x`]) {
    const refused = await ask(token, 'GET', '/members')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
  }
  expect((await scimClient(server.scimUrl, tokens['owner']!).get('/Users')).status).toBe(401)
  expect((await ask(null, 'GET', '/nothing')).status).toBe(401)
})

test('the description is open, and names everything that is served and who may ask', async () => {
  const { status, body } = await ask(null, 'GET', '/openapi.json')
  expect(status).toBe(200)
  expect(body.openapi).toBe('3.1.0')
  const operations: { method: string; path: string }[] = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => ({ method, path })),
  )
  expect(operations.length).toBeGreaterThan(25)
  const unknown = '00000000-0000-4000-8000-00000000dead'
  for (const { method, path } of operations) {
    const address = path.replace('{id}', unknown)
    expect((await ask(null, method.toUpperCase(), address, method === 'get' ? undefined : {})).status, `${method} ${path}`).toBe(401)
    if (method !== 'get') continue
    const answer = await owner('GET', address)
    expect([200, 404], `${method} ${path}`).toContain(answer.status)
  }
  expect(new Set(operations.map(({ method, path }) => body.paths[path][method].operationId)).size).toBe(operations.length)
  expect(JSON.stringify(body)).not.toContain('latchkey_api_0')
})

test('whoever asks learns as what', async () => {
  const { body } = await ask(tokens['auditor']!, 'GET', '/me')
  expect(body).toMatchObject({ role: 'auditor', actor: { kind: 'api-token' }, organization: { slug: 'acme', scimEnabled: true } })
  expect(body.organization.scimUrl).toMatch(/\/scim\/v2$/)
})

test('members are found by part of a name, by status and by group, page by page', async () => {
  const all = await admin('GET', '/members')
  expect(all.body).toMatchObject({ total: 4, nextCursor: null })
  expect(all.body.members.map(({ userName }: { userName: string }) => userName)).toEqual([
    'owner',
    'ada@acme.example',
    'grace@acme.example',
    'linus@acme.example',
  ])
  const names = async (query: string) => (await admin('GET', `/members?${query}`)).body.members.map(({ id }: { id: string }) => id)
  expect(await names('text=GRACE')).toEqual([people['grace']])
  expect(await names('text=%22')).toEqual([])
  expect(await names('status=deactivated')).toEqual([people['linus']])
  expect(await names(`group=${crew}`)).toEqual([people['ada']])
  const first = await admin('GET', '/members?limit=3')
  const second = await admin('GET', `/members?limit=3&cursor=${first.body.nextCursor}`)
  expect([...first.body.members, ...second.body.members]).toEqual(all.body.members)
  for (const query of ['cursor=nonsense', 'limit=0', 'limit=9999', 'status=sleeping', 'group=x', 'text=%00']) {
    expect((await admin('GET', `/members?${query}`)).status, query).toBe(400)
  }
  const { body: ada } = await admin('GET', `/members/${people['ada']}`)
  expect(ada).toMatchObject({
    displayName: 'ADA',
    status: 'pending-encryption-key',
    role: 'member',
    groups: [{ id: crew, displayName: 'Crew' }],
  })
})

test('a token is made, rotated, frozen, released and revoked, and its secret is told once', async () => {
  const made = await admin('POST', '/scim-tokens', { description: 'Okta' })
  expect(made).toMatchObject({ status: 201, body: { mode: 'tolerant', token: expect.stringMatching(/^latchkey_scim_/) } })
  const client = scimClient(server.scimUrl, made.body.token)
  expect((await client.get('/Users')).status).toBe(200)
  expect((await admin('POST', `/scim-tokens/${made.body.id}/freeze`)).body.frozenAt).not.toBeNull()
  expect((await client.get('/Users')).status).toBe(403)
  expect((await admin('POST', `/scim-tokens/${made.body.id}/release`)).body.frozenAt).toBeNull()
  const rotated = await admin('POST', `/scim-tokens/${made.body.id}/rotate`, { overlapHours: 1 })
  expect((await client.get('/Users')).status).toBe(200)
  await admin('POST', `/scim-tokens/${made.body.id}/revoke`)
  expect((await client.get('/Users')).status).toBe(401)
  expect((await scimClient(server.scimUrl, rotated.body.token).get('/Users')).status).toBe(200)
  const list = await admin('GET', '/scim-tokens')
  expect(list.body.tokens).toHaveLength(3)
  expect(JSON.stringify(list.body)).not.toContain(made.body.token)
  await admin('POST', `/scim-tokens/${rotated.body.id}/revoke`)
  expect((await admin('POST', '/scim-tokens', { description: '' })).body.code).toBe('description-invalid')
  expect((await admin('POST', '/scim-tokens', { description: 'x', ttlDays: 731 })).status).toBe(400)
  expect((await admin('POST', '/scim-tokens', { description: 'x', extra: 1 })).status).toBe(400)
})

test('provisioning is switched off and on', async () => {
  expect((await admin('PUT', '/provisioning', { enabled: false })).body.scimEnabled).toBe(false)
  expect((await scim.get('/Users')).status).toBe(403)
  expect((await admin('PUT', '/provisioning', { enabled: true })).body.scimEnabled).toBe(true)
  expect((await scim.get('/Users')).status).toBe(200)
})

test('a group gives a role while somebody is a member of it, after a preview', async () => {
  const preview = await admin('POST', `/groups/${crew}/role/preview`, { role: 'admin' })
  expect(preview.body.changes).toEqual([{ user: people['ada'], userName: 'ada@acme.example', before: 'member', after: 'admin' }])
  expect((await admin('PUT', `/groups/${crew}/role`, { role: 'owner' })).status).toBe(400)
  expect((await admin('PUT', `/groups/${crew}/role`, { role: 'admin' })).status).toBe(204)
  expect((await admin('GET', '/role-mappings')).body.mappings).toEqual([{ group: crew, role: 'admin' }])
  const roleOf = async (id: string) => (await admin('GET', `/members/${id}`)).body.role
  expect(await roleOf(people['ada']!)).toBe('admin')
  await scim.patch(`/Groups/${crew}`, [{ op: 'remove', path: 'members', value: [{ value: people['ada'] }] }])
  expect(await roleOf(people['ada']!)).toBe('member')
  expect((await owner('PUT', `/members/${people['ada']}/role`, { role: 'auditor' })).status).toBe(204)
  expect((await admin('GET', `/members/${people['ada']}`)).body).toMatchObject({ role: 'auditor', ownRole: 'auditor' })
})

test('an auditor reads everything and changes nothing, an administrator is no owner, and each attempt is noted', async () => {
  const auditor = tokens['auditor']!
  const attempts: readonly (readonly [string, string, unknown?])[] = [
    ['POST', '/scim-tokens', { description: 'x' }],
    ['POST', `/scim-tokens/${acme.tokenId}/revoke`],
    ['PUT', '/provisioning', { enabled: false }],
    ['PUT', `/groups/${crew}/role`, { role: 'admin' }],
    ['PATCH', '/organization', { name: 'Stolen' }],
    ['POST', `/members/${people['grace']}/deactivate`],
    ['POST', `/members/${people['grace']}/end-sessions`],
  ]
  for (const [method, path, body] of attempts) {
    expect((await ask(auditor, method, path, body)).body, path).toMatchObject({ status: 403, code: 'role-too-low' })
  }
  expect((await admin('PATCH', '/organization', { name: 'Stolen' })).status).toBe(403)
  expect((await admin('PUT', `/members/${people['grace']}/role`, { role: 'admin' })).status).toBe(403)
  const { body } = await ask(auditor, 'GET', '/audit-events?kind=action-refused')
  expect(body.events).toHaveLength(attempts.length + 2)
  expect(body.events.at(-1)).toMatchObject({
    actor: { kind: 'api-token' },
    event: { operation: 'createScimToken', reason: 'role-too-low' },
  })
})

test('another organisation’s ids answer like unknown ones', async () => {
  const unknown = '00000000-0000-4000-8000-00000000dead'
  const addresses: readonly (readonly [string, (id: string) => string, string, unknown?])[] = [
    ['GET', (id) => `/members/${id}`, people['ada']!],
    ['POST', (id) => `/members/${id}/end-sessions`, people['ada']!],
    ['POST', (id) => `/members/${id}/resend-set-up-mail`, people['ada']!],
    ['PUT', (id) => `/members/${id}/role`, people['ada']!, { role: 'admin' }],
    ['GET', (id) => `/groups/${id}`, crew],
    ['PUT', (id) => `/groups/${id}/role`, crew, { role: 'admin' }],
    ['POST', (id) => `/scim-tokens/${id}/revoke`, acme.tokenId],
  ]
  for (const [method, path, id, body] of addresses) {
    const [foreign, missing] = [await ask(other, method, path(id), body), await ask(other, method, path(unknown), body)]
    expect(foreign.status, path(id)).toBe(404)
    expect(foreign.body).toEqual(missing.body)
  }
  expect((await ask(other, 'GET', `/members?group=${crew}`)).body.total).toBe(0)
  expect((await ask(other, 'GET', '/activity')).body.activity).toEqual([])
  expect((await scim.get('/Users')).status).toBe(200)
})

test('a set-up mail goes out once more, until an owner switches these mails off', async () => {
  expect((await admin('POST', `/members/${people['grace']}/resend-set-up-mail`)).status).toBe(204)
  expect((await admin('POST', `/members/${people['linus']}/resend-set-up-mail`)).body.code).toBe('nothing-to-set-up')
  const changed = await owner('PATCH', '/organization', { settings: { setUpMail: false } })
  expect(changed.body.settings).toEqual({
    auditRetentionDays: 400,
    activityRetentionDays: 90,
    setUpMail: false,
    defaultRole: 'member',
    automaticGranting: false,
    automaticGrantsPerHour: 50,
  })
  expect((await admin('POST', `/members/${people['grace']}/resend-set-up-mail`)).body.code).toBe('mail-switched-off')
  expect((await owner('PATCH', '/organization', { settings: { auditRetentionDays: 1 } })).body.code).toBe('settings-out-of-range')
  expect((await owner('PATCH', '/organization', { settings: { unknown: 1 } })).status).toBe(400)
})

test('whoever was deleted is restored by an owner, and by nobody else', async () => {
  await scim.delete(`/Users/${people['linus']}`)
  expect((await admin('GET', '/deleted-members')).body.members).toMatchObject([{ id: people['linus'], userName: 'linus@acme.example' }])
  expect((await admin('POST', `/deleted-members/${people['linus']}/restore`)).status).toBe(403)
  expect((await owner('POST', `/deleted-members/${people['linus']}/restore`)).status).toBe(204)
  expect((await scim.get(`/Users/${people['linus']}`)).body.active).toBe(false)
})

test('members of the identity provider are changed there, and owners nowhere here', async () => {
  expect((await admin('POST', `/members/${people['grace']}/deactivate`)).body.code).toBe('managed-by-scim')
  const [first] = (await admin('GET', '/members?text=owner')).body.members
  expect((await admin('POST', `/members/${first.id}/deactivate`)).body.code).toBe('member-is-owner')
  expect((await owner('PUT', `/members/${first.id}/role`, { role: 'member' })).body.code).toBe('member-is-owner')
})

test('overview, ticks, activity and audit tell what happened', async () => {
  await scim.post('/Users', { schemas: [userSchema], userName: 'ada@acme.example' })
  await vi.waitFor(
    async () => {
      const { body } = await admin('GET', '/overview')
      expect(body).toMatchObject({ members: { deactivated: 1, active: 0 }, groups: 1, licence: { state: 'evaluation' } })
      const own = body.connections.find(({ id }: { id: string }) => id === acme.tokenId)
      expect(own).toMatchObject({ state: 'usable', lastRequestAt: expect.any(String), slowestMs: expect.any(Number) })
      expect(own.failures).toBeGreaterThan(0)
    },
    { timeout: 10_000, interval: 200 },
  )
  const { body: ticks } = await admin('GET', '/provisioning/ticks')
  expect(Object.values(ticks).every((tick) => typeof tick === 'string')).toBe(true)
  const failed = await admin('GET', '/activity?outcome=failed&text=uniqueness')
  expect(failed.status).toBe(200)
  const { body: activity } = await admin('GET', '/activity?limit=2')
  expect(activity.activity).toHaveLength(2)
  const { body: rest } = await admin('GET', `/activity?limit=200&cursor=${activity.nextCursor}`)
  expect(rest.activity.map(({ words }: { words: string }) => words)).toContain('deactivate linus@acme.example')
  expect((await admin('POST', '/audit-events/verify')).body.firstBroken).toBeNull()
  await server.latchkey('audit', 'verify', '--org', 'acme')
  const { body: audit } = await admin('GET', '/audit-events?kind=user-provisioned')
  expect(audit.events.map(({ told }: { told: object }) => told)).toContainEqual({ userName: 'ada@acme.example' })
})

test('who is in a group is told with what they may do as its members, page by page', async () => {
  await scim.patch(`/Groups/${crew}`, [{ op: 'add', path: 'members', value: [{ value: people['grace'] }, { value: people['linus'] }] }])
  const all = await admin('GET', `/groups/${crew}/members`)
  expect(all.body.members.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
    [people['grace'], 'pending-encryption-key'],
    [people['linus'], 'deactivated'],
  ])
  const first = await admin('GET', `/groups/${crew}/members?limit=1`)
  const second = await admin('GET', `/groups/${crew}/members?limit=1&cursor=${first.body.nextCursor}`)
  expect([...first.body.members, ...second.body.members]).toEqual(all.body.members)
  expect((await admin('GET', `/groups/${crew}/members?text=LINUS`)).body.total).toBe(1)
})

test('whoever is invited is there at once, waits for a key, and is the provider’s as soon as it names them', async () => {
  await owner('PATCH', '/organization', { settings: { setUpMail: true } })
  const invited = await admin('POST', '/members', { userName: 'hedy@acme.example', displayName: 'Hedy' })
  expect(invited).toMatchObject({ status: 201, body: { managedBy: 'local', status: 'pending-encryption-key', setUpMailQueued: true } })
  expect(invited.body.pendingSince).toBe(invited.body.createdAt)
  expect((await admin('GET', `/members/${invited.body.id}`)).body).toEqual(invited.body)
  for (const [body, code] of [
    [{ userName: 'HEDY@acme.example' }, 'user-name-taken'],
    [{ userName: 'linus@acme.example' }, 'user-name-taken'],
    [{ userName: 'hedy' }, 'address-invalid'],
    [{ userName: 'mae@acme.example', role: 'admin' }, 'owners-only'],
    [{ userName: 'mae@acme.example', role: 'owner' }, 'invalid-body'],
  ] as const) {
    expect((await admin('POST', '/members', body)).body.code, JSON.stringify(body)).toBe(code)
  }
  expect((await scim.post('/Users', { schemas: [userSchema], userName: 'hedy@acme.example' })).status).toBe(409)
  await scim.patch(`/Users/${invited.body.id}`, [{ op: 'replace', path: 'title', value: 'Dr' }])
  expect((await admin('GET', `/members/${invited.body.id}`)).body.managedBy).toBe('scim')
})

test('the audit trail is exported as a table in which nothing is a formula, and as JSON that says the same as the list', async () => {
  await server.latchkey('scim-token', 'create', '--org', 'acme', '--description', '=HYPERLINK("https://evil.example")')
  const evil = await owner('POST', '/members', { userName: '=cmd|calc@acme.example', email: 'mae@acme.example', displayName: '+1' })
  expect(evil.status).toBe(201)
  const { events } = (await admin('GET', '/audit-events?limit=200')).body
  const json = await admin('GET', '/audit-events/export?format=json')
  expect(json.headers.get('content-disposition')).toBe('attachment; filename="audit-acme.json"')
  expect(json.body.events).toEqual(events)
  const csv = await admin('GET', '/audit-events/export')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const lines = csv.body.trimEnd().split('\r\n')
  expect(lines).toHaveLength(events.length + 1)
  // Every cell is quoted; none begins with what a spreadsheet would work out.
  expect(csv.body).not.toMatch(/(?:^|,)"[=+\-@\t]/m)
  expect(lines[0]).toBe('"at","sequence","kind","actor","actorId","actorName","subject","told","event","hash"')
  const kinds = lines.slice(1).map((line: string) => line.split(',')[2])
  expect(kinds).toEqual(events.map(({ event }: { event: { kind: string } }) => `"${event.kind}"`))
  expect((await admin('GET', '/audit-events/export?format=csv&kind=role-mapped')).body.trimEnd().split('\r\n')).toHaveLength(2)
  expect((await admin('GET', '/audit-events/export?format=xlsx')).status).toBe(400)
})

test('a revoked token is worth nothing from the next request on', async () => {
  const { tokens: list } = await server.latchkey<{ tokens: { id: string; role: string }[] }>('api-token', 'list', '--org', 'acme')
  expect(JSON.stringify(list)).not.toContain(tokens['admin'])
  const { id } = list.find(({ role }) => role === 'admin')!
  expect(await server.latchkey('api-token', 'revoke', '--org', 'acme', id)).toEqual({ id, revokedAt: expect.any(String) })
  expect((await admin('GET', '/me')).status).toBe(401)
})

test('wrong addresses, methods and bodies are problems, in words', async () => {
  expect((await owner('GET', '/nothing')).body).toMatchObject({ status: 404, code: 'not-found' })
  expect((await owner('DELETE', '/members')).body).toMatchObject({ status: 405, detail: 'This address serves GET, POST.' })
  expect((await owner('GET', '/members/not-an-id')).status).toBe(404)
  expect((await owner('PUT', '/provisioning', { enabled: 'yes' })).body).toMatchObject({ status: 400, code: 'invalid-body' })
})
