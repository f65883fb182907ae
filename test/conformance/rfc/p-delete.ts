import { expect } from 'vitest'
import { expectError, filtered, found, fresh, group, read, row, searchSchema, user } from './world.ts'

row(204, async ({ scim }) => {
  const { id } = await user(scim)
  const { status, body, headers } = await scim.delete(`/Users/${id}`)
  expect([status, body, headers.get('Content-Type')]).toEqual([204, undefined, null])
})

row(205, async ({ scim }) => {
  for (const made of [await user(scim), await group(scim)]) {
    const path = `/${made.meta.resourceType}s/${made.id}`
    await scim.delete(path)
    const answers = [
      await scim.get(path),
      await scim.put(path, made),
      await scim.patch(path, [{ op: 'replace', path: 'displayName', value: 'Back' }]),
      await scim.delete(path),
    ]
    for (const answer of answers) expectError(answer, 404)
  }
})

row(206, async ({ scim }) => {
  const displayName = fresh('gone')
  for (const made of [await user(scim, { displayName }), await group(scim, [], { displayName })]) {
    const type = `${made.meta.resourceType}s`
    const counts = async () => {
      const filter = `displayName eq "${displayName}"`
      const search = { schemas: [searchSchema], filter }
      const answers = [
        await scim.get(`/${type}?count=0`),
        await filtered(scim, filter, type),
        await scim.post(`/${type}/.search`, search),
        await scim.post('/.search', search),
      ]
      expect(JSON.stringify(answers.slice(1)).includes(made.id)).toBe((await scim.get(`/${type}/${made.id}`)).status === 200)
      return answers.map(({ body }) => body.totalResults)
    }
    const before = await counts()
    expect(before.slice(1, 3)).toEqual([1, 1])
    await scim.delete(`/${type}/${made.id}`)
    expect(await counts()).toEqual(before.map((count) => count - 1))
  }
})

row(207, async ({ scim }) => {
  const names = { userName: fresh('leaver'), externalId: fresh('leaver') }
  const { id } = await user(scim, names)
  await scim.delete(`/Users/${id}`)
  expect((await user(scim, names)).id).not.toBe(id)
})

row(208, async ({ scim }) => {
  const [leaver, staying] = [await user(scim), await user(scim)]
  const team = await group(scim, [leaver.id, staying.id])
  await scim.delete(`/Users/${leaver.id}`)
  const after = await read(scim, team)
  expect(after.members.map(({ value }: { value: string }) => value)).toEqual([staying.id])
  expect(after.meta.version).not.toBe(team.meta.version)
  expect(await found(scim, `members.value eq "${leaver.id}"`, 'Groups')).toEqual([])
})
