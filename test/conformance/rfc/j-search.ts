import { expect } from 'vitest'
import { expectError, fresh, group, namesFound, searchSchema, user, row } from './world.ts'

row(146, async ({ scim }) => {
  const stem = fresh()
  for (const letter of ['c', 'a', 'b']) await user(scim, { userName: `${stem}${letter}`, title: 'T' })
  const filter = `userName sw "${stem}"`
  const { status, body } = await scim.post('/Users/.search', {
    schemas: [searchSchema],
    filter,
    attributes: ['userName'],
    sortBy: 'userName',
    sortOrder: 'descending',
    startIndex: 2,
    count: 1,
  })
  const query = `&attributes=userName&sortBy=userName&sortOrder=descending&startIndex=2&count=1`
  const got = await scim.get(`/Users?filter=${encodeURIComponent(filter)}${query}`)
  expect([status, body]).toEqual([200, got.body])
  expect(await namesFound(scim, filter, query)).toEqual([`${stem}b`])
})

row(147, async ({ scim, strict }) => {
  for (const schemas of [undefined, [], ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], 'x']) {
    expectError(await strict.post('/Users/.search', { schemas, filter: 'userName pr' }), 400, 'invalidSyntax')
  }
  expectError(await scim.post('/Users/.search', { schemas: ['urn:x'], filter: 'userName pr' }), 400, 'invalidSyntax')
})

row(148, async ({ scim }) => {
  const displayName = fresh('all')
  const made = [await user(scim, { displayName }), await group(scim, [], { displayName })]
  const { status, body } = await scim.post('/.search', { schemas: [searchSchema], filter: `displayName eq "${displayName}"` })
  expect([status, body.totalResults]).toEqual([200, 2])
  expect(body.Resources.map(({ id }: { id: string }) => id).sort()).toEqual(made.map(({ id }) => id).sort())
})

row(149, async ({ scim }) => {
  for (const endpoint of ['/Users', '/Groups']) expectError(await scim.get(`${endpoint}/.search`), 404)
})

row(150, async ({ scim, strict }) => {
  const { id, schemas, userName, title } = await user(scim, { title: 'T', nickName: 'N' })
  const search = (client: typeof scim, attributes: unknown) =>
    client.post('/Users/.search', { schemas: [searchSchema], filter: `id eq "${id}"`, attributes })
  for (const client of [scim, strict]) {
    expect((await search(client, 'userName, title')).body.Resources).toEqual([{ schemas, id, userName, title }])
    expectError(await search(client, 7), 400, 'invalidSyntax')
  }
})
