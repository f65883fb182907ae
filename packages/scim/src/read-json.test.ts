import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { ScimError } from './protocol/error.ts'
import { readJson } from './read-json.ts'

const limits = { depthMax: 4, keysMax: 5, elementsMax: 6 }
const wide = { depthMax: 100, keysMax: 100_000, elementsMax: 100_000 }

function refusal(text: string, within = wide): ScimError {
  try {
    readJson(text, within)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The body was read.')
}

test('a body comes out as it went in, every code point of it (R-8)', () => {
  const text = '{"userName":"Грета 李 \\ud83d\\ude00 \\u00e9","active":true,"a":[1,-1.5e3,null,{"b":{}}]}'
  expect(readJson(text, wide)).toEqual(JSON.parse(text))
})

test('any JSON object comes out as it went in, or holds what none may', () =>
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
      const text = JSON.stringify(value)
      if (text.includes('"__proto__":')) expect(refusal(text).status).toBe(400)
      else if (text.includes('\\u0000')) expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidValue' })
      else expect(JSON.stringify(readJson(text, wide))).toBe(text)
    }),
  ))

test('R-256: no object has a prototype', () => {
  const body = readJson('{"constructor":1,"name":{"toString":null}}', wide)
  expect(Object.keys(body)).toEqual(['constructor', 'name'])
  expect(Object.getPrototypeOf(body)).toBeNull()
  expect(Object.getPrototypeOf(body['name'])).toBeNull()
})

test.each([
  ['in the body', '{"userName":"ada","__proto__":{"isAdmin":true}}'],
  ['in an object', '{"name":{"__proto__":null}}'],
  ['in a list', '{"emails":[{"value":"a"},{"__proto__":[]}]}'],
  ['written differently', '{"\\u005f_proto__":1}'],
])('R-256: __proto__ as a name, %s, is 400 invalidSyntax', (_, text) => {
  expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test('__proto__ as a value is a text like any other', () => {
  expect(readJson('{"title":"__proto__"}', wide)).toEqual({ title: '__proto__' })
})

test.each([
  ['nothing', ''],
  ['no JSON', '{"a":}'],
  ['a list', '[{"a":1}]'],
  ['a text', '"userName"'],
  ['null', 'null'],
  ['an object and more', '{} {}'],
  ['a text that does not end', '{"a":"b'],
  ['a backslash at the end', '{"a":"\\'],
  ['brackets that close what is not open', ']]]]}}}}'],
])('R-10: a body that is %s is 400 invalidSyntax', (_, text) => {
  expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test.each([
  ['next to one another', '{"active":true,"active":false}'],
  ['with equal values', '{"a":1,"a":1}'],
  ['in an inner object', '{"a":[{"b":1,"c":2,"b":3}]}'],
  ['written differently', '{"a":1,"\\u0061":2}'],
  ['both __proto__', '{"__proto__":1,"__proto__":2}'],
])('one name twice in an object, %s, is 400 invalidSyntax: which was meant cannot be known', (_, text) => {
  expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test('one name in two objects is no repetition', () => {
  expect(readJson('{"a":{"a":1},"b":[{"a":1},{"a":":"}]}', wide)).toEqual({ a: { a: 1 }, b: [{ a: 1 }, { a: ':' }] })
})

test.each([
  ['NUL in a value', '{"a":"\\u0000"}'],
  ['NUL in a name', '{"\\u0000":1}'],
  ['the first half of a pair', '{"a":["\\ud83d"]}'],
  ['the second half of a pair', '{"a":{"b":"\\ude00x"}}'],
  ['half of a pair in a name', '{"\\ud83d":1}'],
  ['half of a pair that is not escaped', '{"a":"\ud83d"}'],
])('%s is 400 invalidValue', (_, text) => {
  expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidValue' })
})

test('each limit admits what it says and refuses one more', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
  const named = (count: number) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 1])))
  expect(readJson(nested(4), limits)).toBeDefined()
  expect(refusal(nested(5), limits).message).toContain('4 levels')
  expect(readJson(named(5), limits)).toBeDefined()
  expect(refusal(named(6), limits).message).toContain('5 names')
})

test('values in lists are counted from their commas: as many as the limit are read, more than twice as many never', () => {
  const elements = ['1', '[]', '{}', '[1]', '"a"']
  for (const element of elements) {
    const listed = (count: number) => `{"a":[${Array(count).fill(element).join(',')}]}`
    expect(readJson(listed(6), limits)).toBeDefined()
    expect(refusal(listed(2 * 6 + 3), limits).message).toContain('6 values')
  }
})

test('signs within texts are not counted', () => {
  expect(readJson('{"a":"{{{{[[[[::::,,,,\\"{{{{:::::"}', limits)).toEqual({ a: '{{{{[[[[::::,,,,"{{{{:::::' })
})

test('a hundred thousand levels are refused before they are read', () => {
  for (const bracket of ['[', '{"a":']) expect(refusal(bracket.repeat(100_000)).message).toContain('nested')
})

test('any text is read or refused with 400', () =>
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', ' ', '\ud83d') }), (text) => {
      let read: Json | undefined
      try {
        read = readJson(text, limits)
      } catch (error) {
        expect(error).toBeInstanceOf(ScimError)
        expect((error as ScimError).status).toBe(400)
        return
      }
      expect(read).toEqual(JSON.parse(text))
    }),
    { numRuns: 2_000 },
  ))
