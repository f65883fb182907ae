import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let scim: ScimClient

beforeAll(async () => {
  server = await startServer({ environment: { LATCHKEY_POOL_MAX: '1' } })
  const { token } = await server.organization('alone')
  scim = scimClient(server.scimUrl, token)
})

afterAll(() => server.stop())

test('with one connection to the database, everything that a provider does at once is done: no request holds it while it waits for it', async () => {
  const group = (await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Everybody' })).body.id
  const first = await Promise.all(Array.from({ length: 16 }, (_, index) => provision(`one-${index}`, group)))
  const again = await Promise.all(Array.from({ length: 16 }, (_, index) => provision(`two-${index}`, group)))

  expect([...first, ...again].flat().map(({ status }) => status)).toEqual(
    Array.from({ length: 32 }, () => [200, 201, 200, 204, 200, 200, 200, 200, 200, 200, 204]).flat(),
  )
  expect((await scim.get(`/Groups/${group}`)).body.members ?? []).toEqual([])
})

/** One person from the first look-up to the end, with a list, a page by cursor, a search and a bulk between. */
async function provision(name: string, group: string): Promise<readonly Answer[]> {
  const user = (userName: string) => ({ schemas: [userSchema], userName, emails: [{ value: `${userName}@acme.example` }] })
  const found = await scim.get(`/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}`)
  const created = await scim.post('/Users', user(name))
  const { id } = created.body
  const path = `/Users/${id}`
  return [
    found,
    created,
    await scim.get(path),
    await scim.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: [{ value: id }] }]),
    await scim.get('/Users?count=10&startIndex=2'),
    await scim.get('/Users?count=10&cursor='),
    await scim.get(`/Groups/${group}`),
    await scim.put(path, { ...user(name), displayName: name }),
    await scim.patch(path, [{ op: 'replace', path: 'active', value: false }]),
    await scim.post('/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: user(`${name}-by-bulk`) },
        {
          method: 'PATCH',
          path,
          data: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'add', path: 'title', value: 'x' }] },
        },
      ],
    }),
    await scim.delete(path),
  ]
}
