import { expect, test } from 'vitest'
import type { Json } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import { readJson } from '../read-json.ts'
import { type Attribute, attribute } from './attribute.ts'
import { enterpriseUserSchema } from './enterprise-user.ts'
import { readOne, readValue } from './read-value.ts'
import { userSchema } from './user.ts'

const find = (name: string) => [...userSchema.attributes, ...enterpriseUserSchema.attributes].find((one) => one.name === name)!
const typed = (type: Attribute['type']) => attribute('a', 'An attribute.', { type })
const read = (name: string, value: Json) => readValue(find(name), value, name)

function refusal(of: Attribute, value: Json): ScimError {
  try {
    readValue(of, value, of.name)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The value was read.')
}

test.each<[string, Json, Json]>([
  ['title', 'Vice President', 'Vice President'],
  ['title', '', ''],
  ['active', false, false],
  ['name', { GIVENNAME: 'Ada', familyName: null }, { givenName: 'Ada' }],
  ['emails', [{ value: 'a@b.example', Type: 'work', primary: true }], [{ value: 'a@b.example', type: 'work', primary: true }]],
  ['emails', [{ type: 'a type of their own' }], [{ type: 'a type of their own' }]],
  ['emails', [{ value: 'a' }, null, {}], [{ value: 'a' }]],
  ['profileUrl', 'https://example.com/~ada?x=1#y', 'https://example.com/~ada?x=1#y'],
  ['profileUrl', '../ada', '../ada'],
  ['x509Certificates', [{ value: 'TUlJ' }], [{ value: 'TUlJ' }]],
  ['x509Certificates', [{ value: 'TUlJRA==' }, { value: 'TUlJRA' }], [{ value: 'TUlJRA==' }, { value: 'TUlJRA' }]],
])('%s takes %j', (name, value, canonical) => {
  expect(read(name, value)).toEqual(canonical)
})

test.each<[string, Json]>([
  ['title', null],
  ['emails', null],
  ['emails', []],
  ['emails', [null]],
  ['emails', [{}]],
  ['emails', [{ value: null, type: null }]],
  ['name', {}],
  ['name', { givenName: null }],
])('R-51: %s is unassigned by %j', (name, value) => {
  expect(read(name, value)).toBeUndefined()
})

test('what a client may not write is passed over within what it may', () => {
  expect(read('manager', { value: '7', displayName: 'Ada', $ref: '../Users/7' })).toEqual({ value: '7' })
  expect(read('manager', { displayName: 5 })).toBeUndefined()
})

test.each<[string, Json]>([
  ['title', 5],
  ['title', true],
  ['title', ['a']],
  ['title', { value: 'a' }],
  ['active', 'true'],
  ['active', 5],
  ['active', {}],
  ['name', 'Ada'],
  ['name', [{ givenName: 'Ada' }]],
  ['name', { givenName: ['Ada'] }],
  ['emails', { value: 'a' }],
  ['emails', 'a'],
  ['emails', ['a']],
  ['emails', [[{ value: 'a' }]]],
  ['emails', [{ value: 'a', primary: 'yes' }]],
  ['profileUrl', 'not a URI'],
  ['profileUrl', ''],
  ['profileUrl', 'https://example.com/<script>'],
  ['x509Certificates', [{ value: 'not base64!' }]],
  ['x509Certificates', [{ value: 'TUlJR' }]],
  ['x509Certificates', [{ value: 'TUlJRA=' }]],
  ['x509Certificates', [{ value: '' }]],
])('R-54, R-55, R-177: %s refuses %j with 400 invalidValue', (name, value) => {
  expect(refusal(find(name), value)).toMatchObject({ status: 400, scimType: 'invalidValue' })
})

test.each<[Attribute['type'], Json, boolean]>([
  ['integer', 5, true],
  ['integer', -0, true],
  ['integer', 1.5, false],
  ['integer', '5', false],
  ['integer', 2 ** 53, false],
  ['decimal', 1.5, true],
  ['decimal', '1.5', false],
  ['decimal', JSON.parse('1e999'), false],
  ['dateTime', '2026-01-31T12:00:00Z', true],
  ['dateTime', '2026-01-31', false],
  ['dateTime', 5, false],
])('R-52, R-53: an attribute of type %s and %j', (type, value, isTaken) => {
  if (isTaken) expect(readOne(typed(type), value, 'a')).toBeDefined()
  else expect(refusal(typed(type), value)).toMatchObject({ status: 400, scimType: 'invalidValue' })
})

test('a dateTime is read as the moment it means', () => {
  expect(readOne(typed('dateTime'), '2026-01-31T12:00:00+02:00', 'a')).toBe('2026-01-31T10:00:00.000Z')
})

test('R-48: two primary values are 400 invalidValue, one and none are not', () => {
  const email = (value: string, primary?: boolean) => ({ value, ...(primary === undefined ? {} : { primary }) })
  expect(refusal(find('emails'), [email('a', true), email('b', true)])).toMatchObject({ status: 400, scimType: 'invalidValue' })
  expect(read('emails', [email('a', false), email('b', true), email('c')])).toHaveLength(3)
})

test('R-50: the same type and value are kept once, the later of them', () => {
  expect(
    read('emails', [
      { value: 'a', type: 'work' },
      { value: 'a', type: 'home' },
      { type: 'work', value: 'a', display: 'A' },
      { value: 'a' },
    ]),
  ).toEqual([{ value: 'a', type: 'home' }, { type: 'work', value: 'a', display: 'A' }, { value: 'a' }])
  expect(
    read('addresses', [
      { type: 'work', country: 'NL' },
      { country: 'NL', type: 'work' },
      { type: 'work', country: 'BE' },
    ]),
  ).toHaveLength(2)
})

test('a long list costs its length', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({ value: `a${index}@b.example`, type: 'work' }))
  const started = performance.now()
  expect(read('emails', many)).toHaveLength(20_000)
  expect(performance.now() - started).toBeLessThan(2_000)
})

test.each<[string, Json]>([
  ['name', { givenName: 'Ada', GivenName: 'Ada' }],
  ['name', { givenName: null, GIVENNAME: 'Ada' }],
  ['manager', { displayName: 'Ada', DisplayName: 'Ada' }],
])('two spellings of one part, as in %s %j, are 400 invalidSyntax (INP-2)', (name, value) => {
  expect(refusal(find(name), value)).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test.each(['nosuch', '__proto__', 'constructor', ''])('a part %j that does not exist is 400 invalidSyntax', (name) => {
  const value = JSON.parse(`{"givenName":"Ada",${JSON.stringify(name)}:{"isAdmin":true}}`)
  expect(refusal(find('name'), value)).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test.each<[string, string]>([
  ['{}', 'an object'],
  ['[]', 'a list'],
  ['{"toString":1}', 'an object'],
  ['5', 'a number'],
  ['true', 'a boolean'],
])('%s, as it comes from a body, is refused in words', (json, words) => {
  const { value } = readJson(`{"value":${json}}`, { depthMax: 3, keysMax: 3, elementsMax: 3 })
  for (const name of ['title', 'profileUrl', 'userType']) expect(refusal(find(name), value!).status).toBe(400)
  expect(refusal(typed('dateTime'), value!).message).toContain(words)
})

test('an error repeats little of what was sent, and never half a character', () => {
  const { message } = refusal(find('active'), '\u{1F600}'.repeat(10_000))
  expect(message.length).toBeLessThan(300)
  expect(message.isWellFormed()).toBe(true)
})
