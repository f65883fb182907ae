import { expect, test } from 'vitest'
import { listResponse } from './list-response.ts'

const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse']

test('R-78, R-80: a page by index says where it starts and how much it holds', () => {
  expect(listResponse({ resources: [{ id: '1' }, { id: '2' }], totalResults: 9, startIndex: 3 })).toEqual({
    schemas,
    totalResults: 9,
    startIndex: 3,
    itemsPerPage: 2,
    Resources: [{ id: '1' }, { id: '2' }],
  })
})

test('R-257 to R-259: a page by cursor says how to go on, if it goes on, and nothing of an index or of the page before', () => {
  expect(listResponse({ resources: [{ id: '1' }], totalResults: 9, nextCursor: 'abc' })).toEqual({
    schemas,
    totalResults: 9,
    itemsPerPage: 1,
    nextCursor: 'abc',
    Resources: [{ id: '1' }],
  })
  expect(listResponse({ resources: [], totalResults: 0 })).toEqual({ schemas, totalResults: 0, itemsPerPage: 0, Resources: [] })
})
