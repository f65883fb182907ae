import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { type ScimClient, enterpriseSchema, groupSchema, userSchema } from '../../scim-client.ts'
import { type Body, bulkSchema, errorSchema, expectError, found, fresh, group, patchSchema, read, row, user } from './world.ts'

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
  const [made, leaver] = [await user(scim), await user(scim)]
  const { status, body } = await bulk(scim, [
    post('one'),
    { method: 'PUT', path: `/Users/${made.id}`, data: { ...made, nickName: 'N' } },
    { method: 'PATCH', path: `/Users/${made.id}`, data: titled('T') },
    { method: 'DELETE', path: `/Users/${leaver.id}` },
  ])
  expect([status, body.schemas]).toEqual([200, ['urn:ietf:params:scim:api:messages:2.0:BulkResponse']])
  expect(body.Operations.map(({ method }: { method: string }) => method)).toEqual(['POST', 'PUT', 'PATCH', 'DELETE'])
  expect(statuses(body)).toEqual(['201', '200', '200', '204'])
  const { nickName, title } = await read(scim, made)
  expect([nickName, title]).toEqual(['N', 'T'])
  expectError(await scim.get(`/Users/${leaver.id}`), 404)
})

row(210, async ({ scim }) => {
  const [changed, leaver] = [await user(scim), await user(scim)]
  const unknown = crypto.randomUUID()
  const { body } = await bulk(scim, [
    post('mine'),
    post('bad', { userName: '' }),
    { method: 'PATCH', path: `/Users/${changed.id}`, bulkId: 'named', data: titled('T') },
    { method: 'PATCH', path: `/Users/${unknown}`, data: titled('T') },
    { method: 'DELETE', path: `/Users/${leaver.id}` },
  ])
  const [made, ...rest] = body.Operations
  const { meta } = (await scim.get(`/Users/${idOf(made)}`)).body
  expect(made).toEqual({ method: 'POST', bulkId: 'mine', status: '201', location: meta.location, version: meta.version })
  const response = expect.any(Object)
  const { location, version } = (await read(scim, changed)).meta
  expect(rest).toEqual([
    { method: 'POST', bulkId: 'bad', status: '400', response },
    { method: 'PATCH', bulkId: 'named', status: '200', location, version },
    { method: 'PATCH', status: '404', location: location.replace(changed.id, unknown), response },
    { method: 'DELETE', status: '204', location: leaver.meta.location },
  ])
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
  const leaver = await user(scim)
  const existing = await group(scim, [leaver.id])
  const add = { op: 'add', path: 'members', value: [{ value: 'bulkId:boss' }, { value: 'bulkId:report' }] }
  const remove = { op: 'remove', path: 'members[value eq "bulkId:boss"]' }
  const { body } = await bulk(scim, [
    post('boss'),
    post('report', { [enterpriseSchema]: { manager: { value: 'bulkId:boss' } } }),
    { method: 'PATCH', path: `/Groups/${existing.id}`, data: { schemas: [patchSchema], Operations: [add] } },
    { method: 'PATCH', path: `/Groups/${existing.id}`, data: { schemas: [patchSchema], Operations: [remove] } },
    { method: 'PATCH', path: '/Users/bulkId:report', data: titled('Report') },
  ])
  expect(statuses(body)).toEqual(['201', '201', '204', '204', '200'])
  const [boss, report] = body.Operations.map(idOf)
  const { title, [enterpriseSchema]: enterprise } = (await scim.get(`/Users/${report}`)).body
  expect([title, enterprise.manager.value]).toEqual(['Report', boss])
  const members = (await read(scim, existing)).members.map(({ value }: { value: string }) => value)
  expect(members.toSorted()).toEqual([leaver.id, report].toSorted())
})

row(216, async ({ scim, strict }) => {
  const teams = [team('a', ['bulkId:b']), team('b', ['bulkId:a'])]
  const refused = (await bulk(scim, teams)).body.Operations
  expect(refused.map(({ status, response }: Body) => [status, response.scimType])).toEqual(teams.map(() => ['400', 'invalidValue']))
  for (const { data } of teams) expect(await found(scim, `displayName eq "${data.displayName}"`, 'Groups')).toEqual([])

  const boss = (bulkId: string, other: string) => post(bulkId, { [enterpriseSchema]: { manager: { value: `bulkId:${other}` } } })
  for (const client of [scim, strict]) {
    const { Operations } = (await bulk(client, [boss('x', 'y'), boss('y', 'x')])).body
    expect(Operations.map(({ status }: Body) => status)).toEqual(['201', '201'])
    const [x, y] = Operations.map(idOf)
    const made = [(await scim.get(`/Users/${x}`)).body, (await scim.get(`/Users/${y}`)).body]
    expect(made.map((one) => one[enterpriseSchema].manager.value)).toEqual([y, x])
    expect(made.map(({ meta }) => meta.version)).toEqual(Operations.map(({ version }: Body) => version))
  }
})

row(217, async ({ scim }) => {
  const existing = await group(scim)
  const teams = [team('lonely', ['bulkId:unknown']), team('orphan', ['bulkId:bad'])]
  const add = { op: 'add', path: 'members', value: [{ value: 'bulkId:bad' }] }
  const { body } = await bulk(scim, [
    teams[0],
    post('bad', { userName: '' }),
    teams[1],
    { method: 'PATCH', path: `/Groups/${existing.id}`, data: { schemas: [patchSchema], Operations: [add] } },
  ])
  expect(body.Operations.map(({ status, response }: Body) => [status, response.scimType])).toEqual(
    Array.from({ length: 4 }, () => ['400', 'invalidValue']),
  )
  for (const { data } of teams) expect(await found(scim, `displayName eq "${data.displayName}"`, 'Groups')).toEqual([])
  expect(await read(scim, existing)).toEqual(existing)
})

row(218, async ({ scim }) => {
  const { bulkId: _bulkId, ...nameless } = post('x')
  const { body } = await bulk(scim, [nameless, post('same'), post('same'), post('other')])
  expect(statuses(body)).toEqual(['400', '400', '400', '201'])
})

row(219, async ({ scim }) => {
  const made = await user(scim)
  const data = { schemas: [userSchema], userName: fresh() }
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ method: 'GET', path: `/Users/${made.id}` }, '405'],
    [{ method: 'DELETE' }, '400'],
    [{ path: '/Users', bulkId: 'm', data }, '400'],
    [{ method: 'POST', path: '/Robots', bulkId: 'r', data }, '404'],
    [{ method: 'POST', path: '/Bulk', bulkId: 'b', data }, '404'],
    [{ method: 'POST', path: `/Users/${made.id}`, bulkId: 'p', data }, '405'],
    [{ method: 'PUT', path: '/Users', data }, '405'],
    [{ method: 'PATCH', path: '/Users', data }, '405'],
    [{ method: 'DELETE', path: '/Users' }, '405'],
    [{ method: 'POST', path: '/Users', bulkId: 'd' }, '400'],
    [{ method: 'PUT', path: `/Users/${made.id}` }, '400'],
    [{ method: 'PATCH', path: `/Users/${made.id}` }, '400'],
    ['DELETE', '400'],
  ]
  const { body } = await bulk(scim, [...wrong.map(([operation]) => operation), post('after')])
  expect(statuses(body)).toEqual([...wrong.map(([, status]) => status), '201'])
  expect(await read(scim, made)).toEqual(made)
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
  const first = post('first')
  const answer = await bulk(scim, [first, ...Array.from({ length: maxOperations }, () => ({ method: 'DELETE', path: '/Users/x' }))])
  expectError(answer, 413)
  expect(answer.body.detail).toMatch(new RegExp(`\\b${maxOperations}\\b.*maxOperations`))
  expect(await found(scim, `userName eq "${first.data.userName}"`)).toEqual([])
})

row(222, async ({ server, scim, token }) => {
  const { maxPayloadSize } = (await scim.get('/ServiceProviderConfig')).body.bulk
  const operation = post('large')
  const whole = JSON.stringify({ schemas: [bulkSchema], Operations: [operation], padding: 'x'.repeat(maxPayloadSize) })
  const names = new RegExp(`\\b${maxPayloadSize}\\b.*maxPayloadSize`)
  const answer = await scim.post('/Bulk', whole)
  expectError(answer, 413)
  expect(answer.body.detail).toMatch(names)
  const chunked = await new Promise<IncomingMessage>((resolve) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' }
    const asked = request(`${server.scimUrl}/Bulk`, { method: 'POST', headers }, resolve)
    // The server may close while there is more to send; its answer has come by then.
    asked.on('error', () => {})
    for (let sent = 0; sent < whole.length; sent += 65_536) asked.write(whole.slice(sent, sent + 65_536))
    asked.end()
  })
  expect([chunked.statusCode, JSON.parse(await text(chunked)).detail]).toEqual([413, expect.stringMatching(names)])
  expect(await found(scim, `userName eq "${operation.data.userName}"`)).toEqual([])
})

row(223, async ({ scim, strict }) => {
  const Operations = [post('x')]
  for (const client of [scim, strict]) {
    for (const body of [
      { Operations },
      { schemas: [patchSchema], Operations },
      { schemas: [bulkSchema] },
      { schemas: [bulkSchema], Operations: {} },
    ]) {
      expectError(await client.post('/Bulk', body), 400, 'invalidSyntax')
    }
  }
})

row(224, async ({ scim }) => {
  /** How a job ends whose user is created first, as a sequence needs it, or last, so that it has to be brought forward. */
  const end = async (isLast: boolean) => {
    const standing = await user(scim)
    const path = `/Users/${standing.id}`
    const remove = { schemas: [patchSchema], Operations: [{ op: 'remove', path: `members[value eq "${standing.id}"]` }] }
    const person = post('person', { title: 'Created' })
    const others = [
      { method: 'PATCH', path, data: titled('First') },
      team('team', ['bulkId:person', standing.id]),
      { method: 'PATCH', path, data: titled('Second') },
      { method: 'PATCH', path: '/Users/bulkId:person', data: titled('Changed') },
      { method: 'PATCH', path: '/Groups/bulkId:team', data: remove },
      { method: 'DELETE', path },
    ]
    const operations = isLast ? [...others, person] : [person, ...others]
    const { body } = await bulk(scim, operations)
    expect(body.Operations.map(({ bulkId }: Body) => bulkId)).toEqual(
      operations.map((operation) => ('bulkId' in operation ? operation.bulkId : undefined)),
    )
    const of = (bulkId: string) => idOf(body.Operations.find((operation: Body) => operation.bulkId === bulkId))
    const { title, groups } = (await scim.get(`/Users/${of('person')}`)).body
    const { members } = (await scim.get(`/Groups/${of('team')}`)).body
    expect(members.map(({ value }: Body) => value)).toEqual([of('person')])
    return [statuses(body).toSorted(), title, groups.length, (await scim.get(path)).status]
  }
  const inSequence = await end(false)
  expect(inSequence).toEqual([['200', '200', '200', '201', '201', '204', '204'], 'Changed', 1, 404])
  expect(await end(true)).toEqual(inSequence)
})
