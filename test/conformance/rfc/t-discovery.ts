import { expect } from 'vitest'
import { enterpriseSchema, groupSchema, userSchema } from '../../scim-client.ts'
import { type Body, bulkSchema, expectError, fresh, listSchema, namesFound, row, user } from './world.ts'

row(238, async ({ scim }) => {
  const { status, body } = await scim.get('/ServiceProviderConfig')
  expect([status, body.schemas]).toEqual([200, ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig']])
})

row(239, async ({ scim }) => {
  const { body } = await scim.get('/ServiceProviderConfig')
  for (const feature of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag'])
    expect(typeof body[feature].supported).toBe('boolean')
  for (const number of [body.bulk.maxOperations, body.bulk.maxPayloadSize, body.filter.maxResults]) expect(number).toBeGreaterThan(0)
  for (const scheme of body.authenticationSchemes) {
    expect(scheme).toMatchObject({ type: 'oauthbearertoken', name: expect.any(String), description: expect.any(String) })
  }
  expect(body.authenticationSchemes.length).toBeGreaterThan(0)
})

row(240, async ({ server }) => {
  const answer = await fetch(`${server.scimUrl}/ServiceProviderConfig`)
  expect([answer.status, answer.headers.get('WWW-Authenticate')?.startsWith('Bearer')]).toEqual([401, true])
})

row(241, async ({ scim }) => {
  const { body } = await scim.get('/ServiceProviderConfig')
  const claims = ['patch', 'bulk', 'filter', 'sort', 'etag'].map((feature) => body[feature].supported)
  expect(claims).toEqual([true, true, true, true, true])
  expect(body.changePassword.supported).toBe(false)
  const { id, userName, meta } = await user(scim)
  expect((await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'T' }])).status).toBe(200)
  const operation = { method: 'DELETE', path: `/Users/${(await user(scim)).id}` }
  const bulk = await scim.post('/Bulk', { schemas: [bulkSchema], Operations: [operation] })
  expect(bulk.body.Operations[0].status).toBe('204')
  expect(await namesFound(scim, `userName eq "${userName}"`, '&sortBy=userName')).toEqual([userName])
  expectError(await scim.delete(`/Users/${id}`, { 'If-Match': meta.version }), 412)
  expect((await scim.get('/Users?cursor&count=1')).body.nextCursor).toBeDefined()
})

row(242, async ({ scim }) => {
  const { body } = await scim.get('/Schemas')
  expect(body.schemas).toEqual([listSchema])
  const ids = body.Resources.map(({ id }: Body) => id)
  expect(ids).toEqual(expect.arrayContaining([userSchema, groupSchema, enterpriseSchema]))
  expect(body.totalResults).toBe(ids.length)
})

row(243, async ({ scim }) => {
  for (const urn of [userSchema, encodeURIComponent(userSchema), userSchema.toUpperCase()]) {
    const { status, body } = await scim.get(`/Schemas/${urn}`)
    expect([status, body.id]).toEqual([200, userSchema])
  }
  expectError(await scim.get('/Schemas/urn:x'), 404)
})

row(244, async ({ scim }) => {
  const { Resources } = (await scim.get('/Schemas')).body
  const check = (attribute: Body): void => {
    for (const name of ['name', 'type', 'description', 'mutability', 'returned']) expect(typeof attribute[name]).toBe('string')
    for (const name of ['multiValued', 'required']) expect(typeof attribute[name]).toBe('boolean')
    if (attribute.type === 'string') expect([typeof attribute.caseExact, typeof attribute.uniqueness]).toEqual(['boolean', 'string'])
    if (attribute.type === 'complex') expect(attribute.subAttributes.length).toBeGreaterThan(0)
    if (attribute.type === 'reference') expect(attribute.referenceTypes.length).toBeGreaterThan(0)
    for (const sub of attribute.subAttributes ?? []) check(sub)
  }
  for (const { attributes } of Resources) for (const attribute of attributes) check(attribute)
})

row(245, async ({ scim }) => {
  const ids = (await scim.get('/Schemas')).body.Resources.map(({ id }: Body) => id)
  expect(ids.filter((id: string) => id.startsWith('urn:ietf:params:scim:api:'))).toEqual([])
})

row(246, async ({ scim }) => {
  const { body } = await scim.get('/ResourceTypes')
  expect(body.schemas).toEqual([listSchema])
  expect(body.Resources.map(({ name }: Body) => name)).toEqual(['User', 'Group'])
  const [users] = body.Resources
  expect(users).toMatchObject({ endpoint: '/Users', schema: userSchema, meta: { resourceType: 'ResourceType' } })
  expect(users.schemaExtensions).toEqual(expect.arrayContaining([{ schema: enterpriseSchema, required: false }]))
})

row(247, async ({ scim }) => {
  const { status, body } = await scim.get('/ResourceTypes/User')
  expect([status, body.id ?? body.name]).toEqual([200, 'User'])
})

row(248, async ({ scim }) => {
  for (const { schema, schemaExtensions = [] } of (await scim.get('/ResourceTypes')).body.Resources) {
    for (const id of [schema, ...schemaExtensions.map((extension: Body) => extension.schema)]) {
      expect((await scim.get(`/Schemas/${id}`)).body.id).toBe(id)
    }
  }
})

row(249, async ({ scim }) => {
  for (const path of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig']) {
    const plain = await scim.get(path)
    const asked = await scim.get(`${path}?sortBy=id&startIndex=2&count=1&attributes=name`)
    expect([asked.status, asked.body]).toEqual([200, plain.body])
  }
})

row(250, async ({ scim }) => {
  for (const path of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig']) expectError(await scim.get(`${path}?filter=id%20pr`), 403)
})

row(251, async ({ scim }) => {
  for (const path of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig', `/Schemas/${userSchema}`]) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status } = await scim.request(method, path, method === 'DELETE' ? undefined : { schemas: [userSchema], userName: fresh() })
      expect([405, 403, 501]).toContain(status)
    }
  }
})
