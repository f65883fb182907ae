import { expect } from 'vitest'
import { enterpriseSchema, userSchema } from '../../scim-client.ts'
import { expectError, fresh, group, patchSchema, read, row, user } from './world.ts'

row(161, async ({ scim }) => {
  expect((await scim.get('/ServiceProviderConfig')).body.patch).toEqual({ supported: true })
  const { id } = await user(scim)
  expect((await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'T' }])).body.title).toBe('T')
})

row(162, async ({ scim, strict }) => {
  const { id } = await user(scim)
  const Operations = [{ op: 'add', path: 'title', value: 'T' }]
  for (const schemas of [undefined, [], [userSchema]]) {
    expectError(await strict.request('PATCH', `/Users/${id}`, { schemas, Operations }), 400, 'invalidSyntax')
  }
  expect((await scim.request('PATCH', `/Users/${id}`, { Operations })).status).toBe(200)
})

row(163, async ({ strict, scim }) => {
  const { id } = await user(scim)
  for (const Operations of [undefined, [], {}, 'x', null]) {
    const answer = await strict.request('PATCH', `/Users/${id}`, { schemas: [patchSchema], Operations })
    expect(answer.status).toBe(400)
    expect(['invalidSyntax', 'invalidValue']).toContain(answer.body.scimType)
  }
})

row(164, async ({ scim }) => {
  const { id } = await user(scim)
  for (const operation of [{ path: 'title', value: 'x' }, { op: 'move', path: 'title', value: 'x' }, { op: 5 }, { op: null }]) {
    expectError(await scim.patch(`/Users/${id}`, [operation]), 400, 'invalidSyntax')
  }
  const twice = `{"schemas":["${patchSchema}"],"Operations":[{"op":"add","OP":"remove","path":"title","value":"x"}]}`
  expectError(await scim.request('PATCH', `/Users/${id}`, twice), 400, 'invalidSyntax')
})

row(165, async ({ scim }) => {
  const { id } = await user(scim)
  const { body } = await scim.patch(`/Users/${id}`, [
    { op: 'add', path: 'emails', value: [{ type: 'work', value: 'a@example.com' }] },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'b@example.com' },
  ])
  expect(body.emails).toEqual([{ type: 'work', value: 'b@example.com' }])
})

row(166, async ({ scim }) => {
  const made = await user(scim)
  const answer = await scim.patch(`/Users/${made.id}`, [
    { op: 'add', path: 'title', value: 'T' },
    { op: 'add', path: 'nickName', value: 'N' },
    { op: 'replace', path: 'id', value: 'x' },
  ])
  expectError(answer, 400, 'mutability')
  expect(await read(scim, made)).toEqual(made)
})

row(167, async ({ scim }) => {
  const made = await user(scim)
  const patched = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'title', value: 'T' }])
  expect([patched.status, patched.body]).toEqual([200, await read(scim, made)])
  const team = await group(scim)
  const silent = await scim.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: [{ value: made.id }] }])
  expect([silent.status, silent.body]).toEqual([204, undefined])
  expect(silent.headers.get('ETag')).toBe((await read(scim, team)).meta.version)
})

row(168, async ({ scim }) => {
  const made = await user(scim)
  const { status, body } = await scim.patch(`/Users/${made.id}?attributes=userName`, [{ op: 'add', path: 'title', value: 'T' }])
  expect([status, Object.keys(body).sort()]).toEqual([200, ['id', 'schemas', 'userName']])
  const team = await group(scim)
  const named = await scim.patch(`/Groups/${team.id}?attributes=displayName`, [{ op: 'replace', path: 'displayName', value: fresh() }])
  expect([named.status, Object.keys(named.body).sort()]).toEqual([200, ['displayName', 'id', 'schemas']])
})

row(169, async ({ scim }) => {
  const { id } = await user(scim, { emails: [{ value: 'a@example.com', primary: true }] })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'emails', value: [{ value: 'b@example.com', primary: true }] }])
  const primary = body.emails.filter((email: { primary?: boolean }) => email.primary)
  expect(primary.map(({ value }: { value: string }) => value)).toEqual(['b@example.com'])
  expect(body.emails).toHaveLength(2)
})

row(170, async ({ scim }) => {
  const { id } = await user(scim)
  for (const path of ['id', 'meta.created', 'groups', 'meta']) {
    for (const op of ['add', 'replace', 'remove']) {
      expectError(await scim.patch(`/Users/${id}`, [{ op, path, ...(op === 'remove' ? {} : { value: 'x' }) }]), 400, 'mutability')
    }
  }
})

row(171, async ({ scim }) => {
  const [ada, grace] = [await user(scim), await user(scim)]
  const { id } = await group(scim, [ada.id])
  const path = `members[value eq "${ada.id}"].value`
  expectError(await scim.patch(`/Groups/${id}`, [{ op: 'replace', path, value: grace.id }]), 400, 'mutability')
  expect((await scim.patch(`/Groups/${id}`, [{ op: 'add', path: 'members', value: [{ value: grace.id }] }])).status).toBe(204)
})

row(172, async ({ scim }) => {
  const { id } = await user(scim)
  for (const path of ['emails[', 'emails[]', 'a..b', 'name.', '', '[type eq "x"]', 'emails[type eq "x"', 'emails]']) {
    expectError(await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'x' }]), 400, 'invalidPath')
  }
})

row(173, async ({ scim, strict }) => {
  const { id } = await user(scim)
  for (const path of ['nosuch', 'name.nosuch', 'urn:x:nosuch']) {
    expectError(await strict.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'x' }]), 400, 'invalidPath')
  }
})

row(174, async ({ scim }) => {
  const { id } = await user(scim)
  for (const path of ['emails[nosuch eq "x"].value', 'emails[type regex "x"]', 'emails[type eq "x" and].value']) {
    const answer = await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value: 'x' }])
    expect(answer.status).toBe(400)
    expect(['invalidFilter', 'invalidPath']).toContain(answer.body.scimType)
  }
})

row(175, async ({ scim }) => {
  const { id, schemas } = await user(scim)
  expect(schemas).not.toContain(enterpriseSchema)
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'add', path: `${enterpriseSchema}:employeeNumber`, value: '7' }])
  expect(body[enterpriseSchema]).toEqual({ employeeNumber: '7' })
  expect(body.schemas).toContain(enterpriseSchema)
})

row(176, async ({ scim }) => {
  const { id } = await user(scim)
  for (const [path, value] of [
    [`${userSchema}:title`, 'one'],
    [`${userSchema.toUpperCase()}:TITLE`, 'two'],
    ['tItLe', 'three'],
  ]) {
    expect((await scim.patch(`/Users/${id}`, [{ op: 'replace', path, value }])).body.title).toBe(value)
  }
})

row(177, async ({ scim }) => {
  const { id } = await user(scim)
  for (const value of [5, {}, 'perhaps', null]) {
    const answer = await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value }])
    if (value !== null) expectError(answer, 400, 'invalidValue')
  }
})

row(178, async ({ scim }) => {
  const [mine, theirs] = [await user(scim), await user(scim)]
  const taken = await scim.patch(`/Users/${mine.id}`, [{ op: 'replace', path: 'userName', value: theirs.userName.toUpperCase() }])
  expectError(taken, 409, 'uniqueness')
})

row(179, async ({ scim }) => {
  expectError(await scim.patch(`/Users/${crypto.randomUUID()}`, [{ op: 'add', path: 'title', value: 'T' }]), 404)
})
