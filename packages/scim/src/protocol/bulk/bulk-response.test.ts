import { expect, test } from 'vitest'
import { userType } from '../../schema/resource-types.ts'
import { errorSchema, ScimError } from '../error.ts'
import { bulkEntry, bulkResponse } from './bulk-response.ts'
import type { BulkOperation } from './read-bulk.ts'

const location = 'https://keys.example/scim/v2/Users/92b7'
const creation: BulkOperation = { kind: 'create', method: 'POST', type: userType, bulkId: 'qwerty', data: {} }
const deletion: BulkOperation = { kind: 'delete', method: 'DELETE', type: userType, id: '92b7', bulkId: null, version: null }

test('R-210: an entry says what became of its operation; the status is a string (D-1)', () => {
  expect(bulkEntry(creation, { kind: 'done', status: 201, location, version: 'W/"1"' })).toEqual({
    location,
    method: 'POST',
    bulkId: 'qwerty',
    version: 'W/"1"',
    status: '201',
  })
  expect(bulkEntry(deletion, { kind: 'done', status: 204, location, version: null })).toEqual({ location, method: 'DELETE', status: '204' })
})

test('R-210, R-211: a failure carries its SCIM error; a POST that failed has no location', () => {
  const error = new ScimError(409, 'uniqueness', 'userName is taken.')
  expect(bulkEntry(creation, { kind: 'failed', error, location: null })).toEqual({
    method: 'POST',
    bulkId: 'qwerty',
    status: '409',
    response: { schemas: [errorSchema], status: '409', scimType: 'uniqueness', detail: 'userName is taken.' },
  })
  expect(bulkEntry(deletion, { kind: 'failed', error, location })).toMatchObject({ location })
})

test('a refused operation without a method has an entry without one', () => {
  const refusal = new ScimError(400, 'invalidSyntax', 'Every operation must be an object.')
  const entry = bulkEntry({ kind: 'refused', method: null, bulkId: null, refusal }, { kind: 'failed', error: refusal, location: null })
  expect(Object.keys(entry)).toEqual(['status', 'response'])
})

test('R-209: the entries are the answer', () => {
  expect(bulkResponse([{ status: '201' }])).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
    Operations: [{ status: '201' }],
  })
})
