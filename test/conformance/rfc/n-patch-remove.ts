import { expect } from 'vitest'
import { expectError, found, group, read, row, user } from './world.ts'

const work = { value: 'a@x.com', type: 'work', display: 'A' }
const home = { value: 'a@y.com', type: 'home' }

row(188, async ({ scim, strict }) => {
  const made = await user(scim, { title: 'T' })
  for (const client of [scim, strict]) {
    for (const operation of [{ op: 'remove' }, { op: 'remove', value: { title: 'T' } }]) {
      expectError(await client.patch(`/Users/${made.id}`, [operation]), 400, 'noTarget')
    }
  }
  expect(await read(scim, made)).toEqual(made)
})

row(189, async ({ scim }) => {
  const { id } = await user(scim, { nickName: 'N', name: { middleName: 'M', givenName: 'G' } })
  const { body } = await scim.patch(`/Users/${id}`, [
    { op: 'remove', path: 'nickName' },
    { op: 'remove', path: 'name.middleName' },
  ])
  expect([body.nickName, body.name]).toEqual([undefined, { givenName: 'G' }])
})

row(190, async ({ scim, strict }) => {
  for (const client of [scim, strict]) {
    const [ada, grace] = [await user(client, { emails: [work, home] }), await user(client)]
    expect((await client.patch(`/Users/${ada.id}`, [{ op: 'remove', path: 'emails' }])).body).not.toHaveProperty('emails')
    const team = await group(client, [ada.id, grace.id])
    expect((await client.patch(`/Groups/${team.id}`, [{ op: 'remove', path: 'members' }])).status).toBe(204)
    expect(await read(client, team)).not.toHaveProperty('members')
  }
})

row(191, async ({ scim }) => {
  const elsewhere = { value: 'a@z.com', type: 'work' }
  const [ada, grace] = [await user(scim, { emails: [work, home, elsewhere] }), await user(scim)]
  const { body } = await scim.patch(`/Users/${ada.id}`, [{ op: 'remove', path: 'emails[type eq "work" and value ew "x.com"]' }])
  expect(body.emails).toEqual([home, elsewhere])
  const team = await group(scim, [ada.id, grace.id])
  await scim.patch(`/Groups/${team.id}`, [{ op: 'remove', path: `members[value eq "${ada.id}"]` }])
  expect((await read(scim, team)).members.map(({ value }: { value: string }) => value)).toEqual([grace.id])
})

row(192, async ({ scim }) => {
  const { id } = await user(scim, { emails: [work] })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'emails[type eq "work"]' }])
  expect(body).not.toHaveProperty('emails')
  expect(await found(scim, `id eq "${id}" and emails pr`)).toEqual([])
  const team = await group(scim, [id])
  await scim.patch(`/Groups/${team.id}`, [{ op: 'remove', path: `members[value eq "${id}"]` }])
  expect(await read(scim, team)).not.toHaveProperty('members')
})

row(193, async ({ scim }) => {
  const { id } = await user(scim, { emails: [work, { ...home, display: 'H' }] })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'remove', path: 'emails[type eq "work"].display' }])
  expect(body.emails).toEqual([
    { value: 'a@x.com', type: 'work' },
    { ...home, display: 'H' },
  ])
})

row(194, async ({ scim, strict }) => {
  const [made, team] = [await user(scim), await group(scim)]
  for (const client of [scim, strict]) {
    for (const path of ['userName', 'id', 'meta.version']) {
      expectError(await client.patch(`/Users/${made.id}`, [{ op: 'remove', path }]), 400, 'mutability')
    }
    for (const path of ['displayName', 'id']) {
      expectError(await client.patch(`/Groups/${team.id}`, [{ op: 'remove', path }]), 400, 'mutability')
    }
  }
  expect([await read(scim, made), await read(scim, team)]).toEqual([made, team])
})

row(195, async ({ scim, strict }) => {
  const [made, stranger] = [await user(scim, { emails: [home] }), await user(scim)]
  const team = await group(scim, [made.id])
  for (const client of [scim, strict]) {
    expect((await client.patch(`/Groups/${team.id}`, [{ op: 'remove', path: `members[value eq "${stranger.id}"]` }])).status).toBe(204)
    const gone = await client.patch(
      `/Users/${made.id}`,
      ['nickName', 'name.middleName', 'emails[type eq "work"]', 'title'].map((path) => ({ op: 'remove', path })),
    )
    expect(gone.status).toBe(200)
  }
  expect([(await read(scim, team)).meta, (await read(scim, made)).meta]).toEqual([team.meta, made.meta])
})
