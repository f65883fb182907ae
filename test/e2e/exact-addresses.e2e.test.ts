import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let origin: string

beforeAll(async () => {
  server = await startServer()
  origin = new URL(server.scimUrl).origin
})
afterAll(() => server.stop())

/** What another site makes a browser send. */
const fromAnotherSite = { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/json' }

test.each(['/api/v1/account/owner-link', '/api/v1/account/owner/sign-in'])(
  '%s is served in its own letters, behind what guards it',
  async (path) => {
    const ask = async (address: string) =>
      (await fetch(`${origin}${address}`, { method: 'POST', headers: fromAnotherSite, body: '{}' })).status
    expect(await ask(path)).toBe(403)
    for (const other of [path.replace('/api', '/API'), path.replace('/v1', '/V1')]) {
      expect([other, await ask(other)]).toEqual([other, 404])
    }
  },
)

test.each(['/api/v1/openapi.json', '/live', '/console/', '/account/', '/sso/metadata'])(
  '%s is served in no other letters',
  async (path) => {
    expect((await fetch(`${origin}${path.toUpperCase()}`)).status).toBe(404)
  },
)
