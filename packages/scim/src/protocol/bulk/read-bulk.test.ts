import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../json.ts'
import { limits } from '../../limits.ts'
import { groupType, userType } from '../../schema/resource-types.ts'
import { ScimError } from '../error.ts'
import { patchSchema } from '../patch/parse-patch.ts'
import { bulkRequestSchema, readBulkRequest } from './read-bulk.ts'

const body = (...operations: readonly Json[]): JsonObject => ({ schemas: [bulkRequestSchema], Operations: operations })
const readOne = (operation: Json, options = {}) => readBulkRequest(body(operation), options).operations[0]!
const data = { userName: 'ada' }

function refusal(message: JsonObject): ScimError {
  try {
    readBulkRequest(message)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The body was read.')
}

test('R-209: each method is read for what it does', () => {
  const { failOnErrors, operations } = readBulkRequest({
    schemas: [bulkRequestSchema],
    failOnErrors: 2,
    Operations: [
      { method: 'POST', path: '/Users', bulkId: 'qwerty', data },
      { method: 'PUT', path: '/Users/b7c1', version: 'W/"3"', data },
      { method: 'PATCH', path: '/Groups/5d48', bulkId: 'mine', data: { schemas: [patchSchema], Operations: [] } },
      { method: 'DELETE', path: '/Users/e902', version: 'W/"0"' },
    ],
  })
  expect(failOnErrors).toBe(2)
  expect(operations).toEqual([
    { kind: 'create', method: 'POST', type: userType, bulkId: 'qwerty', data },
    { kind: 'replace', method: 'PUT', type: userType, id: 'b7c1', bulkId: null, version: 'W/"3"', data },
    {
      kind: 'modify',
      method: 'PATCH',
      type: groupType,
      id: '5d48',
      bulkId: 'mine',
      version: null,
      data: { schemas: [patchSchema], Operations: [] },
    },
    { kind: 'delete', method: 'DELETE', type: userType, id: 'e902', bulkId: null, version: 'W/"0"' },
  ])
})

test('names ignore case, and a job that does not say when to stop never stops', () => {
  const message = { SCHEMAS: [bulkRequestSchema.toUpperCase()], operations: [{ METHOD: 'POST', Path: '/Users', BULKID: 'a', Data: data }] }
  expect(readBulkRequest(message)).toMatchObject({ failOnErrors: null, operations: [{ kind: 'create', bulkId: 'a' }] })
})

test.each<[string, JsonObject]>([
  ['no schemas', { Operations: [{}] }],
  ['other schemas', { schemas: [patchSchema], Operations: [{}] }],
  ['no operations', { schemas: [bulkRequestSchema] }],
  ['no list of operations', { schemas: [bulkRequestSchema], Operations: {} }],
  ['an empty list', body()],
  ['two lists', { ...body({}), operations: [{}] }],
])('R-223: %s is 400 invalidSyntax', (_, message) => {
  expect(refusal(message)).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test.each([0, -1, 1.5, '1', true])('failOnErrors cannot be %j', (failOnErrors) => {
  expect(refusal({ ...body({}), failOnErrors })).toMatchObject({ status: 400, scimType: 'invalidValue' })
})

test('R-221: one operation more than advertised is 413, and the limit is named with its value', () => {
  const many = (count: number) => body(...Array(count).fill({ method: 'DELETE', path: '/Users/1' }))
  expect(readBulkRequest(many(limits.bulkOperationsMax)).operations).toHaveLength(limits.bulkOperationsMax)
  const error = refusal(many(limits.bulkOperationsMax + 1))
  expect(error.status).toBe(413)
  expect(error.message).toContain(`${limits.bulkOperationsMax} operations (maxOperations)`)
})

test.each<[string, Json, number]>([
  ['a text', 'POST', 400],
  ['null', null, 400],
  ['without method', { path: '/Users', bulkId: 'a', data }, 400],
  ['with a method that is a number', { method: 5, path: '/Users', bulkId: 'a', data }, 400],
  ['with method GET', { method: 'GET', path: '/Users/1' }, 405],
  ['with method post', { method: 'post', path: '/Users', bulkId: 'a', data }, 405],
  ['without path', { method: 'POST', bulkId: 'a', data }, 400],
  ['to an unknown type', { method: 'POST', path: '/Devices', bulkId: 'a', data }, 404],
  ['to discovery', { method: 'DELETE', path: '/Schemas/x' }, 404],
  ['to another bulk', { method: 'POST', path: '/Bulk', bulkId: 'a', data }, 404],
  ['to a part of a user', { method: 'DELETE', path: '/Users/1/name' }, 404],
  ['to a path with two slashes at its end', { method: 'DELETE', path: '/Users/1//' }, 404],
  ['to a relative path', { method: 'DELETE', path: 'Users/1' }, 404],
  ['to a whole address', { method: 'DELETE', path: 'https://keys.example/scim/v2/Users/1' }, 404],
  ['to nothing', { method: 'DELETE', path: '' }, 404],
  ['to an inherited name', { method: 'DELETE', path: '/__proto__/1' }, 404],
  ['POST to a user', { method: 'POST', path: '/Users/1', bulkId: 'a', data }, 405],
  ['PUT without id', { method: 'PUT', path: '/Users', data }, 405],
  ['PATCH without id', { method: 'PATCH', path: '/Users/', data }, 405],
  ['DELETE without id', { method: 'DELETE', path: '/Users' }, 405],
  ['POST without bulkId (R-218)', { method: 'POST', path: '/Users', data }, 400],
  ['POST with an empty bulkId', { method: 'POST', path: '/Users', bulkId: '', data }, 400],
  ['POST with a bulkId that is a number', { method: 'POST', path: '/Users', bulkId: 1, data }, 400],
  ['POST without data', { method: 'POST', path: '/Users', bulkId: 'a' }, 400],
  ['PUT with data that is a text', { method: 'PUT', path: '/Users/1', data: 'x' }, 400],
  ['PATCH with a bare list, strictly (D-8)', { method: 'PATCH', path: '/Users/1', data: [] }, 400],
  ['with a version that is a number', { method: 'DELETE', path: '/Users/1', version: 1 }, 400],
  ['with two methods', { method: 'DELETE', METHOD: 'POST', path: '/Users/1' }, 400],
])('R-219: an operation %s is refused for itself alone', (_, operation, status) => {
  const good = { method: 'DELETE', path: '/Users/2' }
  const { operations } = readBulkRequest(body(good, operation, good))
  expect(operations.map(({ kind }) => kind)).toEqual(['delete', 'refused', 'delete'])
  expect(operations[1]).toMatchObject({ refusal: { status } })
})

test('what can be told of a refused operation is told', () => {
  expect(readOne({ method: 'GET', path: '/Users', bulkId: 'a' })).toMatchObject({ method: 'GET', bulkId: 'a' })
  expect(readOne({ method: 'POST', path: '/Nothing', bulkId: 'a' })).toMatchObject({ method: 'POST', bulkId: 'a' })
})

test('R-218: two creations under one bulkId are both refused: a reference could mean either', () => {
  const post = (bulkId: string) => ({ method: 'POST', path: '/Users', bulkId, data })
  const { operations } = readBulkRequest(body(post('a'), post('b'), post('a'), { method: 'DELETE', path: '/Users/1', bulkId: 'b' }))
  expect(operations.map(({ kind }) => kind)).toEqual(['refused', 'create', 'refused', 'delete'])
  expect(operations[0]).toMatchObject({ refusal: { status: 400, scimType: 'invalidValue' } })
})

test('D-8: a bare list of operations is the body of a PATCH where that is asked for, and of nothing else', () => {
  const list = [{ op: 'remove', path: 'title' }]
  expect(readOne({ method: 'PATCH', path: '/Users/1', data: list }, { bareOperations: true })).toMatchObject({
    kind: 'modify',
    data: { schemas: [patchSchema], Operations: list },
  })
  expect(readOne({ method: 'PUT', path: '/Users/1', data: list }, { bareOperations: true }).kind).toBe('refused')
})

test('ids are decoded as in a request of its own; a slash at the end means nothing', () => {
  expect(readOne({ method: 'DELETE', path: '/Users/a%20b%2Fc/' })).toMatchObject({ id: 'a b/c' })
  expect(readOne({ method: 'DELETE', path: '/Users/50%' })).toMatchObject({ id: '50%' })
  expect(readOne({ method: 'POST', path: '/Users/', bulkId: 'a', data })).toMatchObject({ kind: 'create' })
})

test('names are counted for each operation, a group’s members apart', () => {
  const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 1]))
  const put = (path: string, count: number) => readOne({ method: 'PUT', path, data: { name: names(count - 1) } })
  expect(put('/Users/1', limits.jsonKeysMax).kind).toBe('replace')
  expect(put('/Users/1', limits.jsonKeysMax + 1).kind).toBe('refused')
  expect(put('/Groups/1', limits.jsonKeysMax + 1).kind).toBe('replace')
})

test('any list of operations gives an entry for each', () => {
  const operation = fc.record(
    {
      method: fc.oneof(fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET'), fc.jsonValue()),
      path: fc.oneof(fc.constantFrom('/Users', '/Users/1', '/Groups/bulkId:a'), fc.string(), fc.jsonValue()),
      bulkId: fc.oneof(fc.constantFrom('a', 'b'), fc.jsonValue()),
      version: fc.oneof(fc.constant('W/"1"'), fc.jsonValue()),
      data: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(operation, fc.jsonValue()), { minLength: 1 }), (operations) => {
      const read = readBulkRequest(body(...(operations as Json[]))).operations
      expect(read).toHaveLength(operations.length)
    }),
  )
})
