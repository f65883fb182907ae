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
  const { id } = await user(scim, full)
  expect((await scim.get(`/Users/${id}?attributes=emails.value`)).body.emails).toEqual([{ value: 'a@example.com' }])
})

row(138, async ({ scim }) => {
  const { id, userName } = await user(scim, full)
  const read = async (attributes: string) => (await scim.get(`/Users/${id}?attributes=${attributes}`)).body
  expect((await read(`${userSchema}:userName`)).userName).toBe(userName)
  expect((await read(`${enterpriseSchema}:department`))[enterpriseSchema]).toEqual({ department: 'D' })
  expect((await read(enterpriseSchema))[enterpriseSchema]).toEqual({ department: 'D', costCenter: 'C' })
})

row(139, async ({ scim }) => {
  const { id, schemas } = await user(scim, full)
  const { body } = await scim.get(`/Users/${id}?excludedAttributes=id,schemas,userName`)
  expect([body.id, body.schemas, body.userName, body.title]).toEqual([id, schemas, undefined, 'T'])
})

row(140, async ({ scim }) => {
  const member = await user(scim)
  const { id } = await group(scim, [member.id])
  expect((await scim.get(`/Groups/${id}?excludedAttributes=members`)).body.members).toBeUndefined()
  expect((await found(scim, `id eq "${id}"`, 'Groups', '&excludedAttributes=members'))[0].members).toBeUndefined()
})

row(141, async ({ scim }) => {
  const { id } = await user(scim)
  expectError(await scim.get(`/Users/${id}?attributes=userName&excludedAttributes=title`), 400, 'invalidValue')
})

row(142, async ({ scim }) => {
  const { id, userName } = await user(scim)
  expect((await scim.get(`/Users/${id}?attributes=USERNAME`)).body.userName).toBe(userName)
})

row(143, async ({ scim }) => {
  const { id } = await user(scim, { password: 'x' })
  expect(keys((await scim.get(`/Users/${id}?attributes=password`)).body)).toEqual(['id', 'schemas'])
})

row(144, async ({ scim }) => {
  const { id } = await user(scim)
  const { status, body } = await scim.get(`/Users/${id}?attributes=nosuch`)
  expect([status, keys(body)]).toEqual([200, ['id', 'schemas']])
})

row(145, async ({ scim }) => {
  const { Resources } = (await scim.get('/Schemas')).body
  expect(JSON.stringify(Resources)).not.toContain('"returned":"request"')
})
