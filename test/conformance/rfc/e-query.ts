import { expect } from 'vitest'
import { expectError, filtered, fresh, group, listSchema, user, row } from './world.ts'

row(78, async ({ scim }) => {
  await user(scim)
  const { status, body } = await scim.get('/Users')
  expect([status, body.schemas]).toEqual([200, [listSchema]])
  expect(body.totalResults).toBeGreaterThan(0)
  expect(body.Resources.length).toBe(body.itemsPerPage)
})

row(79, async ({ scim }) => {
  const { status, body } = await filtered(scim, 'userName eq "nobody"')
  expect([status, body.totalResults]).toEqual([200, 0])
})

row(80, async ({ scim }) => {
  for (let index = 0; index < 3; index += 1) await user(scim)
  const { body } = await scim.get('/Users?startIndex=2&count=2')
  expect([body.startIndex, body.itemsPerPage, body.Resources.length]).toEqual([2, 2, 2])
})

row(81, async ({ scim }) => {
  const stem = fresh('both')
  await user(scim, { userName: stem, displayName: stem })
  await group(scim, [], { displayName: stem })
  const { status, body } = await scim.get(`/?filter=${encodeURIComponent(`displayName eq "${stem}"`)}`)
  expect(status).toBe(200)
  expect(body.Resources.map(({ meta }: { meta: { resourceType: string } }) => meta.resourceType).sort()).toEqual(['Group', 'User'])
})

row(82, async ({ scim }) => {
  const { userName } = await user(scim)
  await group(scim)
  const named = await scim.get(`/?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)
  expect([named.status, named.body.totalResults]).toEqual([200, 1])
  const present = await scim.get(`/?count=500&filter=${encodeURIComponent('userName pr')}`)
  expect(present.body.Resources.every(({ meta }: { meta: { resourceType: string } }) => meta.resourceType === 'User')).toBe(true)
})

row(83, async ({ scim }) => {
  await user(scim)
  await group(scim)
  const { body } = await scim.get(`/?filter=${encodeURIComponent('meta.resourceType eq "Group"')}`)
  expect(body.totalResults).toBeGreaterThan(0)
  expect(body.Resources.every(({ meta }: { meta: { resourceType: string } }) => meta.resourceType === 'Group')).toBe(true)
})

row(84, async ({ scim }) => {
  const { status, body } = await scim.get('/Users?count=100000')
  expect(status).toBe(200)
  expect(body.itemsPerPage).toBeLessThanOrEqual(500)
})

row(85, async ({ scim }) => {
  const { id } = await user(scim)
  const { status, body } = await scim.get(`/Users/${id}?filter=${encodeURIComponent('userName eq "nobody"')}`)
  expect([status, body.id]).toEqual([200, id])
  expectError(await scim.get(`/Users/${crypto.randomUUID()}?filter=id%20pr`), 404)
})
