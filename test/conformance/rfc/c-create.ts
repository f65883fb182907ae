import { expect } from 'vitest'
import { enterpriseSchema, userSchema } from '../../scim-client.ts'
import { accountSchema, expectError, fresh, group, read, user, row } from './world.ts'

const minimal = () => ({ schemas: [userSchema], userName: fresh() })

row(66, async ({ scim }) => {
  expect((await scim.post('/Users', minimal())).status).toBe(201)
})

row(67, async ({ scim }) => {
  const { headers, body } = await scim.post('/Users', minimal())
  expect(headers.get('Location')).toBe(body.meta.location)
})

row(68, async ({ scim }) => {
  const { body } = await scim.post('/Users', minimal())
  expect(body.active).toBe(true)
  expect(body).toEqual(await read(scim, body))
})

row(69, async ({ scim }) => {
  const manager = await user(scim, { displayName: 'The Boss' })
  const { status, body } = await scim.post('/Users', {
    ...minimal(),
    groups: [{ value: 'x' }],
    meta: { version: 'mine' },
    [enterpriseSchema]: { manager: { value: manager.id, displayName: 'Somebody else' } },
    [accountSchema]: { status: 'active' },
  })
  expect(status).toBe(201)
  expect(body.groups).toBeUndefined()
  expect(body[enterpriseSchema].manager.displayName).toBe('The Boss')
  expect(body[accountSchema].status).toBe('pending-encryption-key')
})

row(70, async ({ scim }) => {
  const first = await user(scim, { title: 'First' })
  const again = await scim.post('/Users', { schemas: [userSchema], userName: first.userName, title: 'Second' })
  expectError(again, 409, 'uniqueness')
  expect(await read(scim, first)).toEqual(first)
})

row(71, async ({ scim }) => {
  const { status, body } = await scim.post('/Users', { ...minimal(), displayName: null, emails: [] })
  expect(status).toBe(201)
  expect([body.displayName, body.emails]).toEqual([undefined, undefined])
})

row(72, async ({ scim }) => {
  const emails = [{ value: 'a@example.com' }]
  const only = await scim.post('/Users?attributes=userName', { ...minimal(), title: 'T', emails })
  expect(Object.keys(only.body).sort()).toEqual(['id', 'schemas', 'userName'])
  const without = await scim.post('/Users?excludedAttributes=emails', { ...minimal(), title: 'T', emails })
  expect([without.status, without.body.title, without.body.emails]).toEqual([201, 'T', undefined])
  expect(without.body.id).toBeDefined()
})

row(73, async ({ scim }) => {
  expect(JSON.stringify((await scim.get('/Schemas')).body)).not.toContain('"returned":"request"')
  await group(scim)
})
