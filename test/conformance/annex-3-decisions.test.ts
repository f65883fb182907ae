import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { type ScimClient, enterpriseSchema, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type Body, bulkSchema, expectError, filtered, found, group, patchSchema, read, searchSchema, seen, user } from './rfc/world.ts'

// Where the RFCs contradict themselves: the D-rows of the checklist's third annex that show in what the server answers. D-9 and D-15 are about texts and
// features that have no part in it; D-16 is P-6 of the second annex.

seen('D-1 the status of a bulk operation is a text, in the circular case too', async ({ scim: tolerant, strict }) => {
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

seen('D-2 a refusal says the same status in its body as in its line', async ({ server, scim: tolerant }) => {
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

seen('D-3 nickname is nickName, in a body, a filter, a path and the answer', async ({ scim: tolerant, strict }) => {
  for (const scim of [strict, tolerant]) {
    const nick = randomUUID()
    const made = await user(scim, { nickname: nick })
    expect(made.nickName).toBe(nick)
    expect(await idsBy(scim, `nickname eq "${nick}"`)).toEqual([made.id])
    const { body } = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'nickname', value: 'Other' }])
    expect([body.nickName, body.nickname]).toEqual(['Other', undefined])
  }
})

seen('D-4 a filter value without quotes is refused strictly, and read as a text tolerantly', async ({ scim: tolerant, strict }) => {
  const title = `jyoung-${randomUUID()}`
  const made = await user(strict, { title })
  for (const filter of [`title eq ${title}`, `meta.resourceType eq User and title eq ${title}`, `title sw ${title.slice(0, 12)}`]) {
    expectError(await filtered(strict, filter), 400, 'invalidFilter')
    expect(await idsBy(tolerant, filter)).toEqual([made.id])
  }
  const team = await group(strict, [made.id])
  const remove = [{ op: 'remove', path: `members[value eq ${made.id}]` }]
  expectError(await strict.patch(`/Groups/${team.id}`, remove), 400, 'invalidFilter')
  expect(await memberIds(strict, team)).toEqual([made.id])
  expect((await tolerant.patch(`/Groups/${team.id}`, remove)).status).toBe(204)
  expect(await memberIds(strict, team)).toEqual([])
})

seen('D-5 there need be no space before a quote', async ({ scim: tolerant, strict }) => {
  for (const scim of [strict, tolerant]) {
    const made = await user(scim)
    const team = await group(strict, [made.id])
    expect(await idsBy(scim, `userName eq"${made.userName}"`)).toEqual([made.id])
    expect((await scim.patch(`/Groups/${team.id}`, [{ op: 'remove', path: `members[value eq"${made.id}"]` }])).status).toBe(204)
    expect(await memberIds(strict, team)).toEqual([])
  }
})

seen('D-6 $ref is the name of an attribute in a filter, a projection and a path', async ({ scim: tolerant, strict }) => {
  const made = await user(strict)
  const team = await group(strict, [made.id])
  for (const scim of [strict, tolerant]) {
    expect(await idsBy(scim, `id eq "${made.id}" and groups.$ref eq "${team.meta.location}"`)).toEqual([made.id])
    expect(await idsBy(scim, `id eq "${made.id}" and groups[$ref eq "${team.meta.location}"]`)).toEqual([made.id])
    expect((await scim.get(`/Users/${made.id}?attributes=groups.$ref`)).body.groups).toEqual([{ $ref: team.meta.location }])
    const path = `members[value eq "${made.id}"].$ref`
    expectError(await scim.patch(`/Groups/${team.id}`, [{ op: 'replace', path, value: 'x' }]), 400, 'mutability')
    // A name may hold - and _ as well: such a one is unknown, not unreadable.
    expect((await filtered(scim, 'my-own_attribute pr')).body.detail).toContain('no attribute')
  }
})

seen('D-7 displayName of a group is published as required, and a group without one is refused', async ({ scim: tolerant, strict }) => {
  const { attributes } = (await strict.get(`/Schemas/${groupSchema}`)).body
  expect(attributes.find(({ name }: Body) => name === 'displayName').required).toBe(true)
  for (const scim of [strict, tolerant]) {
    for (const displayName of [undefined, null, '', '  ']) {
      expectError(await scim.post('/Groups', { schemas: [groupSchema], displayName }), 400, 'invalidValue')
    }
  }
})

seen('D-8 the data of a PATCH in a bulk is an object; a bare list of operations is read tolerantly', async ({ scim: tolerant, strict }) => {
  const operations = [{ op: 'replace', path: 'title', value: 'New' }]
  const statusOf = async (scim: ScimClient, data: unknown) => {
    const { id } = await user(scim)
    const Operations = [{ method: 'PATCH', path: `/Users/${id}`, data }]
    const { body } = await scim.post('/Bulk', { schemas: [bulkSchema], Operations })
    return [body.Operations[0].status, (await strict.get(`/Users/${id}`)).body.title]
  }
  for (const scim of [strict, tolerant]) {
    expect(await statusOf(scim, { schemas: [patchSchema], Operations: operations })).toEqual(['200', 'New'])
  }
  expect(await statusOf(strict, operations)).toEqual(['400', undefined])
  expect(await statusOf(tolerant, operations)).toEqual(['200', 'New'])
  // So is one operation for a list of them, in a PATCH of its own.
  const { id } = await user(strict)
  const single = { schemas: [patchSchema], Operations: operations[0] }
  expectError(await strict.request('PATCH', `/Users/${id}`, single), 400, 'invalidSyntax')
  expect((await tolerant.request('PATCH', `/Users/${id}`, single)).body.title).toBe('New')
})

seen('D-10 a duplicate is 409 with uniqueness, however it is written', async ({ scim: tolerant, strict }) => {
  for (const scim of [strict, tolerant]) {
    const [one, other] = [await user(scim), await user(scim)]
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

seen('D-11 itemsPerPage is the number of resources that are there, in discovery too', async ({ scim: tolerant, strict }) => {
  await user(strict)
  for (const path of ['/ResourceTypes', '/Schemas', '/Users?count=1', '/Users?count=0', '/Users?startIndex=100000', '/?count=500']) {
    const { body } = await tolerant.get(path)
    expect([path, body.itemsPerPage]).toEqual([path, body.Resources.length])
  }
})

seen('D-12 a search is sent to /Users/.search; there is no /User', async ({ strict }) => {
  const search = { schemas: [searchSchema], cursor: '', count: 1 }
  expect((await strict.post('/Users/.search', search)).status).toBe(200)
  expectError(await strict.post('/User/.search', search), 404)
})

seen(
  'D-13 a count above the maximum is clamped on the first page, and one that changes between pages is refused',
  async ({ scim: tolerant, strict }) => {
    await Promise.all([user(strict), user(strict), user(strict)])
    for (const scim of [strict, tolerant]) {
      const { maxPageSize } = (await scim.get('/ServiceProviderConfig')).body.pagination
      const large = await scim.get(`/Users?cursor=&count=${maxPageSize + 1}`)
      expect([large.status, large.body.itemsPerPage <= maxPageSize]).toEqual([200, true])
      const { nextCursor } = (await scim.get('/Users?cursor=&count=2')).body
      expectError(await scim.get(`/Users?cursor=${nextCursor}&count=3`), 400, 'invalidCount')
      expect((await scim.get(`/Users?cursor=${nextCursor}&count=2`)).status).toBe(200)
    }
  },
)

seen('D-14 pages are counted by index unless there is a cursor', async ({ scim: tolerant, strict }) => {
  await Promise.all([user(strict), user(strict)])
  for (const scim of [strict, tolerant]) {
    const byIndex = (await scim.get('/Users?count=1')).body
    expect([byIndex.startIndex, 'nextCursor' in byIndex]).toEqual([1, false])
    const byCursor = (await scim.get('/Users?count=1&cursor')).body
    expect(['startIndex' in byCursor, typeof byCursor.nextCursor]).toEqual([false, 'string'])
  }
})

seen('D-17 a PUT clears what it leaves out, except active and the members of a group', async ({ scim: tolerant, strict }) => {
  for (const scim of [strict, tolerant]) {
    const made = await user(scim, { title: 'Old', active: false })
    const { body } = await scim.put(`/Users/${made.id}`, { schemas: [userSchema], userName: made.userName })
    expect([body.title, body.active]).toEqual([undefined, false])
    const team = await group(strict, [made.id])
    await scim.put(`/Groups/${team.id}`, { schemas: [groupSchema], displayName: randomUUID() })
    expect(await memberIds(strict, team)).toEqual([made.id])
    await scim.put(`/Groups/${team.id}`, { schemas: [groupSchema], displayName: randomUUID(), members: [] })
    expect(await memberIds(strict, team)).toEqual([])
  }
})

seen('D-18 ne finds whom the attribute is missing from, as not eq does', async ({ scim: tolerant, strict }) => {
  const userType = randomUUID()
  const [same, other, none] = [
    await user(strict, { userType, title: 'Cook' }),
    await user(strict, { userType, title: 'Baker' }),
    await user(strict, { userType }),
  ]
  for (const scim of [strict, tolerant]) {
    for (const filter of ['title ne "Cook"', 'not (title eq "Cook")']) {
      expect(await idsBy(scim, `userType eq "${userType}" and ${filter}`)).toEqual([other.id, none.id].toSorted())
    }
    expect(await idsBy(scim, `userType eq "${userType}" and title eq "Cook"`)).toEqual([same.id])
  }
})

seen('D-19 conditions on dotted names may hold for different elements; brackets bind them to one', async ({ scim: tolerant, strict }) => {
  const userType = randomUUID()
  const emails = [
    { type: 'work', value: 'a@work.example' },
    { type: 'home', value: 'b@home.example' },
  ]
  const made = await user(strict, { userType, emails })
  for (const scim of [strict, tolerant]) {
    const found = (filter: string) => idsBy(scim, `userType eq "${userType}" and ${filter}`)
    expect(await found('emails.type eq "work" and emails.value ew "@home.example"')).toEqual([made.id])
    expect(await found('emails[type eq "work" and value ew "@home.example"]')).toEqual([])
    expect(await found('emails[type eq "work" and value ew "@work.example"]')).toEqual([made.id])
  }
})

seen('D-20 two primary values in one body are refused; in a PATCH the newcomer is primary', async ({ scim: tolerant, strict }) => {
  const [work, home] = [
    { type: 'work', value: 'a@work.example', primary: true },
    { type: 'home', value: 'b@home.example', primary: true },
  ]
  for (const scim of [strict, tolerant]) {
    const made = await user(scim, { emails: [work] })
    const body = { schemas: [userSchema], userName: randomUUID(), emails: [work, home] }
    expectError(await scim.post('/Users', body), 400, 'invalidValue')
    expectError(await scim.put(`/Users/${made.id}`, body), 400, 'invalidValue')
    const { body: patched } = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'emails', value: [home] }])
    expect(patched.emails).toEqual([{ ...work, primary: false }, home])
  }
})

/** The ids of the users that a filter selects, sorted. */
async function idsBy(scim: ScimClient, filter: string): Promise<readonly string[]> {
  return (await found(scim, filter)).map(({ id }) => id).sort()
}

async function memberIds(scim: ScimClient, team: Body): Promise<readonly string[]> {
  const { members = [] } = await read(scim, team)
  return members.map(({ value }: Body) => value)
}
