import { request } from 'node:http'
import { expect } from 'vitest'
import { scimClient, userSchema } from '../../scim-client.ts'
import { type TestServer, runLatchkey } from '../../server.ts'
import { errorSchema, expectError, filtered, found, fresh, searchSchema, user, row } from './world.ts'

const issue = (server: TestServer) => server.latchkey('scim-token', 'create', '--org', 'acme', '--description', 'Spent')

row(1, async ({ server }) => {
  const response = await fetch(`${server.scimUrl}/Users`)
  expect(response.status).toBe(401)
  expect(response.headers.get('WWW-Authenticate')).toMatch(/^Bearer\b/)
  expect(await response.json()).toMatchObject({ schemas: [errorSchema], status: '401' })
})

row(2, async ({ server, token }) => {
  const [revoked, expired] = [await issue(server), await issue(server)]
  await server.latchkey('scim-token', 'revoke', '--org', 'acme', revoked['id'] ?? '')
  await server.latchkey('scim-token', 'rotate', '--org', 'acme', expired['id'] ?? '', '--overlap-hours', '0')
  const unknown = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
  const bodies = await Promise.all(
    [unknown, 'latchkey_scim_', 'x', revoked['token'] ?? '', expired['token'] ?? ''].map(async (presented) => {
      const answer = await scimClient(server.scimUrl, presented).get('/Users')
      expectError(answer, 401)
      expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer\b/)
      return answer.body
    }),
  )
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
})

row(3, async ({ server }) => {
  const { token } = await server.organization('closed')
  await user(scimClient(server.scimUrl, token))
  await server.latchkey('scim', 'disable', '--org', 'closed')
  const answer = await scimClient(server.scimUrl, token).get('/Users')
  expectError(answer, 403)
  expect(answer.body.Resources).toBeUndefined()
})

row(4, async ({ server, scim }) => {
  const { id, userName } = await user(scim)
  const answers = [
    [400, await scim.post('/Users', '{')],
    [401, await scimClient(server.scimUrl, 'wrong').get('/Users')],
    [403, await scim.get('/Schemas?filter=id+pr')],
    [404, await scim.get('/Users/nobody')],
    [405, await scim.delete('/Users')],
    [409, await scim.post('/Users', { schemas: [userSchema], userName })],
    [412, await scim.delete(`/Users/${id}`, { 'If-Match': 'W/"99"' })],
    [413, await scim.post('/Users', { schemas: [userSchema], userName: 'x'.repeat(300_000) })],
    [415, await scim.post('/Users', '<user/>', { 'Content-Type': 'application/xml' })],
    [501, await scim.get('/Me')],
  ] as const
  for (const [status, { status: answered, headers, body }] of answers) {
    expect([answered, headers.get('Content-Type')]).toEqual([status, 'application/scim+json'])
    expect(body).toMatchObject({ schemas: [errorSchema], status: String(status) })
  }
})

for (const [number, accept] of [
  [5, 'application/scim+json'],
  [6, 'application/json'],
] as const) {
  row(number, async ({ scim }) => {
    const { status, headers } = await scim.get('/Users?count=1', { Accept: accept })
    expect([status, headers.get('Content-Type')]).toEqual([200, 'application/scim+json'])
  })
}

row(7, async ({ server, scim, token }) => {
  const without = await new Promise<string | undefined>((resolve, reject) => {
    const asked = request(`${server.scimUrl}/Users?count=1`, { headers: { Authorization: `Bearer ${token}` } }, (response) => {
      response.resume()
      resolve(response.statusCode === 200 ? response.headers['content-type'] : undefined)
    })
    asked.on('error', reject)
    asked.end()
  })
  expect(without).toBe('application/scim+json')
  const { headers } = await scim.get('/Users?count=1', { Accept: '*/*' })
  expect(headers.get('Content-Type')).toBe('application/scim+json')
})

row(8, async ({ scim }) => {
  const displayName = 'Ada Ελένη Борис 山田 משה 👩‍💻 é'
  const userName = fresh()
  const headers = { 'Content-Type': 'application/scim+json; charset=utf-8' }
  const { status, body } = await scim.post('/Users', { schemas: [userSchema], userName, displayName }, headers)
  expect(status).toBe(201)
  expect((await scim.get(`/Users/${body.id}`)).body.displayName).toBe(displayName)
})

row(9, async ({ scim }) => {
  const headers = { 'Content-Type': 'application/json' }
  expect((await scim.post('/Users', { schemas: [userSchema], userName: fresh() }, headers)).status).toBe(201)
})

row(10, async ({ scim }) => {
  for (const body of ['{"userName"', '[]', '"user"', '', 'null', '{}{}']) expectError(await scim.post('/Users', body), 400, 'invalidSyntax')
})

row(11, async ({ scim }) => {
  expect((await scim.get('/Users?foo=bar&count=1')).status).toBe(200)
})

row(12, async ({ scim }) => {
  for (const path of ['/NoSuchThing', '/Users/x/y', '/']) {
    const answer = await scim.get(path)
    if (path !== '/') expectError(answer, 404)
    expect(answer.headers.get('Content-Type')).toBe('application/scim+json')
  }
})

row(13, async ({ scim }) => {
  for (const [method, path] of [
    ['PUT', '/Users'],
    ['DELETE', '/Schemas'],
    ['POST', '/ServiceProviderConfig'],
    ['GET', '/Bulk'],
    ['PATCH', '/Groups'],
  ] as const) {
    const answer = await scim.request(method, path)
    expectError(answer, 405)
    expect(answer.headers.get('Allow')).toMatch(/GET|POST/)
  }
})

row(14, async ({ server, token }) => {
  for (const version of ['v1', 'v3', 'v22']) {
    const answer = await scimClient(server.scimUrl.replace('/v2', `/${version}`), token).get('/Users')
    expectError(answer, 404)
  }
})

row(15, async ({ scim }) => {
  const [first, second] = [fresh(), fresh()]
  const one = await scim.post('/Users', { schemas: [userSchema], userName: first, name: { givenName: 'A', familyName: 'B' }, title: 'T' })
  const other = await scim.post('/Users', {
    title: 'T',
    name: { familyName: 'B', givenName: 'A' },
    userName: second,
    schemas: [userSchema],
  })
  const rest = ({ id: _id, meta: _meta, userName: _name, ...attributes }: Record<string, unknown>) => attributes
  expect(rest(other.body)).toEqual(rest(one.body))
})

row(16, async ({ scim }) => {
  const UserName = fresh()
  const { status, body } = await scim.post('/Users', {
    schemas: [userSchema],
    UserName,
    EMAILS: [{ VALUE: 'a@example.com', Type: 'work' }],
    name: { GivenName: 'Ada' },
  })
  expect(status).toBe(201)
  expect(body).toMatchObject({ userName: UserName, emails: [{ value: 'a@example.com', type: 'work' }], name: { givenName: 'Ada' } })
})

row(17, async ({ scim, strict }) => {
  const wish = { schemas: [userSchema], userName: fresh(), '1title': 'x', 'nick name': 'y' }
  expectError(await strict.post('/Users', wish), 400, 'invalidSyntax')
  const { status, body } = await scim.post('/Users', wish)
  expect(status).toBe(201)
  expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['1title']))
  expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['nick name']))
})

row(18, async ({ server }) => {
  const environment = { PATH: process.env['PATH'] ?? '', LATCHKEY_DATA_DIR: server.dataFolder, LATCHKEY_PUBLIC_URL: 'http://acme.example' }
  await expect(runLatchkey(environment, ['doctor'])).rejects.toThrow(/https/)
})

row(19, async ({ server }) => {
  const issued = await server.latchkey('scim-token', 'create', '--org', 'acme', '--description', 'Bits', '--ttl-days', '30')
  // 62 ** 43 > 2 ** 256
  expect(issued['token']).toMatch(/^latchkey_scim_[0-9A-Za-z]+_[0-9A-Za-z]{43,}$/)
  const days = (Date.parse(issued['expiresAt'] ?? '') - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(29)
  expect(days).toBeLessThan(31)
  const client = scimClient(server.scimUrl, issued['token'] ?? '')
  expect((await client.get('/Users?count=0')).status).toBe(200)
  await server.latchkey('scim-token', 'revoke', '--org', 'acme', issued['id'] ?? '')
  expectError(await client.get('/Users?count=0'), 401)
})

row(20, async ({ scim }) => {
  const { userName } = await user(scim)
  const { body } = await scim.get('/Schemas')
  expect(JSON.stringify(body)).not.toContain('sensitive')
  expect(await found(scim, `userName eq "${userName}"`)).toHaveLength(1)
  const searched = await scim.post('/Users/.search', { schemas: [searchSchema], filter: `userName eq "${userName}"` })
  expect(searched.body.totalResults).toBe(1)
  expectError(await filtered(scim, 'password eq "x"'), 400, 'invalidFilter')
})
