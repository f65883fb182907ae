import { expect } from 'vitest'
import { enterpriseSchema, userSchema } from '../../scim-client.ts'
import { accountSchema, expectError, fresh, group, patchSchema, read, row, user } from './world.ts'

row(161, async ({ scim }) => {
  expect((await scim.get('/ServiceProviderConfig')).body.patch).toEqual({ supported: true })
  const { id } = await user(scim)
  expect((await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'T' }])).body.title).toBe('T')
})

row(162, async ({ scim, strict }) => {
  const made = await user(scim)
  const Operations = [{ op: 'add', path: 'title', value: 'T' }]
  const wrong = [undefined, [], [userSchema]]
  for (const schemas of wrong) {
    expectError(await strict.request('PATCH', `/Users/${made.id}`, { schemas, Operations }), 400, 'invalidSyntax')
  }
  expect(await read(scim, made)).toEqual(made)
  for (const schemas of wrong) {
    const { status, body } = await scim.request('PATCH', `/Users/${made.id}`, { schemas, Operations })
    expect([status, body.title]).toEqual([200, 'T'])
  }
})

row(163, async ({ strict, scim }) => {
  const made = await user(scim)
  const ask = (client: typeof scim, Operations: unknown) =>
    client.request('PATCH', `/Users/${made.id}`, { schemas: [patchSchema], Operations })
  for (const client of [scim, strict]) {
    for (const Operations of [undefined, [], null, 'x', 7, {}]) expectError(await ask(client, Operations), 400, 'invalidSyntax')
  }
  expectError(await ask(strict, { op: 'add', path: 'title', value: 'T' }), 400, 'invalidSyntax')
  expect(await read(scim, made)).toEqual(made)
})

row(164, async ({ scim, strict }) => {
  const made = await user(scim)
  const operations = [
    '{"path":"title","value":"x"}',
    '{"op":null,"path":"title","value":"x"}',
    '{"op":5,"path":"title","value":"x"}',
    '{"op":["add"],"path":"title","value":"x"}',
    '{"op":"move","path":"title","value":"x"}',
    '{"op":"add","op":"remove","path":"title","value":"x"}',
    '{"op":"add","OP":"remove","path":"title","value":"x"}',
    '"add"',
  ]
  for (const client of [scim, strict]) {
    for (const operation of operations) {
      const body = `{"schemas":["${patchSchema}"],"Operations":[${operation}]}`
      expectError(await client.request('PATCH', `/Users/${made.id}`, body), 400, 'invalidSyntax')
    }
  }
  expect(await read(scim, made)).toEqual(made)
})

row(165, async ({ scim }) => {
  const { id } = await user(scim)
  const { body } = await scim.patch(`/Users/${id}`, [
    { op: 'add', path: 'emails', value: [{ type: 'work', value: 'a@example.com' }] },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'b@example.com' },
  ])
  expect(body.emails).toEqual([{ type: 'work', value: 'b@example.com' }])
})

row(166, async ({ scim, strict }) => {
  const [made, newcomer] = [await user(scim), await user(scim)]
  const team = await group(scim, [made.id])
  const before = await read(scim, made)
  for (const client of [scim, strict]) {
    const onUser = await client.patch(`/Users/${made.id}`, [
      { op: 'add', path: 'title', value: 'T' },
      { op: 'add', path: 'nickName', value: 'N' },
      { op: 'replace', path: 'id', value: 'x' },
    ])
    expectError(onUser, 400, 'mutability')
    const onGroup = await client.patch(`/Groups/${team.id}`, [
      { op: 'replace', path: 'displayName', value: fresh() },
      { op: 'add', path: 'members', value: [{ value: newcomer.id }] },
      { op: 'add', path: 'members', value: [{ value: crypto.randomUUID() }] },
    ])
    expectError(onGroup, 400, 'invalidValue')
  }
  expect([await read(scim, made), await read(scim, team)]).toEqual([before, team])
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

row(169, async ({ scim, strict }) => {
  for (const client of [scim, strict]) {
    const old = { value: 'a@example.com', primary: true }
    const added = { value: 'b@example.com', primary: true }
    const { id } = await user(client, { emails: [old] })
    const { body } = await client.patch(`/Users/${id}`, [{ op: 'add', path: 'emails', value: [added] }])
    expect(body.emails).toEqual([{ ...old, primary: false }, added])
  }
})

row(170, async ({ scim, strict }) => {
  const made = await user(scim)
  const paths = ['id', 'meta.created', 'meta', 'groups', 'groups.value', 'groups[value eq "x"].display', 'schemas']
  for (const client of [scim, strict]) {
    for (const path of [...paths, `${enterpriseSchema}:manager.displayName`, `${accountSchema}:status`]) {
      for (const op of ['add', 'replace', 'remove']) {
        const operation = { op, path, ...(op === 'remove' ? {} : { value: 'x' }) }
        expectError(await client.patch(`/Users/${made.id}`, [operation]), 400, 'mutability')
      }
    }
  }
  expect(await read(scim, made)).toEqual(made)
})

row(171, async ({ scim, strict }) => {
  const [ada, grace] = [await user(scim), await user(scim)]
  const team = await group(scim, [ada.id])
  for (const client of [scim, strict]) {
    for (const [part, value] of Object.entries({ value: grace.id, type: 'User', $ref: grace.meta.location })) {
      const path = `members[value eq "${ada.id}"].${part}`
      expectError(await client.patch(`/Groups/${team.id}`, [{ op: 'replace', path, value }]), 400, 'mutability')
    }
  }
  expect(await read(scim, team)).toEqual(team)
  const newcomer = { value: grace.id, type: 'User', $ref: grace.meta.location }
  expect((await strict.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: [newcomer] }])).status).toBe(204)
  expect((await read(scim, team)).members).toHaveLength(2)
})

row(172, async ({ scim, strict }) => {
  const made = await user(scim)
  const unclosed = ['emails[', 'emails[type eq "x"', 'emails]', 'emails[]', '[type eq "x"]', 'emails[type eq "x"]value']
  for (const client of [scim, strict]) {
    for (const path of [...unclosed, 'a..b', 'name.', '.name', 'name.givenName.x', '', ' ']) {
      for (const op of ['add', 'replace', 'remove']) {
        const operation = { op, path, ...(op === 'remove' ? {} : { value: 'x' }) }
        expectError(await client.patch(`/Users/${made.id}`, [operation]), 400, 'invalidPath')
      }
    }
  }
  expect(await read(scim, made)).toEqual(made)
})

row(173, async ({ scim, strict }) => {
  const made = await user(scim, { emails: [{ value: 'a@example.com', type: 'work' }] })
  for (const path of ['nosuch', 'name.nosuch', 'emails[type eq "work"].nosuch', `${enterpriseSchema}:nosuch`, 'urn:x:nosuch']) {
    const operations = [{ op: 'replace', path, value: 'x' }]
    expectError(await strict.patch(`/Users/${made.id}`, operations), 400, 'invalidPath')
    const { status, body } = await scim.patch(`/Users/${made.id}`, operations)
    expect([status, body]).toEqual([200, made])
  }
})

row(174, async ({ scim, strict }) => {
  const made = await user(scim, { emails: [{ value: 'a@example.com', type: 'work' }] })
  const filters = ['nosuch eq "x"', 'type regex "x"', 'type eq', 'type eq "work" and']
  for (const client of [scim, strict]) {
    for (const path of filters.flatMap((filter) => [`emails[${filter}]`, `emails[${filter}].value`])) {
      expectError(await client.patch(`/Users/${made.id}`, [{ op: 'replace', path, value: 'x' }]), 400, 'invalidFilter')
    }
  }
  expect(await read(scim, made)).toEqual(made)
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

row(177, async ({ scim, strict }) => {
  const made = await user(scim)
  for (const client of [scim, strict]) {
    for (const value of [5, {}, { value: 5 }, [true, false], 'perhaps']) {
      expectError(await client.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'active', value }]), 400, 'invalidValue')
      expectError(await client.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: value } }]), 400, 'invalidValue')
    }
  }
  expect(await read(scim, made)).toEqual(made)
})

row(178, async ({ scim, strict }) => {
  const [mine, theirs] = [await user(scim), await user(scim)]
  for (const client of [scim, strict]) {
    const taken = await client.patch(`/Users/${mine.id}`, [
      { op: 'add', path: 'title', value: 'T' },
      { op: 'replace', path: 'userName', value: theirs.userName.toUpperCase() },
    ])
    expectError(taken, 409, 'uniqueness')
  }
  expect(await read(scim, mine)).toEqual(mine)
})

row(179, async ({ scim }) => {
  for (const endpoint of ['/Users', '/Groups']) {
    for (const id of [crypto.randomUUID(), 'no-id']) {
      expectError(await scim.patch(`${endpoint}/${id}`, [{ op: 'replace', path: 'displayName', value: fresh() }]), 404)
    }
  }
})
