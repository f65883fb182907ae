import { expect } from 'vitest'
import { enterpriseSchema, userSchema } from '../../scim-client.ts'
import { accountSchema, expectError, fresh, group, namesFound, read, row, user } from './world.ts'

row(151, async ({ scim }) => {
  const made = await user(scim, { title: 'T' })
  const { status, body } = await scim.put(`/Users/${made.id}`, { ...made, title: 'U' })
  expect([status, body.title, body.id]).toEqual([200, 'U', made.id])
  expect(body).toEqual(await read(scim, made))
})

row(152, async ({ scim }) => {
  const userName = fresh('unborn')
  for (const id of [crypto.randomUUID(), 'no-id', userName]) {
    expectError(await scim.put(`/Users/${id}`, { schemas: [userSchema], userName }), 404)
    expectError(await scim.get(`/Users/${id}`), 404)
  }
  expect(await namesFound(scim, `userName eq "${userName}"`)).toEqual([])
})

row(153, async ({ scim }) => {
  const made = await user(scim, {
    externalId: fresh('before'),
    title: 'T',
    emails: [{ value: 'a@example.com' }],
    [enterpriseSchema]: { department: 'D' },
  })
  const written = {
    userName: fresh('renamed'),
    externalId: fresh('after'),
    title: 'U',
    active: false,
    emails: [{ value: 'b@example.com', type: 'home', primary: true }],
    [enterpriseSchema]: { costCenter: 'C' },
  }
  const { body } = await scim.put(`/Users/${made.id}`, { schemas: [userSchema, enterpriseSchema], ...written })
  const { schemas: _schemas, id: _id, meta: _meta, [accountSchema]: _account, ...rest } = body
  expect(rest).toEqual(written)
})

row(154, async ({ scim }) => {
  const { id, userName } = await user(scim, { title: 'T', active: true })
  const { body } = await scim.put(`/Users/${id}`, { schemas: [userSchema], userName })
  expect([body.title, body.active]).toEqual([undefined, true])
  await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }])
  expect((await scim.put(`/Users/${id}`, { schemas: [userSchema], userName })).body.active).toBe(false)
  const member = await user(scim)
  const team = await group(scim, [member.id])
  const { members: _members, ...rest } = team
  expect((await scim.put(`/Groups/${team.id}`, rest)).status).toBe(200)
  expect((await read(scim, team)).members).toHaveLength(1)
})

row(155, async ({ scim }) => {
  const made = await user(scim, { title: 'T', emails: [{ value: 'a@example.com' }] })
  const { status, body } = await scim.put(`/Users/${made.id}`, { ...made, title: null, emails: [] })
  expect([status, body.title, body.emails]).toEqual([200, undefined, undefined])
})

row(156, async ({ scim }) => {
  const made = await user(scim)
  const wish = { ...made, id: 'mine', meta: { version: 'W/"9"' }, groups: [{ value: 'x' }] }
  const { status, body } = await scim.put(`/Users/${made.id}`, wish)
  expect([status, body]).toEqual([200, made])
})

row(157, async ({ scim }) => {
  const [ada, grace] = [await user(scim), await user(scim)]
  const team = await group(scim, [ada.id])
  const put = (members: readonly object[]) => scim.put(`/Groups/${team.id}`, { ...team, members })
  expectError(await scim.patch(`/Groups/${team.id}`, [{ op: 'replace', path: 'members.value', value: grace.id }]), 400, 'mutability')
  expectError(await put([{ ...team.members[0], type: 'Group' }]), 400, 'invalidValue')
  const same = await put(team.members)
  expect([same.status, same.body]).toEqual([200, team])
  const joined = await put([{ value: ada.id }, { value: grace.id }])
  expect([joined.status, joined.body.members.length]).toEqual([200, 2])
})

row(158, async ({ scim, strict }) => {
  const made = await user(scim)
  const team = await group(scim)
  for (const client of [scim, strict]) {
    for (const name of [undefined, null, '', '   ']) {
      expectError(await client.put(`/Users/${made.id}`, { schemas: [userSchema], userName: name, title: 'T' }), 400, 'invalidValue')
      expectError(await client.put(`/Groups/${team.id}`, { schemas: team.schemas, displayName: name }), 400, 'invalidValue')
    }
  }
  expect([await read(scim, made), await read(scim, team)]).toEqual([made, team])
})

row(159, async ({ scim }) => {
  const [mine, theirs] = [await user(scim), await user(scim)]
  expectError(await scim.put(`/Users/${mine.id}`, { ...mine, userName: theirs.userName.toUpperCase() }), 409, 'uniqueness')
  expect(await read(scim, mine)).toEqual(mine)
})

row(160, async ({ scim, strict }) => {
  const made = await user(scim, { title: 'T', name: { givenName: 'A' }, emails: [{ value: 'a@example.com', primary: true }] })
  const team = await group(scim, [made.id])
  const whole = await read(scim, made)
  for (const client of [scim, strict]) {
    for (const [path, before] of [
      [`/Users/${made.id}`, whole],
      [`/Groups/${team.id}`, team],
    ]) {
      const { status, body, headers } = await client.put(path, before)
      expect([status, body, headers.get('ETag')]).toEqual([200, before, before.meta.version])
    }
  }
})
