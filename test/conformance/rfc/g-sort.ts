import { expect } from 'vitest'
import { enterpriseSchema } from '../../scim-client.ts'
import { type World, expectError, fresh, namesFound, user, row } from './world.ts'

/** Users in an order that no attribute has, and the last letters of their names in the order in which a query gives them. */
async function sorted(scim: World['scim'], made: readonly (readonly [string, object])[], query: string): Promise<string> {
  const stem = fresh()
  for (const [letter, attributes] of made) await user(scim, { userName: `${stem}${letter}`, ...attributes })
  return (await namesFound(scim, `userName sw "${stem}"`, `&${query}`)).map((name) => name.at(-1)).join('')
}

row(119, async ({ scim }) => {
  expect(
    await sorted(
      scim,
      [
        ['b', {}],
        ['a', {}],
        ['c', {}],
      ],
      'sortBy=userName',
    ),
  ).toBe('abc')
})

row(120, async ({ scim }) => {
  const people = [
    ['b', { title: 'same' }],
    ['a', { title: 'same' }],
    ['c', { title: 'first' }],
  ] as const
  const up = await sorted(scim, people, 'sortBy=title&sortOrder=ascending')
  const down = await sorted(scim, people, 'sortBy=title&sortOrder=descending')
  expect([...up].reverse().join('')).toBe(down)
})

row(121, async ({ scim }) => {
  expect(
    await sorted(
      scim,
      [
        ['b', { title: 'B' }],
        ['c', { title: 'c' }],
        ['a', { title: 'a' }],
        ['d', { title: 'É' }],
      ],
      'sortBy=title',
    ),
  ).toBe('abcd')
})

row(122, async ({ scim }) => {
  const stem = fresh()
  const people = [
    ['a', { externalId: `a${stem}` }],
    ['b', { externalId: `B${stem}` }],
    ['c', { externalId: `c${stem}` }],
  ] as const
  expect(await sorted(scim, people, 'sortBy=externalId')).toBe('bac')
})

row(123, async ({ scim }) => {
  const people = [
    ['a', { emails: [{ value: 'a@x.com' }, { value: 'z@x.com', primary: true }] }],
    ['b', { emails: [{ value: 'm@x.com' }, { value: 'a@x.com' }] }],
    ['c', { emails: [{ value: 'q@x.com' }] }],
  ] as const
  expect(await sorted(scim, people, 'sortBy=emails')).toBe('bca')
})

row(124, async ({ scim }) => {
  const people = [
    ['a', { name: { givenName: 'Z' }, [enterpriseSchema]: { department: '2' } }],
    ['b', { name: { givenName: 'Y' }, [enterpriseSchema]: { department: '3' } }],
    ['c', { name: { givenName: 'X' }, [enterpriseSchema]: { department: '1' } }],
  ] as const
  expect(await sorted(scim, people, 'sortBy=name.givenName')).toBe('cba')
  expect(await sorted(scim, people, `sortBy=${enterpriseSchema}:department`)).toBe('cab')
})

row(125, async ({ scim }) => {
  const people = [
    ['a', {}],
    ['b', { title: 'B' }],
    ['c', { title: 'C' }],
  ] as const
  expect(await sorted(scim, people, 'sortBy=title')).toBe('bca')
  expect((await sorted(scim, people, 'sortBy=title&sortOrder=descending'))[0]).toBe('a')
})

row(126, async ({ scim }) => {
  for (const query of ['sortBy=nosuch', 'sortBy=name', 'sortBy=userName&sortOrder=sideways']) {
    const answer = await scim.get(`/Users?${query}`)
    expect(answer.status).toBe(400)
    expectError(answer, 400, answer.body.scimType)
    expect(['invalidValue', 'invalidPath']).toContain(answer.body.scimType)
  }
})

row(127, async ({ scim }) => {
  expect(
    await sorted(
      scim,
      [
        ['c', {}],
        ['a', {}],
        ['b', {}],
      ],
      'sortBy=meta.lastModified',
    ),
  ).toBe('cab')
})
