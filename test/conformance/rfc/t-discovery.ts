import { expect } from 'vitest'
import { enterpriseSchema, groupSchema, userSchema } from '../../scim-client.ts'
import { type Body, bulkSchema, expectError, listSchema, namesFound, row, user } from './world.ts'

const discovery = ['/ServiceProviderConfig', '/Schemas', `/Schemas/${userSchema}`, '/ResourceTypes', '/ResourceTypes/User']

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

row(241, async ({ scim, strict }) => {
  const { body } = await scim.get('/ServiceProviderConfig')
  const claims = ['patch', 'bulk', 'filter', 'sort', 'etag'].map((feature) => body[feature].supported)
  expect(claims).toEqual([true, true, true, true, true])
  expect(body.changePassword.supported).toBe(false)
  const { id, userName, meta } = await user(scim)
  expect((await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'T' }])).status).toBe(200)
  const operation = { method: 'DELETE', path: `/Users/${(await user(scim)).id}` }
  const bulk = await scim.post('/Bulk', { schemas: [bulkSchema], Operations: [operation] })
  expect(bulk.body.Operations[0].status).toBe('204')
  await user(scim, { userName: `${userName}.second` })
  for (const [order, expected] of [
    ['ascending', [userName, `${userName}.second`]],
    ['descending', [`${userName}.second`, userName]],
  ]) {
    expect(await namesFound(scim, `userName sw "${userName}"`, `&sortBy=userName&sortOrder=${order}`)).toEqual(expected)
  }
  expectError(await scim.delete(`/Users/${id}`, { 'If-Match': meta.version }), 412)
  expect((await scim.get('/Users?cursor&count=1')).body.nextCursor).toBeDefined()
  const password = [{ op: 'replace', path: 'password', value: 'never kept' }]
  const ignored = await scim.patch(`/Users/${id}`, password)
  expect([ignored.status, JSON.stringify(ignored.body).includes('never kept')]).toEqual([200, false])
  expectError(await strict.patch(`/Users/${id}`, password), 400, 'invalidPath')
})

row(242, async ({ scim }) => {
  const { body } = await scim.get('/Schemas')
  expect(body.schemas).toEqual([listSchema])
  const ids = body.Resources.map(({ id }: Body) => id)
  expect(ids).toEqual(expect.arrayContaining([userSchema, groupSchema, enterpriseSchema]))
  expect([body.totalResults, body.itemsPerPage]).toEqual([ids.length, ids.length])
  const made = await user(scim, { [enterpriseSchema]: { department: 'D' } })
  expect(ids).toEqual(expect.arrayContaining(made.schemas))
})

row(243, async ({ server, scim, token }) => {
  for (const schema of (await scim.get('/Schemas')).body.Resources) {
    for (const urn of [schema.id, encodeURIComponent(schema.id), schema.id.toUpperCase(), schema.id.toLowerCase()]) {
      const { status, body } = await scim.get(`/Schemas/${urn}`)
      expect([status, body]).toEqual([200, schema])
    }
    const { pathname } = new URL(schema.meta.location)
    const located = await fetch(new URL(pathname, server.url), { headers: { Authorization: `Bearer ${token}` } })
    expect(await located.json()).toEqual(schema)
  }
  expectError(await scim.get('/Schemas/urn:x'), 404)
})

row(244, async ({ scim }) => {
  const { Resources } = (await scim.get('/Schemas')).body
  const check = (attribute: Body): void => {
    expect(attribute).toMatchObject({
      name: expect.stringMatching(/^[A-Za-z$][\w$-]*$/),
      type: expect.stringMatching(/^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/),
      multiValued: expect.any(Boolean),
      description: expect.stringMatching(/\w/),
      required: expect.any(Boolean),
      caseExact: expect.any(Boolean),
      mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
      returned: expect.stringMatching(/^(always|never|default|request)$/),
      uniqueness: expect.stringMatching(/^(none|server|global)$/),
    })
    const { name, type, subAttributes = [], referenceTypes = [] } = attribute
    expect([name, subAttributes.length > 0, referenceTypes.length > 0]).toEqual([name, type === 'complex', type === 'reference'])
    for (const sub of subAttributes) check(sub)
  }
  for (const { attributes } of Resources) for (const attribute of attributes) check(attribute)
})

row(245, async ({ scim }) => {
  const ids = (await scim.get('/Schemas')).body.Resources.map(({ id }: Body) => id)
  expect(ids.filter((id: string) => id.startsWith('urn:ietf:params:scim:api:'))).toEqual([])
  expectError(await scim.get(`/Schemas/${bulkSchema}`), 404)
})

row(246, async ({ scim }) => {
  const { body } = await scim.get('/ResourceTypes')
  expect([body.schemas, body.totalResults]).toEqual([[listSchema], 2])
  const [users, groups] = body.Resources
  const meta = (name: string) => ({
    resourceType: 'ResourceType',
    location: expect.stringMatching(new RegExp(`/scim/v2/ResourceTypes/${name}$`)),
  })
  expect(users).toMatchObject({ name: 'User', endpoint: '/Users', schema: userSchema, meta: meta('User') })
  expect(users.schemaExtensions).toEqual(expect.arrayContaining([{ schema: enterpriseSchema, required: false }]))
  expect(groups).toMatchObject({ name: 'Group', endpoint: '/Groups', schema: groupSchema, schemaExtensions: [], meta: meta('Group') })
})

row(247, async ({ scim }) => {
  for (const type of (await scim.get('/ResourceTypes')).body.Resources) {
    const { status, body } = await scim.get(`/ResourceTypes/${type.name}`)
    expect([status, body]).toEqual([200, type])
  }
  expectError(await scim.get('/ResourceTypes/Robot'), 404)
})

row(248, async ({ scim }) => {
  for (const { schema, schemaExtensions = [] } of (await scim.get('/ResourceTypes')).body.Resources) {
    for (const id of [schema, ...schemaExtensions.map((extension: Body) => extension.schema)]) {
      expect((await scim.get(`/Schemas/${id}`)).body.id).toBe(id)
    }
  }
})

row(249, async ({ scim }) => {
  for (const path of discovery) {
    const plain = await scim.get(path)
    for (const parameters of [
      'sortBy=nosuch&sortOrder=x',
      'startIndex=2&count=1',
      'count=0',
      'count=many',
      'attributes=name',
      'cursor=x',
    ]) {
      const asked = await scim.get(`${path}?${parameters}`)
      expect([asked.status, asked.body]).toEqual([200, plain.body])
    }
  }
})

row(250, async ({ scim }) => {
  for (const path of discovery) {
    for (const filter of ['id%20pr', '(((', '']) expectError(await scim.get(`${path}?filter=${filter}`), 403)
  }
})

row(251, async ({ scim }) => {
  for (const path of discovery) {
    const { body } = await scim.get(path)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await scim.request(method, path, method === 'DELETE' ? undefined : body)
      expectError(answer, 405)
      expect(answer.headers.get('Allow')).toBe('GET')
    }
    expect((await scim.get(path)).body).toEqual(body)
  }
})
