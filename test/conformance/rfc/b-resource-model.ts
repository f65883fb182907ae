import { expect } from 'vitest'
import { enterpriseSchema, groupSchema, userSchema } from '../../scim-client.ts'
import { accountSchema, expectError, filtered, found, fresh, group, patchSchema, read, searchSchema, user, row } from './world.ts'

row(21, async ({ scim }) => {
  const { id } = await user(scim)
  await group(scim, [id])
  for (const path of [`/Users/${id}`, '/Users', '/Groups', '/Schemas', '/ResourceTypes', '/ServiceProviderConfig', '/Users/nobody']) {
    const { body } = await scim.get(path)
    for (const one of [body, ...(body.Resources ?? [])]) expect(one.schemas.length).toBeGreaterThan(0)
  }
})

row(22, async ({ scim }) => {
  const { body } = await scim.post('/Users', { schemas: [userSchema, userSchema], userName: fresh() })
  expect(body.schemas).toEqual([userSchema, accountSchema])
})

row(23, async ({ scim, strict }) => {
  const unknown = 'urn:example:scim:schemas:2.0:Robot'
  const wish = { schemas: [userSchema, unknown], userName: fresh() }
  const refused = await strict.post('/Users', wish)
  expect(refused.status).toBe(400)
  expect(['invalidSyntax', 'invalidValue']).toContain(refused.body.scimType)
  expect((await scim.post('/Users', wish)).body.schemas).not.toContain(unknown)
})

row(24, async ({ scim }) => {
  const schemas = [userSchema, enterpriseSchema]
  const one = await scim.post('/Users', { schemas, userName: fresh(), [enterpriseSchema]: { department: 'D' } })
  const other = await scim.post('/Users', { schemas: schemas.toReversed(), userName: fresh(), [enterpriseSchema]: { department: 'D' } })
  expect(other.body.schemas).toEqual(one.body.schemas)
  expect(other.body[enterpriseSchema]).toEqual(one.body[enterpriseSchema])
})

row(25, async ({ scim, strict }) => {
  for (const schemas of [{ schemas: [enterpriseSchema] }, {}]) {
    expectError(await strict.post('/Users', { ...schemas, userName: fresh() }), 400, 'invalidSyntax')
    const tolerant = await scim.post('/Users', { ...schemas, userName: fresh() })
    expect([tolerant.status, tolerant.body.schemas[0]]).toEqual([201, userSchema])
  }
})

row(26, async ({ scim }) => {
  const made = await user(scim, { schemas: [userSchema, enterpriseSchema], [enterpriseSchema]: { department: 'Physics' } })
  expect(made.schemas).toContain(enterpriseSchema)
  expect((await read(scim, made))[enterpriseSchema]).toEqual({ department: 'Physics' })
})

row(27, async ({ scim }) => {
  const made = await user(scim)
  const ids = [made.id, (await read(scim, made)).id, (await read(scim, made)).id]
  await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'title', value: 'x' }])
  expect(new Set([...ids, (await read(scim, made)).id])).toEqual(new Set([made.id]))
  expect(made.id).not.toBe('')
})

row(28, async ({ scim }) => {
  const made = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? user(scim) : group(scim))))
  expect(new Set(made.map(({ id }) => id)).size).toBe(20)
})

row(29, async ({ scim }) => {
  const id = '00000000-0000-4000-8000-000000000000'
  const made = await user(scim, { id })
  expect(made.id).not.toBe(id)
  const put = await scim.put(`/Users/${made.id}`, { ...made, id })
  expect([put.status, put.body.id]).toEqual([200, made.id])
})

row(30, async ({ scim }) => {
  for (let index = 0; index < 5; index += 1) expect((await user(scim)).id).not.toMatch(/bulkid/i)
})

row(31, async ({ scim }) => {
  const gone = await user(scim)
  await scim.delete(`/Users/${gone.id}`)
  expect((await user(scim, { userName: gone.userName })).id).not.toBe(gone.id)
})

row(32, async ({ scim }) => {
  expect(Object.keys(await user(scim))).not.toContain('externalId')
})

row(33, async ({ scim, other }) => {
  const externalId = fresh('external')
  const [mine, theirs] = [await user(scim, { externalId }), await user(other, { externalId })]
  expect((await found(scim, `externalId eq "${externalId}"`)).map(({ id }) => id)).toEqual([mine.id])
  expect((await found(other, `externalId eq "${externalId}"`)).map(({ id }) => id)).toEqual([theirs.id])
})

row(34, async ({ scim }) => {
  const meta = { created: '2001-01-01T00:00:00Z', version: 'W/"77"' }
  const made = await user(scim, { meta })
  expect(made.meta).toMatchObject({ version: 'W/"1"' })
  expect(Date.parse(made.meta.created)).toBeGreaterThan(Date.parse('2020-01-01T00:00:00Z'))
  expect((await scim.put(`/Users/${made.id}`, { ...made, meta })).body.meta).toEqual(made.meta)
  expectError(await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'meta.created', value: meta.created }]), 400, 'mutability')
})

row(35, async ({ scim }) => {
  const { meta } = await user(scim)
  expect(meta.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
  expect(meta.lastModified).toBe(meta.created)
})

row(36, async ({ scim }) => {
  const made = await user(scim)
  await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'title', value: 'x' }])
  const { meta } = await read(scim, made)
  expect(meta.created).toBe(made.meta.created)
  expect(Date.parse(meta.lastModified)).toBeGreaterThan(Date.parse(made.meta.lastModified))
})

row(37, async ({ scim, token }) => {
  const { headers, body } = await scim.post('/Users', { schemas: [userSchema], userName: fresh() })
  expect(headers.get('Location')).toBe(body.meta.location)
  const there = await fetch(body.meta.location, { headers: { Authorization: `Bearer ${token}` } })
  expect(((await there.json()) as { id: string }).id).toBe(body.id)
})

row(38, async ({ scim }) => {
  expect((await user(scim)).meta.resourceType).toBe('User')
  expect((await group(scim)).meta.resourceType).toBe('Group')
})

row(39, async ({ scim }) => {
  for (const name of [{}, { userName: '' }, { userName: '   ' }, { userName: null }]) {
    expectError(await scim.post('/Users', { schemas: [userSchema], ...name }), 400, 'invalidValue')
  }
})

row(40, async ({ scim }) => {
  const userName = fresh('bjensen')
  await user(scim, { userName })
  expectError(await scim.post('/Users', { schemas: [userSchema], userName: userName.toUpperCase() }), 409, 'uniqueness')
})

row(41, async ({ scim }) => {
  const stem = fresh()
  const spellings = [`café${stem}`, `cafe\u0301${stem}`, `ＣＡＦÉ${stem}`]
  await user(scim, { userName: spellings[0] })
  for (const userName of spellings.slice(1)) expectError(await scim.post('/Users', { schemas: [userSchema], userName }), 409, 'uniqueness')
  for (const spelling of spellings) expect(await found(scim, `userName eq "${spelling}"`)).toHaveLength(1)
})

row(42, async ({ scim }) => {
  for (const name of [{}, { displayName: '' }])
    expectError(await scim.post('/Groups', { schemas: [groupSchema], ...name }), 400, 'invalidValue')
})

row(43, async ({ scim }) => {
  const password = fresh('secret')
  const made = await user(scim, { password })
  const answers = [
    made,
    await read(scim, made),
    (await scim.get(`/Users/${made.id}?attributes=password`)).body,
    (await scim.get('/Users?attributes=password&count=500')).body,
    (await scim.post('/Users/.search', { schemas: [searchSchema], attributes: ['password'] })).body,
  ]
  for (const answer of answers) expect(JSON.stringify(answer)).not.toMatch(/password|secret\d/)
})

row(44, async ({ scim }) => {
  const { id } = await user(scim)
  for (const path of ['password', 'Password', `${userSchema}:password`]) {
    const { body } = await scim.patch(`/Users/${id}`, [{ op: 'add', path, value: 'horse staple' }])
    expect(JSON.stringify(body)).not.toContain('horse staple')
  }
  expect(JSON.stringify((await scim.get('/Schemas')).body)).not.toContain('"password"')
})

row(45, async ({ scim }) => {
  const made = await user(scim)
  const { id } = await group(scim)
  const put = await scim.put(`/Users/${made.id}`, { ...made, groups: [{ value: id }] })
  expect([put.status, put.body.groups]).toEqual([200, undefined])
  expectError(await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'groups', value: [{ value: id }] }]), 400, 'mutability')
})

row(46, async ({ scim }) => {
  const made = await user(scim)
  const { id, displayName, meta } = await group(scim, [made.id])
  expect((await read(scim, made)).groups).toEqual([{ value: id, $ref: meta.location, display: displayName, type: 'direct' }])
})

row(47, async ({ scim }) => {
  const members = [{ value: crypto.randomUUID() }]
  expectError(await scim.post('/Groups', { schemas: [groupSchema], displayName: fresh(), members }), 400, 'invalidValue')
})

row(48, async ({ scim }) => {
  const emails = [
    { value: 'a@example.com', primary: true },
    { value: 'b@example.com', primary: true },
  ]
  expectError(await scim.post('/Users', { schemas: [userSchema], userName: fresh(), emails }), 400, 'invalidValue')
})

row(49, async ({ scim }) => {
  const made = await user(scim, { emails: [{ value: `${fresh()}@example.com` }] })
  expect(made.emails[0].primary ?? false).toBe(false)
  expect(await found(scim, `id eq "${made.id}" and emails[primary eq true]`)).toEqual([])
})

row(50, async ({ scim }) => {
  const email = { value: 'a@example.com', type: 'work' }
  const made = await user(scim, { emails: [email, email] })
  expect(made.emails).toEqual([email])
  const put = await scim.put(`/Users/${made.id}`, { ...made, emails: [email, email] })
  expect([put.status, put.body]).toEqual([200, made])
  const { body } = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'emails', value: [email, email] }])
  expect(body).toEqual(made)
})

row(51, async ({ scim }) => {
  const full = { title: 'T', nickName: 'N', emails: [{ value: 'a@example.com' }] }
  const empty = { title: null, nickName: null, emails: [] }
  const put = await user(scim, full)
  await scim.put(`/Users/${put.id}`, { ...put, ...empty })
  const patched = await user(scim, full)
  await scim.patch(
    `/Users/${patched.id}`,
    Object.entries(empty).map(([path, value]) => ({ op: 'replace', path, value })),
  )
  for (const made of [await user(scim, empty), put, patched]) {
    const now = await read(scim, made)
    for (const name of Object.keys(empty)) expect(now).not.toHaveProperty(name)
    expect(await found(scim, `id eq "${made.id}" and (title pr or emails pr or nickName pr)`)).toEqual([])
  }
})

row(52, async ({ scim }) => {
  expect(JSON.stringify((await scim.get('/Schemas')).body)).not.toMatch(/"type":"(integer|decimal)"/)
})

row(53, async ({ scim }) => {
  expectError(await filtered(scim, 'meta.created gt "2026-01-01"'), 400, 'invalidFilter')
  const { Resources } = (await scim.get('/Schemas')).body
  const dates = Resources.flatMap(({ attributes }: { attributes: { type: string; mutability: string }[] }) => attributes).filter(
    ({ type }: { type: string }) => type === 'dateTime',
  )
  expect(dates.every(({ mutability }: { mutability: string }) => mutability === 'readOnly')).toBe(true)
})

row(54, async ({ scim }) => {
  const wrong = { schemas: [userSchema], userName: fresh(), x509Certificates: [{ value: 'not base64!' }] }
  expectError(await scim.post('/Users', wrong), 400, 'invalidValue')
  for (const value of ['TWFu', 'TWE=', 'TWE']) {
    const made = await user(scim, { x509Certificates: [{ value }] })
    expect((await read(scim, made)).x509Certificates).toEqual([{ value }])
  }
})

row(55, async ({ scim, strict }) => {
  const profileUrl = 'not a uri'
  expectError(await strict.post('/Users', { schemas: [userSchema], userName: fresh(), profileUrl }), 400, 'invalidValue')
  expect(decodeURIComponent((await user(scim, { profileUrl })).profileUrl)).toBe(profileUrl)
})

row(56, async ({ scim, token }) => {
  const manager = await user(scim)
  const made = await user(scim, { [enterpriseSchema]: { manager: { value: manager.id } } })
  const { members } = await group(scim, [made.id])
  const { groups, [enterpriseSchema]: enterprise } = await read(scim, made)
  for (const { $ref } of [...members, ...groups, enterprise.manager]) {
    expect((await fetch($ref, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200)
  }
})

row(57, async ({ scim }) => {
  const { Resources } = (await scim.get('/Schemas')).body
  for (const { attributes } of Resources) {
    for (const { subAttributes = [] } of attributes) {
      for (const sub of subAttributes) expect([sub.type === 'complex', sub.subAttributes]).toEqual([false, undefined])
    }
  }
})

row(58, async ({ scim }) => {
  const [ada, grace] = [await user(scim), await user(scim)]
  const { id } = await group(scim, [ada.id])
  const operation = { op: 'replace', path: `members[value eq "${ada.id}"].value`, value: grace.id }
  expectError(await scim.patch(`/Groups/${id}`, [operation]), 400, 'mutability')
})

row(59, async ({ scim }) => {
  const { id } = await user(scim)
  for (const path of ['id', 'meta.resourceType', 'groups', `${accountSchema}:status`]) {
    expectError(await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'x' }]), 400, 'mutability')
  }
})

row(60, async ({ scim }) => {
  const externalId = fresh('AbC')
  expect((await user(scim, { externalId })).externalId).toBe(externalId)
  expect(await found(scim, `externalId eq "${externalId}"`)).toHaveLength(1)
  expect(await found(scim, `externalId eq "${externalId.toLowerCase()}"`)).toEqual([])
})

row(61, async ({ scim }) => {
  const title = fresh('Dean')
  const made = await user(scim, { title })
  expect(made.title).toBe(title)
  expect((await found(scim, `title eq "${title.toUpperCase()}"`)).map(({ id }) => id)).toEqual([made.id])
})

row(62, async ({ scim }) => {
  const { Resources } = (await scim.get('/ResourceTypes')).body
  for (const { schemaExtensions = [] } of Resources) for (const { required } of schemaExtensions) expect(required).toBe(false)
  await user(scim)
})

row(63, async ({ scim, strict }) => {
  const addresses = [{ country: 'USA' }]
  const made = await user(scim, { addresses })
  expect(made.addresses).toEqual(addresses)
  // What one token stored, another one can put back and change nothing.
  const back = await strict.put(`/Users/${made.id}`, made)
  expect([back.status, back.body]).toEqual([200, made])
})

row(64, async ({ scim }) => {
  const local = fresh('A')
  const made = await user(scim, { emails: [{ value: `${local}@EXAMPLE.COM` }] })
  expect((await found(scim, `emails.value eq "${local}@example.com"`)).map(({ id }) => id)).toEqual([made.id])
})

row(65, async ({ scim, strict }) => {
  const made = await user(scim, { shoeSize: 42 })
  expect(made.shoeSize).toBeUndefined()
  const put = await scim.put(`/Users/${made.id}`, { ...made, shoeSize: 42 })
  expect([put.status, put.body.shoeSize]).toEqual([200, undefined])
  expect((await scim.patch(`/Users/${made.id}`, [{ op: 'add', value: { shoeSize: 42 } }])).status).toBe(200)
  expectError(await strict.post('/Users', { schemas: [userSchema], userName: fresh(), shoeSize: 42 }), 400, 'invalidSyntax')
  expectError(await strict.put(`/Users/${made.id}`, { schemas: [userSchema], userName: made.userName, shoeSize: 42 }), 400, 'invalidSyntax')
  const body = { schemas: [patchSchema], Operations: [{ op: 'add', value: { shoeSize: 42 } }] }
  expect((await strict.request('PATCH', `/Users/${made.id}`, body)).status).toBe(400)
})
