import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../json.ts'
import { limits } from '../../limits.ts'
import { attributeName } from '../../schema/find-attribute.ts'
import { groupType, userType } from '../../schema/resource-types.ts'
import { ScimError } from '../error.ts'
import { readQuery, readSearchRequest, readSortBy, searchRequestSchema } from './read-query.ts'

const get = (parameters: { readonly [name: string]: string } = {}) =>
  readQuery((name) => (Object.hasOwn(parameters, name) ? parameters[name]! : null))
const search = (body: JsonObject = {}) => readSearchRequest({ schemas: [searchRequestSchema], ...body })

function refusal(read: () => unknown): ScimError {
  try {
    read()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The query was read.')
}

test('a list that asks for nothing is the first page, by index (D-14)', () => {
  expect(get()).toEqual({
    filter: null,
    filterLengthMax: limits.filterLengthInUrlMax,
    sortBy: null,
    descending: false,
    page: { kind: 'index', startIndex: 1, count: limits.pageSizeDefault },
    attributes: null,
    excludedAttributes: null,
  })
})

test('R-146: a search by POST is the same query as by GET; only its filter may be longer', () => {
  const parameters = { filter: 'userName eq "ada"', sortBy: 'userName', sortOrder: 'descending', startIndex: '3', count: '7' }
  const byGet = get({ ...parameters, attributes: 'userName, emails.value' })
  const body = { ...parameters, startIndex: 3, count: 7, attributes: ['userName', 'emails.value'] }
  expect(search(body)).toEqual({ ...byGet, filterLengthMax: limits.filterLengthInBodyMax })
  expect(byGet).toMatchObject({ descending: true, page: { startIndex: 3, count: 7 }, attributes: ['userName', 'emails.value'] })
})

test.each<[string, number]>([
  ['0', 1],
  ['-5', 1],
  ['1', 1],
  ['17', 17],
  ['', 1],
])('R-128: startIndex=%s is %i', (startIndex, read) => {
  expect(get({ startIndex }).page).toMatchObject({ startIndex: read })
})

test.each<[string, number]>([
  ['0', 0],
  ['-1', 0],
  ['5', 5],
  ['', limits.pageSizeDefault],
  [String(limits.pageSizeMax), limits.pageSizeMax],
  [String(limits.pageSizeMax + 1), limits.pageSizeMax],
  ['999999999999999', limits.pageSizeMax],
])('R-129 to R-132: count=%s is %i, by index and by cursor', (count, read) => {
  expect(get({ count }).page.count).toBe(read)
  expect(get({ count, cursor: '' }).page).toEqual({ kind: 'cursor', cursor: '', count: read })
})

test.each(['abc', '1.5', '1e3', '0x10', ' 1', '1 ', '٣', 'NaN', 'Infinity', '9'.repeat(400), '--1'])(
  'R-135: %j is neither a count nor a startIndex: 400 invalidValue',
  (text) => {
    expect(refusal(() => get({ count: text }))).toMatchObject({ status: 400, scimType: 'invalidValue' })
    expect(refusal(() => get({ startIndex: text }))).toMatchObject({ status: 400, scimType: 'invalidValue' })
    expect(refusal(() => search({ count: text }))).toMatchObject({ status: 400, scimType: 'invalidValue' })
  },
)

test.each<[string, Json]>([
  ['a fraction', 1.5],
  ['beyond integers', 1e21],
])('R-135: a count in a search that is %s is 400 invalidValue', (_, count) => {
  expect(refusal(() => search({ count }))).toMatchObject({ status: 400, scimType: 'invalidValue' })
})

test('R-257, R-271: a cursor is asked for by the parameter alone', () => {
  expect(get({ cursor: '' }).page).toEqual({ kind: 'cursor', cursor: '', count: limits.pageSizeDefault })
  expect(get({ cursor: 'abc', startIndex: '5' }).page).toMatchObject({ kind: 'cursor', cursor: 'abc' })
  expect(search({ cursor: '', count: 2 }).page).toEqual({ kind: 'cursor', cursor: '', count: 2 })
  expect(search({ cursor: null }).page.kind).toBe('index')
})

test('R-119, R-126: sortOrder is ascending unless it says descending, in any case; anything else is 400 invalidValue', () => {
  expect(get({ sortBy: 'userName' }).descending).toBe(false)
  expect(get({ sortOrder: 'Ascending' }).descending).toBe(false)
  expect(get({ sortOrder: 'DESCENDING' }).descending).toBe(true)
  expect(refusal(() => get({ sortOrder: 'sideways' }))).toMatchObject({ status: 400, scimType: 'invalidValue' })
})

test('R-150: a search may give its names in one text, with commas', () => {
  expect(search({ attributes: 'userName , emails,' }).attributes).toEqual(['userName', 'emails'])
  expect(search({ excludedAttributes: ['members'] }).excludedAttributes).toEqual(['members'])
})

test.each(['', ',', ' , '])('an empty list of names, as in attributes=%j, asks for nothing in particular', (text) => {
  expect(get({ attributes: text, excludedAttributes: 'members' })).toMatchObject({ attributes: null, excludedAttributes: ['members'] })
  expect(search({ attributes: [] }).attributes).toBeNull()
  expect(search({ attributes: null }).attributes).toBeNull()
})

test('an empty filter is a filter: it is refused where filters are read (R-86), never taken for none', () => {
  expect(get({ filter: '' }).filter).toBe('')
})

test.each<[string, JsonObject]>([
  ['no schemas', { schemas: null }],
  ['other schemas', { schemas: ['urn:nosuch'] }],
  ['schemas that are a text', { schemas: searchRequestSchema }],
  ['a filter that is a number', { filter: 5 }],
  ['attributes that are numbers', { attributes: [5] }],
  ['a sortBy that is a list', { sortBy: ['userName'] }],
  ['two spellings of a name', { count: 1, COUNT: 2 }],
])('R-147: a search with %s is 400 invalidSyntax', (_, body) => {
  expect(refusal(() => search(body))).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test('names in a search ignore case', () => {
  expect(readSearchRequest({ SCHEMAS: [searchRequestSchema.toUpperCase()], FILTER: 'title pr', StartIndex: 2 })).toMatchObject({
    filter: 'title pr',
    page: { startIndex: 2 },
  })
})

test.each(['sortBy', 'attributes', 'cursor'])('NUL and half of a surrogate pair are refused in %s (INP-6)', (name) => {
  for (const text of ['a\0', '\ud83d']) expect(refusal(() => get({ [name]: text }))).toMatchObject({ status: 400 })
})

test.each<[string, string | undefined]>([
  ['userName', 'userName'],
  ['NAME.GIVENNAME', 'name.givenName'],
  ['emails', 'emails.value'],
  ['emails.type', 'emails.type'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:title', 'title'],
  [
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value',
  ],
  ['meta.lastModified', 'meta.lastModified'],
  ['name', undefined],
  ['addresses', undefined],
  ['nosuch', undefined],
  ['members', undefined],
  ['password', undefined],
  ['', undefined],
  ['userName desc', undefined],
  ['__proto__', undefined],
])('R-123, R-124, R-126: to sort users by %s is to sort by %s', (name, sorted) => {
  const found = readSortBy(userType, name)
  expect(found && attributeName(found)).toBe(sorted)
})

test('groups are sorted by what groups have', () => {
  expect(readSortBy(groupType, 'displayName')).toBeDefined()
  expect(readSortBy(groupType, 'userName')).toBeUndefined()
})
