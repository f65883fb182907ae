import { shareEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let scim: ScimClient
let organization: { id: string; token: string; tokenId: string }

beforeAll(async () => {
  server = await startServer()
  organization = await server.organization('acme')
  scim = scimClient(server.scimUrl, organization.token)
})
afterAll(() => server.stop())

interface Row {
  readonly said: string
  readonly outcome: string
  readonly status: number | null
  readonly provider: string | null
  readonly reason: string | null
  readonly body: unknown
}

/** What the organisation's administrators are shown, once nothing is on its way any more. */
async function activity(expected: number): Promise<readonly Row[]> {
  const postgres = await shareEmbeddedPostgres({ dataFolder: server.dataFolder })
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  await client.query("select set_config('latchkey.organization', $1, false)", [organization.id])
  try {
    // Failures are written in batches, a moment after their answers.
    const look = async () => {
      const { rows } = await client.query<Row>(
        "select verb || ' ' || coalesce(name, '?') as said, outcome, status, provider, reason, body from activity order by id",
      )
      expect(rows).toHaveLength(expected)
      return rows
    }
    return await vi.waitFor(look, { timeout: 10_000, interval: 100 })
  } finally {
    await client.end()
    await postgres.stop()
  }
}

test('every request that changed something or failed is told in words, and reads are not', async () => {
  const okta = { 'User-Agent': 'Okta SCIM Client 1.0.0' }
  const { body: ada } = await scim.post('/Users', { schemas: [userSchema], userName: 'ada@acme.example' }, okta)
  await scim.get(`/Users/${ada.id}`)
  expect((await scim.post('/Users', { schemas: [userSchema], userName: 'ada@acme.example', password: 'hunter2' }, okta)).status).toBe(409)
  await scim.patch(`/Users/${ada.id}`, [{ op: 'Replace', path: 'active', value: 'False' }])
  await scim.patch(`/Users/${ada.id}`, [{ op: 'Replace', path: 'active', value: 'False' }])
  await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Crew', members: [{ value: ada.id }] })
  expect((await scim.get('/Users?filter=nonsense')).status).toBe(400)
  expect((await scim.patch(`/Users/${ada.id}`, [{ op: 'replace', path: 'userName', value: 'a\u0000b' }])).status).toBe(400)
  expect((await scim.post('/Users', '{"schemas":')).status).toBe(400)
  const { body: found } = await scim.get('/Users?filter=userName eq "owner"')
  await scim.post('/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [
      { method: 'DELETE', path: `/Users/${found.Resources[0].id}` },
      { method: 'DELETE', path: `/Users/${ada.id}` },
    ],
  })
  await server.latchkey('scim', 'disable', '--org', 'acme')
  expect((await scim.delete(`/Users/${ada.id}`)).status).toBe(403)

  const rows = await activity(10)
  const told = rows.map(({ said, outcome, status, provider }) => `${said}: ${outcome} ${status ?? ''} ${provider ?? ''}`.trim())
  expect(told.toSorted()).toEqual(
    [
      'create ada@acme.example: changed  okta',
      'create ada@acme.example: failed 409 okta',
      'deactivate ada@acme.example: changed  entra',
      'create group Crew: changed',
      'look up users ?: failed 400',
      'change ada@acme.example: failed 400',
      'create ?: failed 400',
      'delete owner: failed 403',
      'delete ada@acme.example: changed',
      'delete ada@acme.example: failed 403',
    ].toSorted(),
  )
  const taken = rows.find(({ status }) => status === 409)
  expect(taken?.reason).toContain('userName')
  expect(taken?.body).toEqual({ schemas: [userSchema], userName: 'ada@acme.example', password: '(left out)' })
  expect(rows.filter(({ outcome }) => outcome === 'changed').every(({ body }) => body === null)).toBe(true)
  expect(rows.at(-1)?.reason).toBe('SCIM provisioning is off.')
})
