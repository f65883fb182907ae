import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { type ScimClient, scimClient } from '../../scim-client.ts'
import type { TestServer } from '../../server.ts'
import { type Body, atSecondProcess, expectError, fresh, namesFound, row, searchSchema, user } from './world.ts'

async function people(
  scim: ScimClient,
  count: number,
): Promise<{ readonly filter: string; readonly names: readonly string[]; readonly ids: string[] }> {
  const stem = fresh('page')
  const made = []
  for (let index = 0; index < count; index += 1) made.push(await user(scim, { userName: `${stem}${String.fromCharCode(97 + index)}` }))
  return { filter: `userName sw "${stem}"`, names: made.map(({ userName }) => userName), ids: made.map(({ id }) => id) }
}

const page = (scim: ScimClient, filter: string, cursor: string, count: number, rest = '') =>
  scim.get(`/Users?filter=${encodeURIComponent(filter)}&count=${count}&cursor=${cursor}${rest}`)

/** Seals cursors as the server does, with the key in its data folder. */
async function cursorSeal(server: TestServer) {
  const secret = (await readFile(`${server.dataFolder}/secret-key`, 'utf8')).trim()
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'latchkey seals', 32))
  return {
    open(text: string): string {
      const bytes = Buffer.from(text, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
    close(text: string): string {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
  }
}

async function walk(scim: ScimClient, filter: string, count: number, rest = ''): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined = ''
  while (cursor !== undefined) {
    const { status, body }: { status: number; body: Body } = await page(scim, filter, cursor, count, rest)
    expect(status).toBe(200)
    pages.push(body.Resources.map(({ userName }: Body) => userName))
    cursor = body.nextCursor
  }
  return pages
}

row(257, async ({ scim }) => {
  const { filter } = await people(scim, 4)
  for (const cursor of ['cursor', 'cursor=']) {
    const { status, body } = await scim.get(`/Users?${cursor}&count=3&filter=${encodeURIComponent(filter)}`)
    expect([status, body.Resources.length, typeof body.nextCursor]).toEqual([200, 3, 'string'])
  }
})

row(258, async ({ scim }) => {
  const { filter, names } = await people(scim, 7)
  for (const [count, lengths] of [
    [1, [1, 1, 1, 1, 1, 1, 1]],
    [3, [3, 3, 1]],
    [6, [6, 1]],
    [7, [7]],
    [8, [7]],
  ] as const) {
    const pages = await walk(scim, filter, count)
    expect(pages.map(({ length }) => length)).toEqual(lengths)
    expect(pages.flat().toSorted()).toEqual(names.toSorted())
  }
})

row(259, async ({ scim }) => {
  const { filter } = await people(scim, 2)
  expect(Object.keys((await page(scim, filter, '', 1)).body)).not.toContain('previousCursor')
})

row(260, async ({ scim }) => {
  const { filter } = await people(scim, 3)
  const first = (await page(scim, filter, '', 1)).body
  expect(Object.keys((await page(scim, filter, first.nextCursor, 1)).body)).not.toContain('previousCursor')
})

row(261, async ({ scim }) => {
  const { filter } = await people(scim, 2)
  const [first, second] = [(await page(scim, filter, '', 1)).body, (await page(scim, filter, '', 1)).body]
  expect(first.nextCursor).toMatch(/^[A-Za-z0-9._~-]+$/)
  // Opaque: it tells nothing of what it holds, and never the same twice.
  expect(first.nextCursor).not.toBe(second.nextCursor)
  const bytes = Buffer.from(first.nextCursor, 'base64url').toString('latin1')
  for (const told of [first.Resources[0].id, first.Resources[0].userName, 'position']) expect(bytes).not.toContain(told)
})

row(262, async ({ scim }) => {
  const { filter } = await people(scim, 3)
  for (const count of [0, -1]) {
    const { status, body } = await page(scim, filter, '', count)
    expect([status, body.totalResults, body.Resources ?? []]).toEqual([200, 3, []])
  }
})

row(263, async ({ scim }) => {
  const { filter } = await people(scim, 11)
  expect((await walk(scim, filter, 5)).map(({ length }) => length)).toEqual([5, 5, 1])
})

row(264, async ({ scim }) => {
  const { filter } = await people(scim, 5)
  const first = (await page(scim, filter, '', 2)).body
  const second = (await page(scim, filter, first.nextCursor, 2)).body
  expect([first.totalResults, second.totalResults]).toEqual([5, 5])
})

row(265, async ({ scim }) => {
  const { filter } = await people(scim, 2)
  const { nextCursor } = (await page(scim, filter, '', 1)).body
  const forged = `${nextCursor.slice(0, 30)}${nextCursor[30] === 'A' ? 'B' : 'A'}${nextCursor.slice(31)}`
  const cut = nextCursor.slice(0, -1)
  for (const cursor of ['garbage', 'null', '0', 'W10', '%C3%A9', forged, cut, `${nextCursor}A`, nextCursor.toLowerCase()]) {
    expectError(await page(scim, filter, cursor, 1), 400, 'invalidCursor')
  }
})

row(266, async ({ scim, server }) => {
  const { filter } = await people(scim, 2)
  const { nextCursor } = (await page(scim, filter, '', 1)).body
  const { cursorTimeout } = (await scim.get('/ServiceProviderConfig')).body.pagination
  // Nobody can wait for an hour: the server's own seal, opened with its own key, and closed again with another time in it.
  const seal = await cursorSeal(server)
  const sealed = JSON.parse(seal.open(nextCursor))
  const secondsLeft = (sealed.expires - Date.now()) / 1_000
  expect(secondsLeft).toBeGreaterThan(cursorTimeout - 60)
  expect(secondsLeft).toBeLessThanOrEqual(cursorTimeout + 5)
  const old = seal.close(JSON.stringify({ ...sealed, expires: Date.now() - 1_000 }))
  expectError(await page(scim, filter, old, 1), 400, 'expiredCursor')
  expect((await page(scim, filter, seal.close(JSON.stringify(sealed)), 1)).status).toBe(200)
})

row(267, async ({ scim }) => {
  const { filter } = await people(scim, 3)
  const { maxPageSize } = (await scim.get('/ServiceProviderConfig')).body.pagination
  const { nextCursor } = (await page(scim, filter, '', 1)).body
  expectError(await page(scim, filter, nextCursor, 2), 400, 'invalidCount')
  expectError(await page(scim, filter, nextCursor, maxPageSize + 1), 400, 'invalidCount')
  expect((await page(scim, filter, nextCursor, 1)).status).toBe(200)
  const clamped = await page(scim, filter, '', maxPageSize + 1)
  expect([clamped.status, clamped.body.Resources.length]).toEqual([200, 3])
})

row(268, async ({ scim }) => {
  const { filter } = await people(scim, 3)
  const rest = '&sortBy=userName&attributes=userName'
  const { nextCursor } = (await page(scim, filter, '', 1, rest)).body
  const encoded = encodeURIComponent(filter)
  const others = [
    await page(scim, 'userName pr', nextCursor, 1, rest),
    await scim.get(`/Users?count=1&cursor=${nextCursor}${rest}`),
    await page(scim, filter, nextCursor, 1, '&attributes=userName'),
    await page(scim, filter, nextCursor, 1, '&sortBy=title&attributes=userName'),
    await page(scim, filter, nextCursor, 1, `${rest}&sortOrder=descending`),
    await page(scim, filter, nextCursor, 1, '&sortBy=userName'),
    await page(scim, filter, nextCursor, 1, '&sortBy=userName&attributes=title'),
    await page(scim, filter, nextCursor, 1, '&sortBy=userName&excludedAttributes=userName'),
    await scim.get(`/?filter=${encoded}&count=1&cursor=${nextCursor}${rest}`),
    await scim.get(`/Groups?filter=${encodeURIComponent('id pr')}&count=1&cursor=${nextCursor}`),
  ]
  for (const answer of others) expectError(answer, 400, 'invalidCursor')
  expect((await page(scim, filter, nextCursor, 1, rest)).status).toBe(200)
})

row(269, async ({ scim }) => {
  const { filter, ids } = await people(scim, 9)
  // Some have the same title and some none: borders fall between equals too.
  for (const [index, id] of ids.entries()) {
    if (index % 3 !== 0) await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: `Title ${index % 2}` }])
  }
  for (const sortBy of ['userName', 'title', 'meta.created']) {
    for (const sortOrder of ['ascending', 'descending']) {
      const rest = `&sortBy=${sortBy}&sortOrder=${sortOrder}`
      expect((await walk(scim, filter, 2, rest)).flat()).toEqual(await namesFound(scim, filter, rest))
    }
  }
})

row(270, async ({ scim }) => {
  await user(scim)
  const { body } = await scim.get('/Users?count=1')
  expect([body.startIndex, body.nextCursor]).toEqual([1, undefined])
  expect((await scim.get('/ServiceProviderConfig')).body.pagination.defaultPaginationMethod).toBe('index')
})

row(271, async ({ scim }) => {
  const { filter } = await people(scim, 3)
  const search = async (cursor: string) => (await scim.post('/Users/.search', { schemas: [searchSchema], filter, count: 2, cursor })).body
  const first = await search('')
  const second = await search(first.nextCursor)
  const got = (await page(scim, filter, '', 2)).body
  expect([first.Resources, second.Resources.length, second.nextCursor]).toEqual([got.Resources, 1, undefined])
})

row(272, async ({ scim }) => {
  const { pagination } = (await scim.get('/ServiceProviderConfig')).body
  expect(pagination).toEqual({
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize: expect.any(Number),
    maxPageSize: expect.any(Number),
    cursorTimeout: expect.any(Number),
  })
})

row(273, async ({ scim, strict, other }) => {
  const { filter } = await people(scim, 2)
  const { nextCursor } = (await page(scim, filter, '', 1)).body
  for (const client of [strict, other]) {
    const [foreign, garbage] = [await page(client, filter, nextCursor, 1), await page(client, filter, 'garbage', 1)]
    expectError(foreign, 400, 'invalidCursor')
    expect(foreign.body).toEqual(garbage.body)
  }
})

row(274, async ({ server, scim }) => {
  const { filter } = await people(scim, 2)
  const issued = await server.latchkey('scim-token', 'create', '--org', 'acme', '--description', 'Shrinks')
  const shrinking = scimClient(server.scimUrl, issued['token'] ?? '')
  const { nextCursor } = (await page(shrinking, filter, '', 1)).body
  await server.latchkey('scim-token', 'revoke', '--org', 'acme', issued['id'] ?? '')
  expectError(await page(shrinking, filter, nextCursor, 1), 401)
})

row(275, async (world) => {
  const { scim } = world
  const { filter } = await people(scim, 2)
  const cursors = await Promise.all(Array.from({ length: 200 }, async () => (await page(scim, filter, '', 1)).body.nextCursor))
  // Everything is in the cursor itself: the first of them works on as the last does.
  for (const cursor of [cursors[0], cursors.at(-1)]) expect((await page(scim, filter, cursor, 1)).body.Resources).toHaveLength(1)

  // Another process has seen none of them: it continues the first, and says when it is asked for too many.
  await atSecondProcess(world, { LATCHKEY_RATE_LIMIT: '25' }, async (server) => {
    const there = scimClient(server.scimUrl, world.token)
    const ids = async (client: ScimClient) => (await page(client, filter, cursors[0], 1)).body.Resources.map(({ id }: Body) => id)
    expect(await ids(there)).toEqual(await ids(scim))
    const asked = await Promise.all(Array.from({ length: 200 }, () => page(there, filter, '', 1)))
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200, 429]))
    for (const { status, headers } of asked) expect(headers.has('Retry-After')).toBe(status === 429)
  })
})

row(276, async ({ scim }) => {
  for (const sortBy of ['userName', 'title', 'meta.created']) {
    const { filter, names, ids } = await people(scim, 9)
    const stem = filter.slice('userName sw "'.length, -1)
    const walked: string[] = []
    const leaving = [0, 8]
    let cursor: string | undefined = ''
    for (let turn = 0; cursor !== undefined; turn += 1) {
      const { body }: { body: Body } = await page(scim, filter, cursor, 2, `&sortBy=${sortBy}`)
      walked.push(...body.Resources.map(({ userName }: Body) => userName))
      cursor = body.nextCursor
      const left = leaving[turn]
      if (left !== undefined) await scim.delete(`/Users/${ids[left]}`)
      if (turn < 3) for (const end of ['0', 'z']) await user(scim, { userName: `${stem}${end}${turn}`, title: `${end}${turn}` })
    }
    const unchanged = names.filter((_name, index) => !leaving.includes(index))
    expect(walked.filter((name) => unchanged.includes(name)).toSorted()).toEqual(unchanged.toSorted())
  }
})
