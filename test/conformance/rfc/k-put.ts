import { expect } from 'vitest'
import { userSchema } from '../../scim-client.ts'
import { expectError, fresh, group, read, row, user } from './world.ts'

row(151, async ({ scim }) => {
  const made = await user(scim, { title: 'T' })
  const { status, body } = await scim.put(`/Users/${made.id}`, { ...made, title: 'U' })
  expect([status, body.title, body.id]).toEqual([200, 'U', made.id])
  expect(body).toEqual(await read(scim, made))
})

row(152, async ({ scim }) => {
  const id = crypto.randomUUID()
  expectError(await scim.put(`/Users/${id}`, { schemas: [userSchema], userName: fresh() }), 404)
  expectError(await scim.get(`/Users/${id}`), 404)
})

row(153, async ({ scim }) => {
  const made = await user(scim, { title: 'T', emails: [{ value: 'a@example.com' }] })
  const { body } = await scim.put(`/Users/${made.id}`, { ...made, title: 'U', emails: [{ value: 'b@example.com' }] })
  expect([body.title, body.emails]).toEqual(['U', [{ value: 'b@example.com' }]])
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
  expectError(await scim.patch(`/Groups/${team.id}`, [{ op: 'replace', path: 'members.value', value: grace.id }]), 400, 'mutability')
  const put = await scim.put(`/Groups/${team.id}`, { ...team, members: [{ value: ada.id }, { value: grace.id }] })
  expect([put.status, put.body.members.length]).toEqual([200, 2])
})

row(158, async ({ scim }) => {
  const { id } = await user(scim)
  expectError(await scim.put(`/Users/${id}`, { schemas: [userSchema], title: 'T' }), 400, 'invalidValue')
})

row(159, async ({ scim }) => {
  const [mine, theirs] = [await user(scim), await user(scim)]
  expectError(await scim.put(`/Users/${mine.id}`, { ...mine, userName: theirs.userName.toUpperCase() }), 409, 'uniqueness')
  expect(await read(scim, mine)).toEqual(mine)
})

row(160, async ({ scim }) => {
  const made = await user(scim, { title: 'T', name: { givenName: 'A' } })
  const { status, body, headers } = await scim.put(`/Users/${made.id}`, made)
  expect([status, body]).toEqual([200, made])
  expect(headers.get('ETag')).toBe(made.meta.version)
})
