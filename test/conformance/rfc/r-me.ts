import { expect } from 'vitest'
import { AccountClient, TestKey } from '../../account-client.ts'
import { type World, expectError, fresh, row } from './world.ts'

/** The cookie of an owner who is signed in. */
async function signedIn({ server }: World): Promise<string> {
  const { ownerLink } = await server.latchkey<{ ownerLink: string }>(
    'owner',
    'link',
    '--org',
    'acme',
    '--email',
    `${fresh('owner')}@acme.example`,
  )
  const client = new AccountClient(server.url)
  await client.post('/owner-link', { secret: new URL(ownerLink).hash.slice(1) })
  await client.post('/encryption-key', new TestKey().registration((await client.post('/encryption-key/challenge')).body))
  return client.cookie ?? ''
}

row(225, async (world) => {
  const { scim, server } = world
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expectError(await scim.request(method, '/Me'), 501)
  const answer = await fetch(`${server.scimUrl}/Me`, { method: 'DELETE', headers: { Cookie: await signedIn(world) } })
  expect(answer.status).toBe(401)
})

row(226, async ({ scim }) => {
  const { status, headers } = await scim.get('/Me')
  expect([status, headers.get('Location')]).toEqual([501, null])
})

row(227, async (world) => {
  const Cookie = await signedIn(world)
  for (const base of [world.server.scimUrl, `${world.server.url}/api/v1/scim`]) {
    const answer = await fetch(`${base}/Me`, { headers: { Cookie } })
    const body = (await answer.json()) as { id: string; meta: { location: string } }
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Location')).toBe(body.meta.location)
    expect((await world.scim.get(`/Users/${body.id}`)).body).toEqual(body)
    const only = await fetch(`${base}/Me?attributes=userName`, { headers: { Cookie } })
    expect(Object.keys((await only.json()) as object).sort()).toEqual(['id', 'schemas', 'userName'])
  }
})

row(228, async ({ scim }) => {
  const before = (await scim.get('/Users?count=500')).body
  const answers = [
    await scim.get('/Me?attributes=userName'),
    await scim.patch('/Me', [{ op: 'replace', path: 'active', value: false }]),
    await scim.delete('/Me'),
  ]
  for (const answer of answers) {
    expectError(answer, 501)
    expect(Object.keys(answer.body).sort()).toEqual(['detail', 'schemas', 'status'])
  }
  expect((await scim.get('/Users?count=500')).body).toEqual(before)
})
