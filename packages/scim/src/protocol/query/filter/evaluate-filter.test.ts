import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isArray, isObject, type JsonObject } from '../../../json.ts'
import { userType } from '../../../schema/resource-types.ts'
import { compareCodePoints, matches } from './evaluate-filter.ts'
import type { Comparable, Filter } from './filter.ts'
import { formatFilter } from './format-filter.ts'
import { parseFilter } from './parse-filter.ts'
import { resolveFilter } from './resolve-filter.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const barbara: JsonObject = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  id: '2819c223',
  externalId: 'AbC',
  userName: 'bjensen',
  name: { familyName: 'Jensen', givenName: 'Barbara' },
  title: 'Tour Guide',
  nickName: '',
  active: true,
  emails: [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@example.org', type: 'home' },
  ],
  [enterprise]: { department: 'Tours', manager: { value: '26118915' } },
  meta: { resourceType: 'User', created: '2026-01-01T00:00:00.000Z', lastModified: '2026-05-13T04:42:34.000Z' },
}

const comparable: Comparable = ({ attribute, subAttribute }, text) => ((subAttribute ?? attribute).caseExact ? text : text.toLowerCase())

function selects(text: string, resource: JsonObject = barbara): boolean {
  return matches(resolveFilter(userType, parseFilter(text, { lengthMax: 10_000 })), resource, comparable)
}

test.each([
  ['userName eq "BJENSEN"', true, 'R-89'],
  ['externalId eq "AbC"', true, 'R-89'],
  ['externalId eq "abc"', false, 'R-60'],
  ['title ne "tour guide"', false, 'R-90'],
  ['title ne "x"', true, 'R-90'],
  ['displayName ne "x"', true, 'D-18'],
  ['not (displayName eq "x")', true, 'D-18'],
  ['title co "ur gu"', true, 'R-91'],
  ['title sw "tour"', true, 'R-91'],
  ['title ew "guide"', true, 'R-91'],
  ['title co "tour guide"', true, 'R-91'],
  ['title co "%"', false, 'R-91'],
  ['title sw "_our"', false, 'R-91'],
  ['displayName pr', false, 'R-92'],
  ['nickName pr', false, 'R-92'],
  ['nickName eq ""', true, 'R-92'],
  ['name pr', true, 'R-92'],
  ['emails pr', true, 'R-92'],
  ['name.middleName pr', false, 'R-92'],
  ['title gt "tour"', true, 'R-93'],
  ['title lt "tour"', false, 'R-93'],
  ['title ge "tour guide" and title le "tour guide"', true, 'R-93'],
  ['meta.lastModified gt "2026-05-13T06:42:33.999+02:00"', true, 'R-94'],
  ['meta.lastModified eq "2026-05-13T06:42:34+02:00"', true, 'R-94'],
  ['meta.lastModified lt "2026-05-13T04:42:34Z"', false, 'R-94'],
  ['active eq true', true, 'R-97'],
  ['active ne true', false, 'R-97'],
  ['title eq null', false, 'R-98'],
  ['displayName eq null', true, 'R-98'],
  ['emails.value co "babs"', true, 'R-102'],
  ['emails[type eq "work" and value co "@example.org"]', false, 'R-103'],
  ['emails[type eq "home" and value co "@example.org"]', true, 'R-103'],
  ['emails[not (type eq "work")]', true, 'R-103'],
  ['emails.type eq "work" and emails.value co "@example.org"', true, 'R-104'],
  ['emails eq "babs@example.org"', true, 'R-105'],
  ['emails.primary eq true', true, 'R-102'],
  ['emails[type eq "work"].value eq "bjensen@example.com"', true, 'R-103'],
  ['emails[type eq "work"].value eq "babs@example.org"', false, 'R-103'],
  [`${enterprise}:department eq "tours"`, true, 'R-108'],
  [`${enterprise}:manager.value eq "26118915"`, true, 'R-108'],
  [`schemas eq "${enterprise}"`, true, 'R-109'],
  ['schemas eq "urn:x"', false, 'R-109'],
  ['id eq "2819c223" and meta.resourceType eq "User"', true, 'R-87'],
])('%s is %s of her (%s)', (text, expected) => {
  expect(selects(text)).toBe(expected)
})

test('an extension that a resource lacks has no value', () => {
  const { [enterprise]: _, ...without } = barbara
  expect(selects(`${enterprise}:department pr`, without)).toBe(false)
  expect(selects(`${enterprise}:department ne "Tours"`, without)).toBe(true)
})

test('texts are ordered by code point, not by the halves of their surrogate pairs', () => {
  expect(selects('title gt "\ufb01"', { title: '😀' })).toBe(true)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(inCodePoints(a, b)))
      expect(compareCodePoints(a, a)).toBe(0)
    }),
    { numRuns: 2_000 },
  )
})

function inCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a, (one) => one.codePointAt(0)!), Array.from(b, (one) => one.codePointAt(0)!)]
  const index = left.findIndex((point, at) => point !== right[at])
  if (index < 0) return left.length - right.length
  return right[index] === undefined ? 1 : left[index]! - right[index]
}

/** An evaluator that knows neither schemas nor resolving: what the words of RFC 7644 §3.4.2.2 say of plain JSON, for a few attributes. */
function naive(filter: Filter, resource: JsonObject): boolean {
  switch (filter.kind) {
    case 'and':
      return !filter.filters.some((inner) => !naive(inner, resource))
    case 'or':
      return filter.filters.some((inner) => naive(inner, resource))
    case 'not':
      return !naive(filter.filter, resource)
    case 'present':
      return texts(resource, filter.path.name, filter.path.subName).some((text) => text !== '')
    case 'element':
      return [resource[filter.path.name] ?? []].flat().some((element) => isObject(element) && naive(filter.filter, element))
    case 'comparison': {
      const found = texts(resource, filter.path.name, filter.path.subName)
      const { operator, value } = filter
      if (value === null) return found.some((text) => text !== '') === (operator === 'ne')
      const some = (test: (text: string) => boolean) => found.some((text) => test(text.toLowerCase()))
      const operand = String(value).toLowerCase()
      if (operator === 'eq') return some((text) => text === operand)
      if (operator === 'ne') return !some((text) => text === operand)
      if (operator === 'co') return some((text) => text.includes(operand))
      if (operator === 'sw') return some((text) => text.indexOf(operand) === 0)
      return some((text) => text.slice(text.length - operand.length) === operand && text.length >= operand.length)
    }
  }
}

function texts(resource: JsonObject, name: string, subName: string | null): readonly string[] {
  const value = resource[name] ?? []
  const all = isArray(value) ? value : [value]
  const parts = subName === null ? all : all.map((one) => (isObject(one) ? (one[subName] ?? null) : null))
  return parts.filter((one) => typeof one === 'string')
}

const word = fc.constantFrom('', 'a', 'b', 'ab', 'AB', 'aa', 'ba')
const element = fc.record({ value: word, type: word, display: word }, { requiredKeys: [] })
const users = fc.record({ title: word, nickName: word, emails: fc.array(element, { minLength: 1, maxLength: 3 }) }, { requiredKeys: [] })
const operators = fc.constantFrom('eq' as const, 'ne' as const, 'co' as const, 'sw' as const, 'ew' as const)

const about = (name: string, subName: string | null) => ({ schema: null, name, subName, position: 0 })
const testOf = (path: fc.Arbitrary<ReturnType<typeof about>>): fc.Arbitrary<Filter> =>
  fc.oneof(
    fc.record({ kind: fc.constant('present' as const), path }),
    fc.record({ kind: fc.constant('comparison' as const), path, operator: operators, value: word }),
    fc.record({
      kind: fc.constant('comparison' as const),
      path,
      operator: fc.constantFrom('eq' as const, 'ne' as const),
      value: fc.constant(null),
    }),
  )
const composed = (of: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc.oneof(
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), filters: fc.array(of, { minLength: 2, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), filter: of }),
  )
const { filter: filters } = fc.letrec<{ filter: Filter; inner: Filter }>((tie) => ({
  inner: fc.oneof({ maxDepth: 3 }, testOf(fc.constantFrom(about('value', null), about('type', null))), composed(tie('inner'))),
  filter: fc.oneof(
    { maxDepth: 3 },
    testOf(fc.constantFrom(about('title', null), about('nickName', null), about('emails', 'value'), about('emails', 'type'))),
    fc.record({ kind: fc.constant('element' as const), path: fc.constant(about('emails', null)), filter: tie('inner') }),
    composed(tie('filter')),
  ),
}))

test('a filter selects whom a plain reading of the RFC selects', () =>
  fc.assert(
    fc.property(filters, users, (filter, user) => {
      expect(selects(formatFilter(filter), user as JsonObject)).toBe(naive(filter, user as JsonObject))
    }),
    { numRuns: 5_000 },
  ))
