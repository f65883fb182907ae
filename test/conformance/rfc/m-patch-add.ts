import { expect } from 'vitest'
import { enterpriseSchema } from '../../scim-client.ts'
import { expectError, group, read, row, user } from './world.ts'

const email = (name: string, type = 'work') => ({ value: `${name}@example.com`, type })

row(180, async ({ scim, strict }) => {
  const made = await user(scim)
  for (const client of [scim, strict]) {
    for (const path of ['title', 'emails', 'name.givenName', undefined]) {
      expectError(await client.patch(`/Users/${made.id}`, [{ op: 'add', path }]), 400, 'invalidValue')
    }
  }
  expect(await read(scim, made)).toEqual(made)
})

row(181, async ({ scim, strict }) => {
  for (const client of [scim, strict]) {
    const { id } = await user(client, { nickName: 'N', name: { familyName: 'L' }, emails: [email('a')] })
    const value = { title: 'T', name: { givenName: 'G' }, emails: [email('b', 'home')], [enterpriseSchema]: { department: 'D' } }
    const { body } = await client.patch(`/Users/${id}`, [{ op: 'add', value }])
    expect([body.title, body.nickName, body.name]).toEqual(['T', 'N', { familyName: 'L', givenName: 'G' }])
    expect([body.emails, body[enterpriseSchema]]).toEqual([[email('a'), email('b', 'home')], { department: 'D' }])
  }
})

row(182, async ({ scim }) => {
  const { id } = await user(scim)
  for (const value of ['first', 'second']) {
    expect((await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value }])).body.title).toBe(value)
  }
})

row(183, async ({ scim }) => {
  const { id } = await user(scim, { name: { familyName: 'L', givenName: 'A' } })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'name', value: { givenName: 'B' } }])
  expect(body.name).toEqual({ familyName: 'L', givenName: 'B' })
})

row(184, async ({ scim }) => {
  const { id } = await user(scim, { emails: [email('a')] })
  await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'emails', value: email('b') }])
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'emails', value: [email('c'), email('d')] }])
  expect(body.emails).toEqual(['a', 'b', 'c', 'd'].map((name) => email(name)))
})

for (const [number, whole] of [
  [185, false],
  [186, true],
] as const) {
  row(number, async ({ scim }) => {
    const made = await user(scim, { emails: [email('a')] })
    const again = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'emails', value: [email('a')] }])
    expect([again.status, again.body.emails]).toEqual([200, [email('a')]])
    const team = await group(scim, [made.id])
    expect((await scim.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: [{ value: made.id }] }])).status).toBe(204)
    expect((await read(scim, team)).members).toHaveLength(1)
    if (whole) expect([again.body.meta, (await read(scim, team)).meta]).toEqual([made.meta, team.meta])
  })
}

row(187, async ({ scim }) => {
  const { id } = await user(scim, { emails: [email('a'), email('b', 'home'), email('c')] })
  const { body } = await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'emails[type eq "work"].display', value: 'W' }])
  expect(body.emails).toEqual([{ ...email('a'), display: 'W' }, email('b', 'home'), { ...email('c'), display: 'W' }])
})
