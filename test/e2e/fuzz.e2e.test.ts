import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatFilter, groupType, userType } from '@latchkey/scim'
import { brokenPatches, brokenTexts } from '../arbitraries/broken.ts'
import { filtersOn } from '../arbitraries/filters.ts'
import { patchOperationsOn } from '../arbitraries/patches.ts'
import { userBodies } from '../arbitraries/scim-bodies.ts'
import { type Answer, type ScimClient, scimClient } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
const clients: ScimClient[] = []

beforeAll(async () => {
  server = await startServer()
  for (const mode of ['tolerant', 'strict'] as const) {
    const { token } = await server.organization(mode, mode)
    const client = scimClient(server.scimUrl, token)
    for (const [index, body] of fc.sample(userBodies, { numRuns: 20, seed: 1 }).entries())
      await client.post('/Users', { ...body, userName: `user-${index}` })
    clients.push(client)
  }
})

afterAll(() => server.stop())

test.each([userType, groupType])('1,000 broken filters on $name are answered or refused, never with a 5xx', async (type) => {
  await fc.assert(
    fc.asyncProperty(brokenTexts(filtersOn(type).map(formatFilter), 20), fc.constantFrom(0, 1), async (filters, mode) => {
      const client = clients[mode]!
      const answers = await Promise.all(
        filters.map((filter, index) =>
          index % 2 === 0 && filter.isWellFormed() && filter.length < 4_000
            ? client.get(`${type.endpoint}?filter=${encodeURIComponent(filter)}`)
            : client.post(`${type.endpoint}/.search`, { schemas: [searchSchema], filter }),
        ),
      )
      for (const answer of answers) expectClear(answer, [200, 400])
    }),
    { numRuns: 50 },
  )
})

test.each([
  ['a user', userType, { userName: 'fuzzed', emails: [{ value: 'a@example.com', type: 'work' }], name: { familyName: 'A' } }],
  ['a group', groupType, { displayName: 'fuzzed' }],
] as const)('1,000 broken PATCHes leave %s as it was, or as they say, never with a 5xx', async (_what, type, body) => {
  const made = await Promise.all(clients.map((client) => client.post(type.endpoint, { schemas: [type.schema.id], ...body })))
  await fc.assert(
    fc.asyncProperty(brokenPatches(patchOperationsOn(type), 20), fc.constantFrom(0, 1), async (patches, mode) => {
      const client = clients[mode]!
      const path = `${type.endpoint}/${made[mode]!.body.id}`
      let before = (await client.get(path)).body
      for (const patch of patches) {
        const answer = await client.request('PATCH', path, patch)
        expectClear(answer, [200, 204, 400, 409, 413])
        const after = (await client.get(path)).body
        // Version and times are part of what is compared.
        if (answer.status >= 400) expect(after).toEqual(before)
        else before = after
      }
    }),
    { numRuns: 50 },
  )
})

const searchSchema = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

function expectClear({ status, body }: Answer, statuses: readonly number[]): void {
  expect(statuses, JSON.stringify(body)).toContain(status)
  if (status >= 400) expect(body).toMatchObject({ status: String(status), detail: expect.stringMatching(/^.{10,}$/s) })
}
