import { expect } from 'vitest'
import { accountSchema, expectError, group, user, row } from './world.ts'

row(74, async ({ scim }) => {
  const [made, team] = [await user(scim), await group(scim)]
  expect((await scim.get(`/Users/${made.id}`)).body).toEqual(made)
  expect((await scim.get(`/Groups/${team.id}`)).body).toMatchObject({ id: team.id, displayName: team.displayName })
})

row(75, async ({ scim, other }) => {
  const [team, foreign] = [await group(scim), await user(other)]
  const answers = await Promise.all(['0f0e0d0c-0b0a-4900-8807-060504030201', team.id, foreign.id].map((id) => scim.get(`/Users/${id}`)))
  for (const answer of answers) expectError(answer, 404)
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
})

row(76, async ({ scim }) => {
  const made = await user(scim, { title: 'T', nickName: 'N', password: 'secret' })
  const { body } = await scim.get(`/Users/${made.id}`)
  expect(Object.keys(body).sort()).toEqual(['active', 'id', 'meta', 'nickName', 'schemas', 'title', accountSchema, 'userName'].sort())
})

row(77, async ({ scim }) => {
  const made = await user(scim, { name: { familyName: 'L', givenName: 'A' }, title: 'T' })
  const { body } = await scim.get(`/Users/${made.id}?attributes=name.familyName`)
  expect(body).toEqual({ schemas: made.schemas, id: made.id, name: { familyName: 'L' } })
})
