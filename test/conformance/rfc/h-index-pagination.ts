import { expect } from 'vitest'
import { userSchema } from '../../scim-client.ts'
import { bulkSchema, expectError, fresh, namesFound, user, row } from './world.ts'

row(128, async ({ scim }) => {
  await user(scim)
  for (const index of [0, -5]) {
    const { body } = await scim.get(`/Users?startIndex=${index}&count=1`)
    expect(body).toMatchObject({ startIndex: 1, itemsPerPage: 1 })
  }
})

for (const [number, count] of [
  [129, -1],
  [130, 0],
] as const) {
  row(number, async ({ scim }) => {
    await user(scim)
    const { status, body } = await scim.get(`/Users?count=${count}`)
    expect([status, body.itemsPerPage, body.Resources ?? []]).toEqual([200, 0, []])
    expect(body.totalResults).toBe((await scim.get('/Users')).body.totalResults)
  })
}

row(131, async ({ scim }) => {
  for (let index = 0; index < 7; index += 1) await user(scim)
  expect((await scim.get('/Users?count=5')).body.Resources).toHaveLength(5)
})

row(132, async ({ scim }) => {
  const { maxResults } = (await scim.get('/ServiceProviderConfig')).body.filter
  const userType = fresh('many')
  const Operations = Array.from({ length: maxResults + 1 }, (_, index) => {
    return { method: 'POST', path: '/Users', bulkId: `u${index}`, data: { schemas: [userSchema], userName: fresh(userType), userType } }
  })
  // In several requests: a Bulk takes no new operation after 20 s, however slow the machine is.
  for (let first = 0; first <= maxResults; first += 100)
    expect((await scim.post('/Bulk', { schemas: [bulkSchema], Operations: Operations.slice(first, first + 100) })).status).toBe(200)
  const filter = encodeURIComponent(`userType eq "${userType}"`)
  const { body } = await scim.get(`/Users?filter=${filter}&attributes=id&count=${maxResults + 1}`)
  expect([body.totalResults, body.itemsPerPage, body.Resources.length]).toEqual([maxResults + 1, maxResults, maxResults])
})

row(133, async ({ scim }) => {
  const { totalResults } = (await scim.get('/Users')).body
  const { status, body } = await scim.get('/Users?startIndex=100000')
  expect([status, body.totalResults, body.itemsPerPage]).toEqual([200, totalResults, 0])
})

row(134, async ({ scim }) => {
  const stem = fresh()
  const made = []
  for (let index = 0; index < 12; index += 1) made.push((await user(scim, { userName: `${stem}${index}` })).userName)
  const walk = async () => {
    const pages = [1, 6, 11].map((startIndex) => namesFound(scim, `userName sw "${stem}"`, `&startIndex=${startIndex}&count=5`))
    return (await Promise.all(pages)).flat()
  }
  const walked = await walk()
  expect(walked.toSorted()).toEqual(made.toSorted())
  expect(await walk()).toEqual(walked)
})

row(135, async ({ scim }) => {
  for (const query of ['count=abc', 'startIndex=abc', 'count=1.5']) expectError(await scim.get(`/Users?${query}`), 400, 'invalidValue')
})
