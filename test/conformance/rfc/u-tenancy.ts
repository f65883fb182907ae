import { expect } from 'vitest'
import { enterpriseSchema, groupSchema, userSchema } from '../../scim-client.ts'
import { expectError, found, fresh, group, read, row, searchSchema, user } from './world.ts'

row(252, async ({ scim, other }) => {
  const theirs = await user(other)
  const [foreign, unknown] = [await scim.get(`/Users/${theirs.id}`), await scim.get(`/Users/${crypto.randomUUID()}`)]
  expectError(foreign, 404)
  expect(foreign.body).toEqual(unknown.body)
  expectError(await scim.delete(`/Users/${theirs.id}`), 404)
  expect(await read(other, theirs)).toEqual(theirs)
})

row(253, async ({ scim, other }) => {
  const name = { userName: fresh('same'), externalId: fresh('same') }
  const [mine, theirs] = [await user(scim, name), await user(other, name)]
  for (const filter of [`userName eq "${name.userName}"`, `externalId eq "${name.externalId}"`]) {
    expect((await found(scim, filter)).map(({ id }) => id)).toEqual([mine.id])
    expect((await found(other, filter)).map(({ id }) => id)).toEqual([theirs.id])
  }
})

row(254, async ({ scim, strict, other }) => {
  const theirs = await user(other)
  const team = await group(scim)
  const members = [{ value: theirs.id, $ref: theirs.meta.location }]
  expectError(await scim.post('/Groups', { schemas: [groupSchema], displayName: fresh(), members }), 400, 'invalidValue')
  expectError(await scim.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value: members }]), 400, 'invalidValue')
  expect(await read(scim, team)).toEqual(team)
  const report = { schemas: [userSchema, enterpriseSchema], userName: fresh(), [enterpriseSchema]: { manager: { value: theirs.id } } }
  expectError(await strict.post('/Users', report), 400, 'invalidValue')
  expect((await scim.post('/Users', report)).body[enterpriseSchema].manager.$ref).toBeUndefined()
})

row(255, async ({ server }) => {
  const body = JSON.stringify({ schemas: [userSchema], userName: fresh() })
  const answer = await fetch(`${server.scimUrl}/Users`, { method: 'POST', body, headers: { 'Content-Type': 'application/scim+json' } })
  expect(answer.status).toBe(401)
})

row(256, async ({ scim }) => {
  const hostile = ["'; drop table users;--", '__proto__', 'constructor', '${7*7}', '../../etc/passwd', '%00', '\u0000', '<script>']
  for (const text of hostile) {
    const encoded = encodeURIComponent(text)
    const answers = [
      await scim.get(`/Users/${encoded}`),
      await scim.get(`/Users?filter=${encoded}`),
      await scim.get(`/Users?sortBy=${encoded}`),
      await scim.get(`/Users?attributes=${encoded}&count=1`),
      await scim.get(`/Users?cursor=${encoded}`),
      await scim.post('/Users/.search', { schemas: [searchSchema], filter: text }),
    ]
    for (const { status } of answers) expect(status).toBeLessThan(500)
  }
  const { id } = await user(scim)
  await scim.request(
    'PATCH',
    `/Users/${id}`,
    `{"Operations":[{"op":"add","value":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}]}`,
  )
  await scim.request('POST', '/Users', `{"schemas":["${userSchema}"],"userName":"${fresh()}","__proto__":{"polluted":true}}`)
  expect(JSON.stringify((await scim.get('/Users?count=500')).body)).not.toContain('polluted')
})
