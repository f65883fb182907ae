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
  const { id, meta } = await user(scim)
  const same = await scim.get(`/Users/${id}`, { 'If-None-Match': meta.version })
  expect([same.status, same.body]).toEqual([304, undefined])
  expect((await scim.get(`/Users/${id}`, { 'If-None-Match': 'W/"99"' })).status).toBe(200)
})

row(233, async ({ scim }) => {
  const made = await user(scim)
  const stale = { 'If-Match': 'W/"99"' }
  expectError(await scim.put(`/Users/${made.id}`, { ...made, title: 'T' }, stale), 412)
  expectError(await scim.patch(`/Users/${made.id}`, titled('T'), stale), 412)
  expectError(await scim.delete(`/Users/${made.id}`, stale), 412)
  expect(await read(scim, made)).toEqual(made)
})

row(234, async ({ scim }) => {
  const made = await user(scim)
  const path = `/Users/${made.id}`
  const put = await scim.put(path, { ...made, title: 'one' }, { 'If-Match': made.meta.version })
  expect([put.status, put.headers.get('ETag')]).toEqual([200, 'W/"2"'])
  const patch = await scim.patch(path, titled('two'), { 'If-Match': `W/"77", ${put.headers.get('ETag')}` })
  expect([patch.status, patch.headers.get('ETag')]).toEqual([200, 'W/"3"'])
  expect((await scim.delete(path, { 'If-Match': '*' })).status).toBe(204)
})

row(235, async ({ scim }) => {
  const { id, meta } = await user(scim)
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((title) => scim.patch(`/Users/${id}`, titled(title), { 'If-Match': meta.version })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
})

row(236, async ({ scim }) => {
  const made = await user(scim, { title: 'T' })
  expect((await scim.patch(`/Users/${made.id}`, titled('T'))).headers.get('ETag')).toBe(made.meta.version)
  expect((await scim.put(`/Users/${made.id}`, made)).headers.get('ETag')).toBe(made.meta.version)
})

row(237, async ({ scim }) => {
  const member = await user(scim)
  const team = await group(scim)
  await scim.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: [{ value: member.id }] }])
  const { headers } = await scim.get(`/Groups/${team.id}?attributes=displayName`)
  expect(headers.get('ETag')).toBe('W/"2"')
  expect((await read(scim, team)).meta.version).toBe('W/"2"')
})
