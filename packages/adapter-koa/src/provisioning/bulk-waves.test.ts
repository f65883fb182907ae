import { bulkRequestSchema, planBulk, readBulkRequest } from '@latchkey/scim'
import { expect, test } from 'vitest'
import { wavesOf } from './bulk-waves.ts'

const create = (bulkId: string, data: Record<string, unknown>) => ({ method: 'POST', path: '/Users', bulkId, data })
const ada = { userName: 'ada', externalId: '1' }

/** Which operations are carried out at the same time, by their places in the request. */
function waves(...Operations: readonly object[]): readonly (readonly number[])[] {
  const { operations } = readBulkRequest({ schemas: [bulkRequestSchema], Operations } as never, { bareOperations: false })
  return wavesOf(planBulk(operations), operations).map((wave) => wave.flatMap(({ writes }) => writes.map(({ index }) => index)))
}

test('users who have nothing to do with one another are created at the same time, eight of them', () => {
  const many = Array.from({ length: 18 }, (_, index) => create(`b${index}`, { userName: `user${index}`, externalId: `${index}` }))
  expect(waves(...many).map(({ length }) => length)).toEqual([8, 8, 2])
  expect(waves(...many).flat()).toEqual(many.map((_, index) => index))
})

test.each([
  ['a name in other letters', create('b', { userName: 'ADA' })],
  ['an external id that is taken', create('b', { userName: 'grace', externalId: '1' })],
])('%s waits for whoever has it', (_what, operation) => {
  expect(waves(create('a', ada), operation, create('c', { userName: 'jean' }))).toEqual([[0], [1, 2]])
})

test.each([
  ['a manager who is created by the same job', create('b', { userName: 'grace', manager: { value: 'bulkId:a' } })],
  ['no name', create('b', {})],
  ['a name spelled otherwise', create('b', { username: 'grace' })],
  ['an external id that is none', create('b', { userName: 'grace', externalId: 7 })],
  ['a group', { method: 'POST', path: '/Groups', bulkId: 'b', data: { displayName: 'Crew' } }],
  ['a change', { method: 'PATCH', path: '/Users/00000000-0000-7000-8000-000000000001', data: { Operations: [] } }],
  ['a removal', { method: 'DELETE', path: '/Users/00000000-0000-7000-8000-000000000001' }],
  ['what makes no sense', { method: 'POST', path: '/Nothing', bulkId: 'b', data: {} }],
])('%s is a turn of its own', (_what, operation) => {
  expect(waves(create('a', ada), operation, create('c', { userName: 'jean' }))).toEqual([[0], [1], [2]])
})
