import { expect } from 'vitest'
import { bulkSchema, expectError, fresh, group, read, row, user } from './world.ts'
import { userSchema } from '../../scim-client.ts'

row(196, async ({ scim }) => {
  const { id } = await user(scim, { title: 'T', nickName: 'N' })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'replace', value: { title: 'U' } }])
  expect([body.title, body.nickName]).toEqual(['U', 'N'])
})

row(197, async ({ scim }) => {
  const { id } = await user(scim)
  for (const value of ['absent', 'present']) {
    expect((await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }])).body.title).toBe(value)
  }
})

row(198, async ({ scim }) => {
  const { id } = await user(scim, { emails: [{ value: 'a@example.com' }, { value: 'b@example.com' }] })
  const emails = [{ value: 'c@example.com', type: 'home' }]
  expect((await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'emails', value: emails }])).body.emails).toEqual(emails)
  expect((await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'emails', value: [] }])).body.emails).toBeUndefined()
})

row(199, async ({ scim }) => {
  const { id } = await user(scim, { name: { givenName: 'A', familyName: 'L' } })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'name', value: { givenName: 'B' } }])
  expect(body.name).toEqual({ givenName: 'B', familyName: 'L' })
})

row(200, async ({ scim }) => {
  const home = { type: 'home', locality: 'Rome' }
  const value = { type: 'work', region: 'Oslo', postalCode: '1' }
  for (const localities of [['Paris'], ['Paris', 'Vienna']]) {
    const addresses = [...localities.map((locality) => ({ type: 'work', locality })), home]
    const { id } = await user(scim, { addresses })
    const { body } = await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'addresses[type eq "work"]', value }])
    // Nothing is left of what was, and two that became the same are one.
    expect(body.addresses).toEqual([value, home])
  }
})

row(201, async ({ scim }) => {
  const addresses = ['one', 'two', 'three'].map((locality, index) => ({ type: index === 1 ? 'home' : 'work', locality }))
  const { id } = await user(scim, { addresses })
  const operation = { op: 'replace', path: 'addresses[type eq "work"].streetAddress', value: 'Main St' }
  const { body } = await scim.patch(`/Users/${id}`, [operation])
  expect(body.addresses.map(({ streetAddress }: { streetAddress?: string }) => streetAddress)).toEqual(['Main St', undefined, 'Main St'])
})

row(202, async ({ scim, strict }) => {
  const { id } = await user(scim)
  const operation = { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@example.com' }
  expectError(await strict.patch(`/Users/${id}`, [operation]), 400, 'noTarget')
  expect((await scim.patch(`/Users/${id}`, [operation])).body.emails).toEqual([{ type: 'work', value: 'a@example.com' }])
  const several = { op: 'replace', path: 'emails[type eq "home" or type eq "other"].value', value: 'b@example.com' }
  expectError(await scim.patch(`/Users/${id}`, [several]), 400, 'noTarget')
})

row(203, async ({ scim }) => {
  const Operations = Array.from({ length: 1_000 }, (_, index) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `u${index}`,
    data: { schemas: [userSchema], userName: fresh('thousand') },
  }))
  const { body } = await scim.post('/Bulk', { schemas: [bulkSchema], Operations })
  const ids = body.Operations.map(({ location }: { location: string }) => location.split('/').at(-1))
  const stranger = await user(scim)
  const team = await group(scim, [stranger.id])
  const value = ids.map((id: string) => ({ value: id }))
  expect((await scim.patch(`/Groups/${team.id}`, [{ op: 'replace', path: 'members', value }])).status).toBe(204)
  const after = await read(scim, team)
  expect(after.members.map(({ value: id }: { value: string }) => id).sort()).toEqual(ids.toSorted())
  expect(after.meta.version).toBe('W/"2"')
})
