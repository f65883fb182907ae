import { expect } from 'vitest'
import { expectError, group, read, row, user } from './world.ts'

const work = { value: 'a@x.com', type: 'work', display: 'A' }
const home = { value: 'a@y.com', type: 'home' }

row(188, async ({ scim }) => {
  const { id } = await user(scim)
  expectError(await scim.patch(`/Users/${id}`, [{ op: 'remove' }]), 400, 'noTarget')
})

row(189, async ({ scim }) => {
  const { id } = await user(scim, { nickName: 'N', name: { middleName: 'M', givenName: 'G' } })
  const { body } = await scim.patch(`/Users/${id}`, [
    { op: 'remove', path: 'nickName' },
    { op: 'remove', path: 'name.middleName' },
  ])
  expect([body.nickName, body.name]).toEqual([undefined, { givenName: 'G' }])
})

row(190, async ({ scim }) => {
  const { id } = await user(scim, { emails: [work, home] })
  expect((await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'emails' }])).body.emails).toBeUndefined()
  const team = await group(scim, [id])
  expect((await scim.patch(`/Groups/${team.id}`, [{ op: 'remove', path: 'members' }])).status).toBe(204)
  expect((await read(scim, team)).members).toBeUndefined()
})

row(191, async ({ scim }) => {
  const [ada, grace] = [await user(scim, { emails: [work, home] }), await user(scim)]
  const { body } = await scim.patch(`/Users/${ada.id}`, [{ op: 'remove', path: 'emails[type eq "work" and value ew "x.com"]' }])
  expect(body.emails).toEqual([home])
  const team = await group(scim, [ada.id, grace.id])
  await scim.patch(`/Groups/${team.id}`, [{ op: 'remove', path: `members[value eq "${ada.id}"]` }])
  expect((await read(scim, team)).members.map(({ value }: { value: string }) => value)).toEqual([grace.id])
})

row(192, async ({ scim }) => {
  const { id } = await user(scim, { emails: [work] })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'emails[type eq "work"]' }])
  expect(Object.keys(body).includes('emails')).toBe(false)
})

row(193, async ({ scim }) => {
  const { id } = await user(scim, { emails: [work] })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'emails[type eq "work"].display' }])
  expect(body.emails).toEqual([{ value: 'a@x.com', type: 'work' }])
})

row(194, async ({ scim }) => {
  const [made, team] = [await user(scim), await group(scim)]
  for (const path of [`/Users/${made.id} userName`, `/Users/${made.id} id`, `/Groups/${team.id} displayName`, `/Groups/${team.id} id`]) {
    const [resource = '', attribute] = path.split(' ')
    expectError(await scim.patch(resource, [{ op: 'remove', path: attribute }]), 400, 'mutability')
  }
})

row(195, async ({ scim }) => {
  const [made, stranger] = [await user(scim), await user(scim)]
  const team = await group(scim, [made.id])
  expect((await scim.patch(`/Groups/${team.id}`, [{ op: 'remove', path: `members[value eq "${stranger.id}"]` }])).status).toBe(204)
  expect((await scim.patch(`/Users/${made.id}`, [{ op: 'remove', path: 'nickName' }])).status).toBe(200)
  expect([(await read(scim, team)).meta, (await read(scim, made)).meta]).toEqual([team.meta, made.meta])
})
