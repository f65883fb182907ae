import { expect } from 'vitest'
import { expectError, filtered, group, read, row, searchSchema, user } from './world.ts'

row(204, async ({ scim }) => {
  const { id } = await user(scim)
  const { status, body, headers } = await scim.delete(`/Users/${id}`)
  expect([status, body, headers.get('Content-Type')]).toEqual([204, undefined, null])
})

row(205, async ({ scim }) => {
  const { id, ...rest } = await user(scim)
  await scim.delete(`/Users/${id}`)
  const answers = [
    await scim.get(`/Users/${id}`),
    await scim.put(`/Users/${id}`, rest),
    await scim.patch(`/Users/${id}`, [{ op: 'add', path: 'title', value: 'T' }]),
    await scim.delete(`/Users/${id}`),
  ]
  for (const answer of answers) expectError(answer, 404)
})

row(206, async ({ scim }) => {
  const { id, userName } = await user(scim)
  const { totalResults } = (await scim.get('/Users?count=0')).body
  await scim.delete(`/Users/${id}`)
  expect((await scim.get('/Users?count=0')).body.totalResults).toBe(totalResults - 1)
  expect((await filtered(scim, `userName eq "${userName}"`)).body.totalResults).toBe(0)
  const searched = await scim.post('/Users/.search', { schemas: [searchSchema], filter: `id eq "${id}"` })
  expect(searched.body.totalResults).toBe(0)
})

row(207, async ({ scim }) => {
  const { id, userName } = await user(scim)
  await scim.delete(`/Users/${id}`)
  expect((await user(scim, { userName })).id).not.toBe(id)
})

row(208, async ({ scim }) => {
  const made = await user(scim)
  const team = await group(scim, [made.id])
  await scim.delete(`/Users/${made.id}`)
  const after = await read(scim, team)
  expect(after.members).toBeUndefined()
  expect(after.meta.version).not.toBe(team.meta.version)
})
