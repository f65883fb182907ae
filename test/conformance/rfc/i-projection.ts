import { expect } from 'vitest'
import { enterpriseSchema, userSchema } from '../../scim-client.ts'
import { expectError, found, fresh, group, searchSchema, user, row } from './world.ts'

const full = { title: 'T', emails: [{ value: 'a@example.com', type: 'work' }], [enterpriseSchema]: { department: 'D', costCenter: 'C' } }
const keys = (body: object) => Object.keys(body).sort()

row(136, async ({ scim }) => {
  const { id, userName, ...rest } = await user(scim, full)
  const only = ['id', 'schemas', 'userName']
  expect(keys((await scim.get(`/Users/${id}?attributes=userName`)).body)).toEqual(only)
  expect(keys((await found(scim, `id eq "${id}"`, 'Users', '&attributes=userName'))[0])).toEqual(only)
  expect(keys((await scim.put(`/Users/${id}?attributes=userName`, { ...rest, userName })).body)).toEqual(only)
  expect(keys((await scim.patch(`/Users/${id}?attributes=userName`, [{ op: 'add', path: 'title', value: 'U' }])).body)).toEqual(only)
  expect(keys((await scim.post('/Users?attributes=userName', { schemas: [userSchema], userName: fresh(), ...full })).body)).toEqual(only)
  const searched = await scim.post('/Users/.search', { schemas: [searchSchema], filter: `id eq "${id}"`, attributes: ['userName'] })
  expect(keys(searched.body.Resources[0])).toEqual(only)
})

row(137, async ({ scim }) => {
  const { id, schemas } = await user(scim, full)
  const { body } = await scim.get(`/Users/${id}?attributes=emails.value`)
  expect(body).toEqual({ schemas, id, emails: [{ value: 'a@example.com' }] })
})

row(138, async ({ scim }) => {
  const { id, schemas, userName } = await user(scim, full)
  const read = async (attributes: string) => (await scim.get(`/Users/${id}?attributes=${attributes}`)).body
  expect(await read(`${userSchema}:userName`)).toEqual({ schemas, id, userName })
  expect(await read(`${userSchema}:emails.type`)).toEqual({ schemas, id, emails: [{ type: 'work' }] })
  expect(await read(`${enterpriseSchema}:department`)).toEqual({ schemas, id, [enterpriseSchema]: { department: 'D' } })
  expect(await read(enterpriseSchema)).toEqual({ schemas, id, [enterpriseSchema]: { department: 'D', costCenter: 'C' } })
})

row(139, async ({ scim }) => {
  const { userName: _userName, ...rest } = await user(scim, full)
  const { body } = await scim.get(`/Users/${rest.id}?excludedAttributes=id,schemas,userName`)
  expect(body).toEqual(rest)
})

row(140, async ({ scim }) => {
  const member = await user(scim)
  const { members, ...rest } = await group(scim, [member.id])
  expect(members).toHaveLength(1)
  expect((await scim.get(`/Groups/${rest.id}?excludedAttributes=members`)).body).toEqual(rest)
  expect(await found(scim, `id eq "${rest.id}"`, 'Groups', '&excludedAttributes=members')).toEqual([rest])
})

row(141, async ({ scim }) => {
  const { id } = await user(scim)
  const both = 'attributes=userName&excludedAttributes=title'
  for (const path of [`/Users/${id}`, '/Users', '/']) expectError(await scim.get(`${path}?${both}`), 400, 'invalidValue')
  const search = { schemas: [searchSchema], attributes: ['userName'], excludedAttributes: ['title'] }
  expectError(await scim.post('/Users/.search', search), 400, 'invalidValue')
})

row(142, async ({ scim }) => {
  const { id, schemas, userName } = await user(scim, full)
  expect((await scim.get(`/Users/${id}?attributes=USERNAME`)).body).toEqual({ schemas, id, userName })
  const { body } = await scim.get(`/Users/${id}?attributes=${enterpriseSchema.toUpperCase()}:DEPARTMENT,EMAILS.TYPE`)
  expect(body).toEqual({ schemas, id, emails: [{ type: 'work' }], [enterpriseSchema]: { department: 'D' } })
})

row(143, async ({ scim }) => {
  const { id } = await user(scim, { password: 'x' })
  expect(keys((await scim.get(`/Users/${id}?attributes=password`)).body)).toEqual(['id', 'schemas'])
})

row(144, async ({ scim }) => {
  const { id, schemas } = await user(scim, full)
  for (const attributes of ['nosuch', 'name.nosuch', 'urn:nosuch:User:userName']) {
    const { status, body } = await scim.get(`/Users/${id}?attributes=${attributes}`)
    expect([status, body]).toEqual([200, { schemas, id }])
  }
})

row(145, async ({ scim }) => {
  const { Resources } = (await scim.get('/Schemas')).body
  expect(JSON.stringify(Resources)).not.toContain('"returned":"request"')
})
