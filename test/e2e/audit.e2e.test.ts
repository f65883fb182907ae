import { afterAll, beforeAll, expect, test } from 'vitest'
import { scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

test('the trail of what providers did verifies, and its head moves with every change', async () => {
  const { token } = await server.organization('acme')
  const scim = scimClient(server.scimUrl, token)
  const before = await server.latchkey<Verdict>('audit', 'verify', '--org', 'acme')
  expect(before).toEqual({ events: expect.any(Number), head: expect.stringMatching(/^[0-9a-f]{64}$/), firstBroken: null })

  const { body: ada } = await scim.post('/Users', { schemas: [userSchema], userName: 'ada@acme.example' })
  await scim.delete(`/Users/${ada.id}`)
  const { body: found } = await scim.get('/Users?filter=userName eq "owner"')
  expect((await scim.delete(`/Users/${found.Resources[0].id}`)).status).toBe(403)

  const after = await server.latchkey<Verdict>('audit', 'verify', '--org', 'acme')
  expect(after.events).toBe(before.events + 3)
  expect(after.head).not.toBe(before.head)
  expect(after.firstBroken).toBeNull()
})

test('of an organisation that is not there, the command says so', async () => {
  await expect(server.latchkey('audit', 'verify', '--org', 'nobody')).rejects.toThrow(/There is no organisation "nobody"/)
})

interface Verdict {
  readonly events: number
  readonly head: string | null
  readonly firstBroken: { readonly sequence: number; readonly fault: string } | null
}
