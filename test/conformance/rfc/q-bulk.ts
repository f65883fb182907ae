import { request } from 'node:http'
import { expect } from 'vitest'
import { type ScimClient, enterpriseSchema, groupSchema, userSchema } from '../../scim-client.ts'
import { type Body, bulkSchema, errorSchema, expectError, fresh, group, patchSchema, read, row, user } from './world.ts'

const bulk = (scim: ScimClient, Operations: readonly unknown[], rest: object = {}) =>
  scim.post('/Bulk', { schemas: [bulkSchema], Operations, ...rest })
const post = (bulkId: string, attributes: object = {}) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { schemas: [userSchema], userName: fresh('bulk'), ...attributes },
})
const team = (bulkId: string, members: readonly string[]) => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { schemas: [groupSchema], displayName: fresh('bulk'), members: members.map((value) => ({ value })) },
})
const statuses = ({ Operations }: Body) => Operations.map(({ status }: { status: string }) => status)
const idOf = ({ location }: Body) => location.split('/').at(-1)
const titled = (title: string) => ({ schemas: [patchSchema], Operations: [{ op: 'add', path: 'title', value: title }] })

row(209, async ({ scim }) => {
  const made = await user(scim)
  const { status, body } = await bulk(scim, [
    post('one'),
    { method: 'PUT', path: `/Users/${made.id}`, data: { ...made, nickName: 'N' } },
    { method: 'PATCH', path: `/Users/${made.id}`, data: titled('T') },
    { method: 'DELETE', path: `/Users/${made.id}` },
  ])
  expect([status, body.schemas]).toEqual([200, ['urn:ietf:params:scim:api:messages:2.0:BulkResponse']])
  expect(body.Operations.map(({ method }: { method: string }) => method)).toEqual(['POST', 'PUT', 'PATCH', 'DELETE'])
  expect(statuses(body)).toEqual(['201', '200', '200', '204'])
})

row(210, async ({ scim }) => {
  const { body } = await bulk(scim, [post('mine'), post('bad', { userName: '' })])
  const [good, bad] = body.Operations
  expect(good).toEqual({
    method: 'POST',
    bulkId: 'mine',
    version: 'W/"1"',
    status: '201',
    location: expect.stringMatching(/\/scim\/v2\/Users\//),
  })
  expect(bad).toMatchObject({ method: 'POST', bulkId: 'bad', status: '400' })
  expect(bad.location).toBeUndefined()
})

row(211, async ({ scim }) => {
  const { body } = await bulk(scim, [post('bad', { userName: '' }), post('good')])
  expect(statuses(body)).toEqual(['400', '201'])
  expect(body.Operations[0].response).toMatchObject({ schemas: [errorSchema], status: '400', scimType: 'invalidValue' })
})

row(212, async ({ scim }) => {
  const last = post('last')
  const { body } = await bulk(scim, [post('first'), post('bad', { userName: '' }), last], { failOnErrors: 1 })
  expect(statuses(body)).toEqual(['201', '400'])
  expect((await scim.get(`/Users?filter=${encodeURIComponent(`userName eq "${last.data.userName}"`)}`)).body.totalResults).toBe(0)
})

for (const [number, order] of [
  [213, 'user first'],
  [214, 'group first'],
] as const) {
  row(number, async ({ scim }) => {
    const operations = [post('person'), team('team', ['bulkId:person'])]
    const { body } = await bulk(scim, order === 'user first' ? operations : operations.toReversed())
    expect(statuses(body)).toEqual(['201', '201'])
    const of = (bulkId: string) => body.Operations.find((operation: Body) => operation.bulkId === bulkId)
    const { members } = (await scim.get(`/Groups/${idOf(of('team'))}`)).body
    expect(members.map(({ value }: { value: string }) => value)).toEqual([idOf(of('person'))])
  })
}

row(215, async ({ scim }) => {
  const existing = await group(scim)
  const add = { op: 'add', path: 'members', value: [{ value: 'bulkId:boss' }] }
  const remove = { op: 'remove', path: 'members[value eq "bulkId:report"]' }
  const { body } = await bulk(scim, [
    post('boss'),
    post('report', { [enterpriseSchema]: { manager: { value: 'bulkId:boss' } } }),
    { method: 'PATCH', path: `/Groups/${existing.id}`, data: { schemas: [patchSchema], Operations: [add, remove] } },
    { method: 'PATCH', path: '/Users/bulkId:report', data: titled('Report') },
  ])
  expect(statuses(body)).toEqual(['201', '201', '204', '200'])
  const [boss, report] = body.Operations.map(idOf)
  const { title, [enterpriseSchema]: enterprise } = (await scim.get(`/Users/${report}`)).body
  expect([title, enterprise.manager.value]).toEqual(['Report', boss])
  expect((await read(scim, existing)).members[0].value).toBe(boss)
})

row(216, async ({ scim }) => {
  const { body } = await bulk(scim, [team('a', ['bulkId:b']), team('b', ['bulkId:a'])])
  expect(statuses(body).every((status: string) => status === '400' || status === '409')).toBe(true)
  const boss = (bulkId: string, other: string) => post(bulkId, { [enterpriseSchema]: { manager: { value: `bulkId:${other}` } } })
  const circular = await bulk(scim, [boss('x', 'y'), boss('y', 'x')])
  expect(statuses(circular.body)).toEqual(['201', '201'])
  const [x, y] = circular.body.Operations.map(idOf)
  for (const [one, other] of [
    [x, y],
    [y, x],
  ]) {
    expect((await scim.get(`/Users/${one}`)).body[enterpriseSchema].manager.value).toBe(other)
  }
})

row(217, async ({ scim }) => {
  const { body } = await bulk(scim, [team('lonely', ['bulkId:unknown']), post('bad', { userName: '' }), team('orphan', ['bulkId:bad'])])
  expect(statuses(body)[1]).toBe('400')
  for (const index of [0, 2]) {
    expect(['400', '409', '412']).toContain(statuses(body)[index])
    expect(body.Operations[index].location).toBeUndefined()
  }
})

row(218, async ({ scim }) => {
  const { bulkId: _bulkId, ...nameless } = post('x')
  const first = await bulk(scim, [nameless])
  expect(first.status === 400 || statuses(first.body)[0] === '400').toBe(true)
  const twice = await bulk(scim, [post('same'), post('same')])
  expect(twice.status === 400 || statuses(twice.body).includes('400')).toBe(true)
})

row(219, async ({ scim }) => {
  const { id } = await user(scim)
  const operations = [
    { method: 'GET', path: `/Users/${id}` },
    { method: 'DELETE' },
    { method: 'POST', path: '/Robots', bulkId: 'r', data: {} },
    { method: 'POST', path: `/Users/${id}`, bulkId: 'p', data: { schemas: [userSchema], userName: fresh() } },
    { method: 'PUT', path: '/Users', data: {} },
    { method: 'PATCH', path: `/Users/${id}` },
  ]
  for (const operation of operations) {
    const { status, body } = await bulk(scim, [operation])
    expect(['400', '404', '405']).toContain(status === 200 ? statuses(body)[0] : String(status))
  }
  expect((await scim.get(`/Users/${id}`)).status).toBe(200)
})

row(220, async ({ scim }) => {
  const made = await user(scim)
  const path = `/Users/${made.id}`
  const { body } = await bulk(scim, [
    { method: 'PATCH', path, version: 'W/"9"', data: titled('T') },
    { method: 'PUT', path, version: 'W/"9"', data: made },
    { method: 'DELETE', path, version: 'W/"9"' },
    { method: 'PATCH', path, version: made.meta.version, data: titled('T') },
  ])
  expect(statuses(body)).toEqual(['412', '412', '412', '200'])
})

row(221, async ({ scim }) => {
  const { maxOperations } = (await scim.get('/ServiceProviderConfig')).body.bulk
  const answer = await bulk(
    scim,
    Array.from({ length: maxOperations + 1 }, () => ({ method: 'DELETE', path: '/Users/x' })),
  )
  expectError(answer, 413)
  expect(answer.body.detail).toMatch(new RegExp(`maxOperations.*${maxOperations}|${maxOperations}.*maxOperations`))
})

row(222, async ({ server, scim, token }) => {
  const { maxPayloadSize } = (await scim.get('/ServiceProviderConfig')).body.bulk
  const whole = JSON.stringify({ schemas: [bulkSchema], Operations: [], padding: 'x'.repeat(maxPayloadSize) })
  const answer = await scim.post('/Bulk', whole)
  expectError(answer, 413)
  expect(answer.body.detail).toContain(String(maxPayloadSize))
  const chunked = await new Promise<number | undefined>((resolve) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' }
    const asked = request(`${server.scimUrl}/Bulk`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    // The server may close while there is more to send; its answer has come by then.
    asked.on('error', () => {})
    for (let sent = 0; sent <= maxPayloadSize; sent += 65_536) asked.write('x'.repeat(65_536))
    asked.end()
  })
  expect(chunked).toBe(413)
})

row(223, async ({ scim }) => {
  for (const body of [{ Operations: [post('x')] }, { schemas: [patchSchema], Operations: [post('x')] }, { schemas: [bulkSchema] }]) {
    expectError(await scim.post('/Bulk', body), 400, 'invalidSyntax')
  }
})

row(224, async ({ scim }) => {
  const operations = [
    team('team', ['bulkId:a', 'bulkId:b']),
    post('a'),
    post('b'),
    { method: 'PATCH', path: '/Users/bulkId:a', data: titled('T') },
  ]
  const { body } = await bulk(scim, operations)
  expect(body.Operations.map(({ bulkId }: Body) => bulkId)).toEqual(['team', 'a', 'b', undefined])
  const [made, a, b] = body.Operations.map(idOf)
  const members = (await scim.get(`/Groups/${made}`)).body.members.map(({ value }: { value: string }) => value)
  expect(members.sort()).toEqual([a, b].sort())
  expect((await scim.get(`/Users/${a}`)).body.title).toBe('T')
})
