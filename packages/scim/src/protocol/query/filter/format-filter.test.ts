import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '../../../limits.ts'
import { ScimError } from '../../error.ts'
import type { AttributePath, ComparisonOperator, Filter } from './filter.ts'
import { formatFilter } from './format-filter.ts'
import { parseFilter } from './parse-filter.ts'

const operators: readonly ComparisonOperator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']
const attributeName = fc.stringMatching(/^[A-Za-z$][A-Za-z0-9$_-]{0,8}$/).filter((name) => name.toLowerCase() !== 'not')
const paths: fc.Arbitrary<AttributePath> = fc.record({
  schema: fc.option(fc.constantFrom('urn:ietf:params:scim:schemas:core:2.0:User', 'urn:a:B-1.2_c'), { nil: null }),
  name: attributeName,
  subName: fc.option(attributeName, { nil: null }),
  position: fc.constant(0),
})
const values = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.boolean(),
  fc.constant(null),
)

/** Filters as the parser can give them: lists of at least two, none of brackets within brackets. */
const { filter: filters } = fc.letrec<{ filter: Filter; inner: Filter; test: Filter; element: Filter }>((tie) => {
  const list = (of: fc.Arbitrary<Filter>) => fc.array(of, { minLength: 2, maxLength: 4 })
  const composed = (of: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
    fc.oneof(
      fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), filters: list(of) }),
      fc.record({ kind: fc.constant('not' as const), filter: of }),
    )
  return {
    test: fc.oneof(
      fc.record({ kind: fc.constant('present' as const), path: paths }),
      fc.record({ kind: fc.constant('comparison' as const), path: paths, operator: fc.constantFrom(...operators), value: values }),
    ),
    inner: fc.oneof({ maxDepth: 4 }, tie('test'), composed(tie('inner'))),
    element: fc.record({
      kind: fc.constant('element' as const),
      path: paths.map((path) => ({ ...path, subName: null })),
      filter: tie('inner'),
    }),
    filter: fc.oneof({ maxDepth: 4 }, tie('test'), tie('element'), composed(tie('filter'))),
  }
})

const parse = (text: string) => parseFilter(text, { lengthMax: Number.POSITIVE_INFINITY })

test('a filter that is printed and read again is the same filter', () =>
  fc.assert(
    fc.property(filters, (filter) => {
      const text = formatFilter(filter)
      expect(withoutPositions(parse(text))).toEqual(filter)
      expect(formatFilter(parse(text))).toBe(text)
    }),
    { numRuns: 2_000 },
  ))

test('case of operators and keywords is nothing', () =>
  fc.assert(
    fc.property(filters, (filter) => {
      const text = formatFilter(filter)
      // Upper case outside strings: only what the grammar ignores is changed, and names come back as they were sent.
      const shouting = text.replace(/"(?:[^"\\]|\\.)*"|\b(?:and|or|not|pr|eq|ne|co|sw|ew|gt|ge|lt|le)\b(?= )/g, (part) =>
        part.startsWith('"') ? part : part.toUpperCase(),
      )
      expect(formatFilter(parse(shouting)).toLowerCase()).toBe(text.toLowerCase())
    }),
    { numRuns: 500 },
  ))

/** Filters that were broken: a piece cut out, doubled or put elsewhere, or noise put in. */
const broken = fc
  .tuple(
    filters.map(formatFilter),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat({ max: 12 }),
        fc.oneof(
          fc.constantFrom(
            '',
            '(',
            ')',
            '[',
            ']',
            '"',
            '\\',
            ' ',
            'not',
            ' and ',
            ' or ',
            '.',
            ':',
            'pr',
            'eq',
            '\0',
            '\ud800',
            '\\u0000',
            '01',
            'urn:',
            '\u00a0',
          ),
          fc.string({ unit: 'binary', maxLength: 4 }),
        ),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, cuts]) =>
    cuts.reduce((before, [at, length, noise]) => {
      const start = at % (before.length + 1)
      return before.slice(0, start) + noise + before.slice(start + length)
    }, text),
  )

test('a broken filter is read or is 400 invalidFilter, at once, with quotes and without', () =>
  fc.assert(
    fc.property(broken, fc.boolean(), (text, bareWords) => {
      const started = performance.now()
      try {
        parseFilter(text, { lengthMax: limits.filterLengthInBodyMax, bareWords })
      } catch (error) {
        if (!(error instanceof ScimError)) throw error
        expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter' })
        expect(error.message.isWellFormed()).toBe(true)
        expect(error.message.length).toBeLessThan(600)
      }
      expect(performance.now() - started).toBeLessThan(500)
    }),
    { numRuns: 5_000 },
  ))

test('the longest filters of every shape are read or refused at once', () => {
  const length = limits.filterLengthInBodyMax
  const shapes = [
    '(',
    ')',
    '[',
    '"',
    '\\',
    '"\\',
    ' ',
    'a',
    'a.',
    'urn:',
    'a[',
    'not (',
    'not(',
    'a pr and ',
    'a eq "',
    'a eq 1',
    '-',
    '1',
    '1e',
    '😀',
    'a[b pr].c eq ',
  ]
  for (const shape of shapes) {
    const text = shape.repeat(Math.floor(length / shape.length))
    const started = performance.now()
    expect(() => parseFilter(text, { lengthMax: length, bareWords: true })).toThrow(ScimError)
    expect(performance.now() - started).toBeLessThan(500)
  }
})

function withoutPositions(filter: Filter): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map(withoutPositions) }
    case 'not':
      return { ...filter, filter: withoutPositions(filter.filter) }
    case 'present':
    case 'comparison':
      return { ...filter, path: { ...filter.path, position: 0 } }
    case 'element':
      return { ...filter, path: { ...filter.path, position: 0 }, filter: withoutPositions(filter.filter) }
  }
}
