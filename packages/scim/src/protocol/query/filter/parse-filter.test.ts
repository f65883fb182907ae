import { expect, test } from 'vitest'
import { limits } from '../../../limits.ts'
import { ScimError } from '../../error.ts'
import type { Filter } from './filter.ts'
import { formatFilter } from './format-filter.ts'
import { parseFilter } from './parse-filter.ts'

const parse = (text: string) => parseFilter(text, { lengthMax: limits.filterLengthInBodyMax })
const parseBare = (text: string) => parseFilter(text, { lengthMax: limits.filterLengthInBodyMax, bareWords: true })

/** What the filter was understood as, with every group in parentheses. */
const understood = (text: string) => formatFilter(parse(text))

function refusal(read: () => unknown): ScimError {
  try {
    read()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The filter was read.')
}

/** RFC 7644 §3.4.2.2, figure 2, with the quotation marks that two of them lack (D-4). */
const figure2 = [
  'userName eq "bjensen"',
  'name.familyName co "O\'Malley"',
  'userName sw "J"',
  'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
  'title pr',
  'meta.lastModified gt "2011-05-13T04:42:34Z"',
  'meta.lastModified ge "2011-05-13T04:42:34Z"',
  'meta.lastModified lt "2011-05-13T04:42:34Z"',
  'meta.lastModified le "2011-05-13T04:42:34Z"',
  'title pr and userType eq "Employee"',
  'title pr or userType eq "Intern"',
  'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
  'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
  'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
  'userType eq "Employee" and (emails.type eq "work")',
  'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
  'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
]

test.each(figure2)('R-118: reads %s', (text) => {
  expect(parse(formatFilter(parse(text)))).toBeDefined()
  expect(understood(text)).toBe(text.replace('(emails.type eq "work")', 'emails.type eq "work"'))
})

test('R-88: operators, keywords and names ignore case', () => {
  expect(understood('userName Eq "a" AND Not (title PR) oR x Co "b"')).toBe('(userName eq "a" and not (title pr)) or x co "b"')
})

test('R-99, R-100: "and" binds before "or", "not" before both', () => {
  expect(understood('a pr or b pr and c pr')).toBe('a pr or (b pr and c pr)')
  expect(understood('not (a pr) and b pr or c pr')).toBe('(not (a pr) and b pr) or c pr')
  expect(understood('not(a pr)')).toBe('not (a pr)')
})

test('R-101: parentheses group first', () => {
  expect(understood('(a pr or b pr) and c pr')).toBe('(a pr or b pr) and c pr')
  expect(understood(`${'('.repeat(20)}a pr${')'.repeat(20)}`)).toBe('a pr')
})

test('R-112: strings are JSON strings', () => {
  const value = (text: string) => (parse(`a eq ${text}`) as Extract<Filter, { kind: 'comparison' }>).value
  expect(value(String.raw`"\"\\\/\u00e9\n"`)).toBe('"\\/é\n')
  expect(value('"😀 / [ ] ( ) and "')).toBe('😀 / [ ] ( ) and ')
  expect(value('""')).toBe('')
  expect(value(String.raw`"\ud83d\ude00"`)).toBe('😀')
})

test('R-114: numbers are JSON numbers', () => {
  const value = (text: string) => (parse(`a eq ${text}`) as Extract<Filter, { kind: 'comparison' }>).value
  expect([value('1'), value('-1'), value('1.5'), value('1e3'), value('0'), value('-0')]).toEqual([1, -1, 1.5, 1000, 0, 0])
  for (const text of ['01', '1.', '+1', '.5', '1e', '0x1', 'NaN', 'Infinity', '1e400', '-']) {
    expect(refusal(() => parse(`a eq ${text}`))).toMatchObject({ status: 400, scimType: 'invalidFilter' })
  }
})

test('literals are true, false and null', () => {
  expect(understood('active eq true or active eq false or title ne null')).toBe('active eq true or active eq false or title ne null')
  expect(refusal(() => parse('active eq True')).message).toContain('"True" is not a value')
})

test('D-5: white space before a quotation mark is optional', () => {
  expect(understood('userName eq"bjensen"')).toBe('userName eq "bjensen"')
  expect(understood(' \tuserName   eq "bjensen"\t')).toBe('userName eq "bjensen"')
})

test('a sub-attribute behind the brackets asks of the same element', () => {
  expect(understood('emails[type eq "work"].value eq "a"')).toBe('emails[type eq "work" and value eq "a"]')
  expect(understood('emails[type eq "work" or primary eq true].value pr')).toBe('emails[(type eq "work" or primary eq true) and value pr]')
})

test.each([
  ['', 1, 'an attribute name is expected'],
  ['()', 2, 'an attribute name is expected'],
  ['userName', 9, 'an operator is expected'],
  ['userName regex "x"', 10, '"regex" is not an operator'],
  ['userName eq', 12, 'a value is expected'],
  ['userName eq "x', 13, 'not closed'],
  ['userName eq "x\\"', 13, 'not closed'],
  ['userName eq "\\x"', 13, 'not a JSON string'],
  ['userName eq "\\u0000"', 13, 'neither NUL'],
  ['userName eq "\\ud800"', 13, 'neither NUL'],
  ['userName eq eq "x"', 13, '"eq" is not a value'],
  ['userName eq x', 13, 'quotation marks'],
  ['userName eq "x" and', 20, 'an attribute name is expected'],
  ['userName eq "x" title pr', 17, '"and", "or" or the end'],
  ['(userName eq "x"', 17, 'opened at position 1 is not closed'],
  ['userName eq "x")', 16, '"and", "or" or the end'],
  ['not userName pr', 5, 'after "not"'],
  ['emails[type eq "x"', 19, 'the bracket is not closed'],
  ['emails[]', 8, 'an attribute name is expected'],
  ['emails[type eq "x"].', 20, 'is not a sub-attribute'],
  ['emails[type eq "x"] .value pr', 21, '"and", "or" or the end'],
  ['emails[type eq "x"].a.b eq "x"', 20, 'is not a sub-attribute'],
  ['emails[type eq "x"].value', 26, 'an operator is expected'],
  ['emails[type[value pr] pr]', 12, 'never within brackets'],
  ['emails.value[type pr]', 13, 'never within brackets'],
  ['1a eq "x"', 1, '"1a" is not an attribute name'],
  ['a..b eq "x"', 1, '"a..b" is not an attribute name'],
  ['"userName" eq "x"', 1, 'an attribute name is expected'],
])('R-86, R-110, R-113: %j is refused at position %i', (text, position, problem) => {
  const error = refusal(() => parse(text))
  expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter' })
  expect(error.message).toContain(`at position ${position}:`)
  expect(error.message).toContain(problem)
})

test('NUL and half a surrogate pair are refused wherever they stand', () => {
  for (const text of ['userName eq "\0"', '\0', 'userName eq "\ud800"', 'userName\udc00 pr']) {
    expect(refusal(() => parse(text)).scimType).toBe('invalidFilter')
  }
})

test('what is refused is quoted in part, and never half a character', () => {
  const error = refusal(() => parse(`a eq ${'😀'.repeat(1_000)}`))
  expect(error.message.length).toBeLessThan(400)
  expect(error.message.isWellFormed()).toBe(true)
})

test('INP-5: length, nesting and terms are limited, and the limit is said', () => {
  const { filterLengthInBodyMax, filterDepthMax, filterTermsMax } = limits
  expect(refusal(() => parse(`a eq "${'x'.repeat(filterLengthInBodyMax)}"`)).message).toContain(String(filterLengthInBodyMax))

  const nested = (depth: number) => `${'('.repeat(depth)}a pr${')'.repeat(depth)}`
  expect(understood(nested(filterDepthMax))).toBe('a pr')
  expect(refusal(() => parse(nested(filterDepthMax + 1))).message).toContain(String(filterDepthMax))
  expect(refusal(() => parse('not ('.repeat(2_000))).message).toContain(String(filterDepthMax))

  const terms = (count: number) => Array(count).fill('a pr').join(' or ')
  expect(parse(terms(filterTermsMax))).toMatchObject({ kind: 'or' })
  expect(refusal(() => parse(terms(filterTermsMax + 1))).message).toContain(String(filterTermsMax))
  expect(refusal(() => parse(`emails[${terms(filterTermsMax)}].value pr`)).message).toContain(String(filterTermsMax))
})

test('D-4: a word without quotes is a string where that is switched on', () => {
  const value = (text: string) => (parseBare(`externalId eq ${text}`) as Extract<Filter, { kind: 'comparison' }>).value
  expect(value('jyoung')).toBe('jyoung')
  expect(value('a@example.com')).toBe('a@example.com')
  expect(value('True')).toBe('True')
  expect(value("o'brien")).toBe("o'brien")
  expect(value('701984')).toBe(701984)
  expect(value('true')).toBe(true)
})

test('a number without quotes that would lose digits is a text, or it would name somebody else', () => {
  const value = (text: string) => (parseBare(`externalId eq ${text}`) as Extract<Filter, { kind: 'comparison' }>).value
  expect(value('12345678901234567890')).toBe('12345678901234567890')
  expect(value('00012')).toBe('00012')
  expect(value('1e5')).toBe('1e5')
})

test.each(["a eq 'b'", 'a eq “b”', 'a eq and', 'a eq or b pr', 'a eq not', 'a eq b c', 'a b c'])(
  '%s is refused even where words may stand without quotes',
  (text) => {
    expect(refusal(() => parseBare(text)).scimType).toBe('invalidFilter')
  },
)
