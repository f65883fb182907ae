import { expect } from 'vitest'
import { userSchema } from '../../scim-client.ts'
import { expectError, fresh, group, read, row, user } from './world.ts'

const titled = (value: string) => [{ op: 'add', path: 'title', value }]

for (const [number, exact] of [
  [229, false],
  [230, true],
] as const) {
  row(number, async ({ scim }) => {
    const posted = await scim.post('/Users', { schemas: [userSchema], userName: fresh() })
    const path = `/Users/${posted.body.id}`
    const answers = [
      posted,
      await scim.get(path),
      await scim.put(path, { ...posted.body, nickName: 'N' }),
      await scim.patch(path, titled('T')),
    ]
    for (const { headers, body } of answers) {
      expect(headers.get('ETag')).toMatch(/^(W\/)?"[^"]+"$/)
      if (exact) expect(body.meta.version).toBe(headers.get('ETag'))
    }
  })
}

row(231, async ({ scim }) => {
  expect((await user(scim)).meta.version).toMatch(/^W\/"/)
})

row(232, async ({ scim }) => {
  for (const made of [await user(scim), await group(scim)]) {
    const ask = (header: string) => scim.get(`/${made.meta.resourceType}s/${made.id}`, { 'If-None-Match': header })
    for (const header of [made.meta.version, '*', `W/"99", ${made.meta.version}`]) {
      const { status, body, headers } = await ask(header)
      expect([status, body, headers.get('ETag')]).toEqual([304, undefined, made.meta.version])
    }
    const other = await ask('W/"99"')
    expect([other.status, other.body]).toEqual([200, made])
  }
})

row(233, async ({ scim, strict }) => {
  const stale = { 'If-Match': 'W/"99"' }
  for (const made of [await user(scim), await group(scim)]) {
    const path = `/${made.meta.resourceType}s/${made.id}`
    for (const client of [scim, strict]) {
      expectError(await client.put(path, { ...made, displayName: fresh() }, stale), 412)
      expectError(await client.patch(path, [{ op: 'replace', path: 'displayName', value: fresh() }], stale), 412)
      expectError(await client.delete(path, stale), 412)
    }
    expect(await read(scim, made)).toEqual(made)
  }
})

row(234, async ({ scim }) => {
  for (const create of [user, group]) {
    for (const header of [(tag: string) => tag, () => '*', (tag: string) => `W/"77", ${tag}`]) {
      const made = await create(scim)
      const path = `/${made.meta.resourceType}s/${made.id}`
      const matching = (tag: string | null) => ({ 'If-Match': header(tag ?? '') })
      const put = await scim.put(path, { ...made, displayName: fresh() }, matching(made.meta.version))
      expect([put.status, put.headers.get('ETag')]).toEqual([200, 'W/"2"'])
      const operation = { op: 'replace', path: 'displayName', value: fresh() }
      const patch = await scim.patch(path, [operation], matching(put.headers.get('ETag')))
      expect([patch.status, patch.headers.get('ETag')]).toEqual([create === user ? 200 : 204, 'W/"3"'])
      expect((await scim.delete(path, matching(patch.headers.get('ETag')))).status).toBe(204)
    }
  }
})

row(235, async ({ scim }) => {
  const made = await user(scim)
  const writers = ['a', 'b', 'c', 'd'].map((title) => scim.patch(`/Users/${made.id}`, titled(title), { 'If-Match': made.meta.version }))
  const answers = await Promise.all(writers)
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
  expect(await read(scim, made)).toEqual(answers.find(({ status }) => status === 200)?.body)
})

row(236, async ({ scim }) => {
  const made = await user(scim, { title: 'T' })
  expect((await scim.patch(`/Users/${made.id}`, titled('T'))).headers.get('ETag')).toBe(made.meta.version)
  expect((await scim.put(`/Users/${made.id}`, made)).headers.get('ETag')).toBe(made.meta.version)
  const team = await group(scim, [made.id])
  const same = [{ op: 'replace', path: 'members', value: [{ value: made.id }] }]
  expect((await scim.patch(`/Groups/${team.id}`, same)).headers.get('ETag')).toBe(team.meta.version)
  expect((await scim.put(`/Groups/${team.id}`, team)).headers.get('ETag')).toBe(team.meta.version)
})

row(237, async ({ scim }) => {
  const member = await user(scim)
  const team = await group(scim)
  await scim.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: [{ value: member.id }] }])
  const { version } = (await read(scim, team)).meta
  expect(version).toBe('W/"2"')
  for (const projection of ['attributes=displayName', 'excludedAttributes=members']) {
    const path = `/Groups/${team.id}?${projection}`
    expect((await scim.get(path)).headers.get('ETag')).toBe(version)
    expect((await scim.get(path, { 'If-None-Match': version })).status).toBe(304)
    expect((await scim.get(path, { 'If-None-Match': team.meta.version })).status).toBe(200)
  }
})
