import { expect } from 'vitest'
import { enterpriseSchema, groupSchema, userSchema } from '../../scim-client.ts'
import { atSecondProcess, expectError, found, fresh, group, patchSchema, read, row, searchSchema, user } from './world.ts'

row(252, async ({ scim, other }) => {
  const theirs = await user(other)
  const [foreign, unknown] = [await scim.get(`/Users/${theirs.id}`), await scim.get(`/Users/${crypto.randomUUID()}`)]
  expectError(foreign, 404)
  expect(foreign.body).toEqual(unknown.body)
  expectError(await scim.delete(`/Users/${theirs.id}`), 404)
  // No address belongs to an organisation: one that is there and one that is not are answered alike.
  for (const slug of ['other', 'acme', 'no-such']) {
    for (const path of ['/Users', `/Users/${theirs.id}`]) expectError(await scim.get(`/${slug}${path}`), 404)
  }
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
  const [theirs, mine] = [await user(other), await user(scim)]
  const team = await group(scim, [mine.id])
  const members = [{ value: theirs.id, $ref: theirs.meta.location }]
  for (const client of [scim, strict]) {
    expectError(await client.post('/Groups', { schemas: [groupSchema], displayName: fresh(), members }), 400, 'invalidValue')
    expectError(await client.put(`/Groups/${team.id}`, { ...team, members }), 400, 'invalidValue')
    // A reference alone names nobody.
    for (const value of [members, [{ $ref: theirs.meta.location }]]) {
      expectError(await client.patch(`/Groups/${team.id}`, [{ op: 'add', path: 'members', value }]), 400, 'invalidValue')
    }
  }
  expect(await read(scim, team)).toEqual(team)
  const manager = { value: theirs.id, $ref: theirs.meta.location }
  const report = { schemas: [userSchema, enterpriseSchema], userName: fresh(), [enterpriseSchema]: { manager } }
  expectError(await strict.post('/Users', report), 400, 'invalidValue')
  expect((await scim.post('/Users', report)).body[enterpriseSchema].manager).toEqual({ value: theirs.id })
  expect(await read(other, theirs)).toEqual(theirs)
})

row(255, async (world) => {
  // Wrong tokens are counted for an address in a process, and every other row comes from this address too.
  await atSecondProcess(world, {}, async (server) => {
    const userName = fresh('anonymous')
    const attempt = () => fetch(`${server.scimUrl}/Users`, { method: 'POST', body: JSON.stringify({ schemas: [userSchema], userName }) })
    const statuses = new Set<number>()
    let last = await attempt()
    for (let attempts = 1; last.status !== 429 && attempts < 1_000; attempts += 1) {
      statuses.add(last.status)
      last = await attempt()
    }
    expect([[...statuses], last.status, Number(last.headers.get('Retry-After')) > 0]).toEqual([[401], 429, true])
    expect(await found(world.scim, `userName eq "${userName}"`)).toEqual([])
  })
})

row(256, async ({ scim, strict }) => {
  const sql = ["'; drop table users; --", '" or "1" eq "1', "') or ('1'='1", '$1', '%', '\\']
  const objects = ['__proto__', 'constructor', 'constructor.prototype', 'toString']
  for (const text of [...sql, ...objects, `\${7*7}`, '{{7*7}}', '../../etc/passwd', '<script>', '\u2028', '\u0000']) {
    const [inPath, inFilter] = [encodeURIComponent(text), JSON.stringify(text)]
    const isText = text !== '\u0000'
    const made = await user(scim, isText ? { title: text, name: { familyName: text } } : {})
    if (isText) {
      expect([made.title, made.name.familyName]).toEqual([text, text])
      expect((await found(scim, `id eq "${made.id}" and title eq ${inFilter} and name.familyName co ${inFilter}`)).length).toBe(1)
    }
    for (const client of [scim, strict]) {
      const answers = [
        await client.get(`/Users/${inPath}`),
        await client.get(`/Users?filter=${inPath}`),
        await client.get(`/Users?sortBy=${inPath}`),
        await client.get(`/Users?sortOrder=${inPath}&count=${inPath}&startIndex=${inPath}`),
        await client.get(`/Users?attributes=${inPath}&count=1`),
        await client.get(`/Users?cursor=${inPath}`),
        await client.post('/Users/.search', { schemas: [searchSchema], filter: text }),
        await client.patch(`/Users/${made.id}`, [{ op: 'replace', path: text, value: 'polluted' }]),
        await client.patch(`/Users/${made.id}`, [{ op: 'replace', path: `emails[value eq ${inFilter}].display`, value: 'polluted' }]),
        await client.patch(`/Users/${made.id}`, [{ op: text, path: 'title', value: 'polluted' }]),
        // Literals: an object of ours would take `__proto__` for its prototype.
        await client.request(
          'PATCH',
          `/Users/${made.id}`,
          `{"schemas":["${patchSchema}"],"Operations":[{"op":"add","value":{${inFilter}:{"polluted":true}}}]}`,
        ),
        await client.request(
          'PUT',
          `/Users/${made.id}`,
          `{"schemas":["${userSchema}"],"userName":"${made.userName}",${inFilter}:{"polluted":true}}`,
        ),
        await client.request('POST', '/Users', `{"schemas":["${userSchema}"],"userName":"${fresh()}",${inFilter}:{"polluted":true}}`),
      ]
      for (const { status } of answers) expect(status).toBeLessThan(500)
    }
    // What is still in the element that a tolerant path may have made says so itself.
    const { emails: _emails, ...rest } = await read(scim, made)
    expect(JSON.stringify(rest)).not.toContain('polluted')
  }
})
