import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type ScimClient, enterpriseSchema, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

/**
 * Where the RFCs contradict themselves: the D-rows of the checklist's third annex that show in what the server answers. D-9 and D-15 are
 * about texts and features that have no part in it; D-16 is P-6 of the second annex.
 */

type Body = Answer['body']

const bulkSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const searchSchema = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

let server: TestServer
let tolerant: ScimClient
let strict: ScimClient

beforeAll(async () => {
  server = await startServer()
  const { token } = await server.organization('annex')
  const second = await server.latchkey(
    'scim-token',
    'create',
    '--org',
    'annex',
    '--description',
    'Strict',
    '--ttl-days',
    '1',
    '--mode',
    'strict',
  )
  tolerant = scimClient(server.scimUrl, token)
  strict = scimClient(server.scimUrl, second['token'] ?? '')
})
afterAll(() => server.stop())

test('D-1 the status of a bulk operation is a text, in the circular case too', async () => {
  const managed = (bulkId: string, manager: string) => {
    const data = { schemas: [userSchema], userName: randomUUID(), [enterpriseSchema]: { manager: { value: `bulkId:${manager}` } } }
    return { method: 'POST', path: '/Users', bulkId, data }
  }
  for (const scim of [strict, tolerant]) {
    const Operations = [managed('one', 'other'), managed('other', 'one'), { method: 'DELETE', path: `/Users/${randomUUID()}` }]
    const { body } = await scim.post('/Bulk', { schemas: [bulkSchema], Operations })
    expect(body.Operations.map(({ status }: Body) => status)).toEqual(['201', '201', '404'])
  }
})

test('D-2 a refusal says the same status in its body as in its line', async () => {
  const refusals = [
    await tolerant.get('/Schemas?filter=id+pr'),
    await tolerant.get('/Nothing'),
    await tolerant.get('/Users?filter=x'),
    await tolerant.get('/Me'),
    await tolerant.delete('/Users'),
    await scimClient(server.scimUrl, 'none').get('/Users'),
  ]
  expect(refusals.map(({ status }) => status)).toEqual([403, 404, 400, 501, 405, 401])
  for (const { status, body } of refusals) expect(body.status).toBe(String(status))
})

test('D-3 nickname is nickName, in a body, a filter, a path and the answer', async () => {
  for (const scim of [strict, tolerant]) {
    const nick = randomUUID()
    const user = await newUser({ nickname: nick }, scim)
    expect(user.nickName).toBe(nick)
    expect(await idsBy(scim, `nickname eq "${nick}"`)).toEqual([user.id])
    const { body } = await scim.patch(`/Users/${user.id}`, [{ op: 'replace', path: 'nickname', value: 'Other' }])
    expect([body.nickName, body.nickname]).toEqual(['Other', undefined])
  }
})

test('D-4 a filter value without quotes is refused strictly, and read as a text tolerantly', async () => {
  const title = `jyoung-${randomUUID()}`
  const user = await newUser({ title })
  for (const filter of [`title eq ${title}`, `meta.resourceType eq User and title eq ${title}`, `title sw ${title.slice(0, 12)}`]) {
    expectError(await strict.get(listOf(filter)), 400, 'invalidFilter')
    expect(await idsBy(tolerant, filter)).toEqual([user.id])
  }
  const group = await newGroup([user.id])
  const remove = [{ op: 'remove', path: `members[value eq ${user.id}]` }]
  expectError(await strict.patch(`/Groups/${group.id}`, remove), 400, 'invalidFilter')
  expect(await memberIds(group)).toEqual([user.id])
  expect((await tolerant.patch(`/Groups/${group.id}`, remove)).status).toBe(204)
  expect(await memberIds(group)).toEqual([])
})

test('D-5 there need be no space before a quote', async () => {
  for (const scim of [strict, tolerant]) {
    const user = await newUser({}, scim)
    const group = await newGroup([user.id])
    expect(await idsBy(scim, `userName eq"${user.userName}"`)).toEqual([user.id])
    expect((await scim.patch(`/Groups/${group.id}`, [{ op: 'remove', path: `members[value eq"${user.id}"]` }])).status).toBe(204)
    expect(await memberIds(group)).toEqual([])
  }
})

test('D-6 $ref is the name of an attribute in a filter, a projection and a path', async () => {
  const user = await newUser()
  const group = await newGroup([user.id])
  for (const scim of [strict, tolerant]) {
    expect(await idsBy(scim, `id eq "${user.id}" and groups.$ref eq "${group.meta.location}"`)).toEqual([user.id])
    expect(await idsBy(scim, `id eq "${user.id}" and groups[$ref eq "${group.meta.location}"]`)).toEqual([user.id])
    expect((await scim.get(`/Users/${user.id}?attributes=groups.$ref`)).body.groups).toEqual([{ $ref: group.meta.location }])
    const path = `members[value eq "${user.id}"].$ref`
    expectError(await scim.patch(`/Groups/${group.id}`, [{ op: 'replace', path, value: 'x' }]), 400, 'mutability')
    // A name may hold - and _ as well: such a one is unknown, not unreadable.
    expect((await scim.get(listOf('my-own_attribute pr'))).body.detail).toContain('no attribute')
  }
})

test('D-7 displayName of a group is published as required, and a group without one is refused', async () => {
  const { attributes } = (await strict.get(`/Schemas/${groupSchema}`)).body
  expect(attributes.find(({ name }: Body) => name === 'displayName').required).toBe(true)
  for (const scim of [strict, tolerant]) {
    for (const displayName of [undefined, null, '', '  ']) {
      expectError(await scim.post('/Groups', { schemas: [groupSchema], displayName }), 400, 'invalidValue')
    }
  }
})

test('D-8 the data of a PATCH in a bulk is an object; a bare list of operations is read tolerantly', async () => {
  const operations = [{ op: 'replace', path: 'title', value: 'New' }]
  const statusOf = async (scim: ScimClient, data: unknown) => {
    const { id } = await newUser({}, scim)
    const Operations = [{ method: 'PATCH', path: `/Users/${id}`, data }]
    const { body } = await scim.post('/Bulk', { schemas: [bulkSchema], Operations })
    return [body.Operations[0].status, (await strict.get(`/Users/${id}`)).body.title]
  }
  for (const scim of [strict, tolerant]) {
    expect(await statusOf(scim, { schemas: [patchSchema], Operations: operations })).toEqual(['200', 'New'])
  }
  expect(await statusOf(strict, operations)).toEqual(['400', undefined])
  expect(await statusOf(tolerant, operations)).toEqual(['200', 'New'])
})

test('D-10 a duplicate is 409 with uniqueness, however it is written', async () => {
  for (const scim of [strict, tolerant]) {
    const [one, other] = [await newUser({}, scim), await newUser({}, scim)]
    const body = { schemas: [userSchema], userName: other.userName }
    const { body: bulk } = await scim.post('/Bulk', {
      schemas: [bulkSchema],
      Operations: [{ method: 'POST', path: '/Users', bulkId: 'twin', data: body }],
    })
    expect(bulk.Operations[0].response).toMatchObject({ status: '409', scimType: 'uniqueness' })
    expectError(await scim.post('/Users', body), 409, 'uniqueness')
    expectError(await scim.put(`/Users/${one.id}`, body), 409, 'uniqueness')
    expectError(await scim.patch(`/Users/${one.id}`, [{ op: 'replace', path: 'userName', value: other.userName }]), 409, 'uniqueness')
  }
})

test('D-11 itemsPerPage is the number of resources that are there, in discovery too', async () => {
  await newUser()
  for (const path of ['/ResourceTypes', '/Schemas', '/Users?count=1', '/Users?count=0', '/Users?startIndex=100000', '/?count=500']) {
    const { body } = await tolerant.get(path)
    expect([path, body.itemsPerPage]).toEqual([path, body.Resources.length])
  }
})

test('D-12 a search is sent to /Users/.search; there is no /User', async () => {
  const search = { schemas: [searchSchema], cursor: '', count: 1 }
  expect((await strict.post('/Users/.search', search)).status).toBe(200)
  expectError(await strict.post('/User/.search', search), 404)
})

test('D-13 a count above the maximum is clamped on the first page, and one that changes between pages is refused', async () => {
  await Promise.all([newUser(), newUser(), newUser()])
  for (const scim of [strict, tolerant]) {
    const { maxPageSize } = (await scim.get('/ServiceProviderConfig')).body.pagination
    const large = await scim.get(`/Users?cursor=&count=${maxPageSize + 1}`)
    expect([large.status, large.body.itemsPerPage <= maxPageSize]).toEqual([200, true])
    const { nextCursor } = (await scim.get('/Users?cursor=&count=2')).body
    expectError(await scim.get(`/Users?cursor=${nextCursor}&count=3`), 400, 'invalidCount')
    expect((await scim.get(`/Users?cursor=${nextCursor}&count=2`)).status).toBe(200)
  }
})

test('D-14 pages are counted by index unless there is a cursor', async () => {
  await Promise.all([newUser(), newUser()])
  for (const scim of [strict, tolerant]) {
    const byIndex = (await scim.get('/Users?count=1')).body
    expect([byIndex.startIndex, 'nextCursor' in byIndex]).toEqual([1, false])
    const byCursor = (await scim.get('/Users?count=1&cursor')).body
    expect(['startIndex' in byCursor, typeof byCursor.nextCursor]).toEqual([false, 'string'])
  }
})

test('D-17 a PUT clears what it leaves out, except active and the members of a group', async () => {
  for (const scim of [strict, tolerant]) {
    const user = await newUser({ title: 'Old', active: false }, scim)
    const { body } = await scim.put(`/Users/${user.id}`, { schemas: [userSchema], userName: user.userName })
    expect([body.title, body.active]).toEqual([undefined, false])
    const group = await newGroup([user.id])
    await scim.put(`/Groups/${group.id}`, { schemas: [groupSchema], displayName: randomUUID() })
    expect(await memberIds(group)).toEqual([user.id])
    await scim.put(`/Groups/${group.id}`, { schemas: [groupSchema], displayName: randomUUID(), members: [] })
    expect(await memberIds(group)).toEqual([])
  }
})

test('D-18 ne finds whom the attribute is missing from, as not eq does', async () => {
  const userType = randomUUID()
  const [same, other, none] = [
    await newUser({ userType, title: 'Cook' }),
    await newUser({ userType, title: 'Baker' }),
    await newUser({ userType }),
  ]
  for (const scim of [strict, tolerant]) {
    for (const filter of ['title ne "Cook"', 'not (title eq "Cook")']) {
      expect(await idsBy(scim, `userType eq "${userType}" and ${filter}`)).toEqual([other.id, none.id].sort())
    }
    expect(await idsBy(scim, `userType eq "${userType}" and title eq "Cook"`)).toEqual([same.id])
  }
})

test('D-19 conditions on dotted names may hold for different elements; brackets bind them to one', async () => {
  const userType = randomUUID()
  const emails = [
    { type: 'work', value: 'a@work.example' },
    { type: 'home', value: 'b@home.example' },
  ]
  const user = await newUser({ userType, emails })
  for (const scim of [strict, tolerant]) {
    const found = (filter: string) => idsBy(scim, `userType eq "${userType}" and ${filter}`)
    expect(await found('emails.type eq "work" and emails.value ew "@home.example"')).toEqual([user.id])
    expect(await found('emails[type eq "work" and value ew "@home.example"]')).toEqual([])
    expect(await found('emails[type eq "work" and value ew "@work.example"]')).toEqual([user.id])
  }
})

test('D-20 two primary values in one body are refused; in a PATCH the newcomer is primary', async () => {
  const [work, home] = [
    { type: 'work', value: 'a@work.example', primary: true },
    { type: 'home', value: 'b@home.example', primary: true },
  ]
  for (const scim of [strict, tolerant]) {
    const user = await newUser({ emails: [work] }, scim)
    const body = { schemas: [userSchema], userName: randomUUID(), emails: [work, home] }
    expectError(await scim.post('/Users', body), 400, 'invalidValue')
    expectError(await scim.put(`/Users/${user.id}`, body), 400, 'invalidValue')
    const { body: patched } = await scim.patch(`/Users/${user.id}`, [{ op: 'add', path: 'emails', value: [home] }])
    expect(patched.emails).toEqual([{ ...work, primary: false }, home])
  }
})

async function newUser(attributes: object = {}, scim: ScimClient = strict): Promise<Body> {
  return created(await scim.post('/Users', { schemas: [userSchema], userName: randomUUID(), ...attributes }))
}

async function newGroup(members: readonly string[]): Promise<Body> {
  const body = { schemas: [groupSchema], displayName: randomUUID(), members: members.map((value) => ({ value })) }
  return created(await strict.post('/Groups', body))
}

function created({ status, body }: Answer): Body {
  expect([status, body.detail]).toEqual([201, undefined])
  return body
}

function listOf(filter: string): string {
  return `/Users?filter=${encodeURIComponent(filter)}`
}

/** The ids of the users that a filter selects, sorted. */
async function idsBy(scim: ScimClient, filter: string): Promise<readonly string[]> {
  const { status, body } = await scim.get(listOf(filter))
  expect([status, body.detail]).toEqual([200, undefined])
  return body.Resources.map(({ id }: Body) => id).sort()
}

async function memberIds(group: Body): Promise<readonly string[]> {
  const { members = [] } = (await strict.get(`/Groups/${group.id}`)).body
  return members.map(({ value }: Body) => value)
}

function expectError({ status, body }: Answer, expected: number, scimType?: string): void {
  expect([status, body?.scimType, body?.status]).toEqual([expected, scimType, String(expected)])
}
