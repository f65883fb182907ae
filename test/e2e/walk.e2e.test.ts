import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ScimClient, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let scim: ScimClient
/** Those who are there throughout every walk, and those who leave during each. */
const staying: string[] = []
const leaving: Record<'cursor' | 'index', string[]> = { cursor: [], index: [] }
let made = 0

beforeAll(async () => {
  server = await startServer()
  const { token } = await server.organization('walk')
  scim = scimClient(server.scimUrl, token)
  for (let portion = 0; portion < 5; portion += 1) {
    const Operations = Array.from({ length: 400 }, () => ({ method: 'POST', path: '/Users', bulkId: `b${made}`, data: newUser() }))
    const { body } = await scim.post('/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations })
    for (const [index, { status, location }] of body.Operations.entries()) {
      expect(status).toBe('201')
      const id = location.split('/').at(-1)
      if (index % 10 === 3) leaving[index % 20 === 3 ? 'cursor' : 'index'].push(id)
      else staying.push(id)
    }
  }
})

afterAll(() => server.stop())

test('a walk by cursor, while others are created, changed and deleted, sees everybody who stays exactly once', async () => {
  const { seen, written } = await besideWrites(async (page) => {
    const ids: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const body = await page(`cursor=${encodeURIComponent(cursor)}`)
      ids.push(...idsOf(body))
      cursor = body.nextCursor
    }
    return ids
  }, leaving.cursor)

  expect(seen.filter((id) => staying.includes(id)).toSorted()).toEqual(staying.toSorted())
  expect(written.deleted).toBeGreaterThan(0)
})

test('a walk by index, while others are created, changed and deleted, sees everybody who stays exactly once', async () => {
  const { seen, written } = await besideWrites(async (page) => {
    const ids: string[] = []
    for (;;) {
      const body = await page(`startIndex=${ids.length + 1}`)
      ids.push(...idsOf(body))
      if (ids.length >= body.totalResults) return ids
    }
  }, leaving.index)

  expect(seen.filter((id) => staying.includes(id)).toSorted()).toEqual(staying.toSorted())
  expect(written.deleted).toBeGreaterThan(0)
})

type Page = (at: string) => Promise<{ Resources?: { id: string }[]; totalResults: number; nextCursor?: string }>

/** Before each page two clients have written since the last one, and one of them is still at it. */
async function besideWrites(walk: (page: Page) => Promise<readonly string[]>, leave: readonly string[]) {
  const written = { created: 0, changed: 0, deleted: 0 }
  let under: Promise<void> = Promise.resolve()
  const seen = await walk(async (at) => {
    await under
    under = write()
    await write()
    const { status, body } = await scim.get(`/Users?count=50&attributes=userName&${at}`)
    expect(status).toBe(200)
    return body
  })
  await under
  return { seen, written }

  async function write(): Promise<void> {
    expect((await scim.post('/Users', newUser())).status).toBe(201)
    written.created += 1
    const changed = staying[(written.changed * 7_919) % staying.length]
    written.changed += 1
    const active = await scim.patch(`/Users/${changed}`, [{ op: 'replace', path: 'active', value: written.changed % 2 === 0 }])
    expect(active.status).toBe(200)
    const left = leave[(written.deleted * 7) % leave.length]
    if (left === undefined || written.deleted >= leave.length) return
    written.deleted += 1
    expect((await scim.delete(`/Users/${left}`)).status).toBe(204)
  }
}

function idsOf({ Resources = [] }: { Resources?: { id: string }[] }): readonly string[] {
  return Resources.map(({ id }) => id)
}

function newUser() {
  made += 1
  return { schemas: [userSchema], userName: `walker-${made}@acme.example`, displayName: `Walker ${made}` }
}
