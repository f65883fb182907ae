import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Filter, formatFilter, limits, parseFilter, resolveFilter, resourceTypes, userType } from '@latchkey/scim'
import { filtersOn } from '../arbitraries/filters.ts'

const runs = { numRuns: 2_000 }
const filters = fc.constantFrom(...resourceTypes).chain((type) => filtersOn(type).map((filter) => ({ type, filter })))
const syntax = { lengthMax: limits.filterLengthInBodyMax }

test('a filter that is written down and read again is the same filter', () =>
  fc.assert(
    fc.property(filters, ({ filter }) => {
      const text = formatFilter(filter)
      fc.pre(text.length <= syntax.lengthMax)
      expect(unplaced(parseFilter(text, syntax))).toEqual(unplaced(filter))
    }),
    runs,
  ))

test('the letter case of operators and the white space between words mean nothing', () =>
  fc.assert(
    fc.property(filters, ({ filter }) => {
      const text = formatFilter(filter)
      fc.pre(text.length <= syntax.lengthMax / 2)
      const loud = outsideStrings(text, (part) =>
        part.replace(/ (and|or|eq|ne|co|sw|ew|gt|ge|lt|le|pr)(?= |$|\)|\])/g, (word) => word.toUpperCase()).replaceAll(' ', '  '),
      )
      expect(unplaced(parseFilter(` ${loud.replaceAll('not  (', 'NOT(')} `, syntax))).toEqual(unplaced(filter))
    }),
    runs,
  ))

test('every filter on attributes that there are, with values of their types, means something', () =>
  fc.assert(
    fc.property(filters, ({ type, filter }) => {
      expect(() => resolveFilter(type, filter)).not.toThrow()
    }),
    runs,
  ))

test('a filter with one character changed is read, or refused with 400 invalidFilter', () =>
  fc.assert(
    fc.property(filtersOn(userType), fc.nat(), fc.string({ unit: 'binary', maxLength: 2 }), fc.nat(3), (filter, at, inserted, removed) => {
      const text = formatFilter(filter)
      const index = at % (text.length + 1)
      const broken = text.slice(0, index) + inserted + text.slice(index + removed)
      try {
        resolveFilter(userType, parseFilter(broken, syntax))
      } catch (error) {
        expect(error).toMatchObject({ name: 'ScimError', status: 400, scimType: 'invalidFilter' })
      }
    }),
    { numRuns: 5_000 },
  ))

/** Without the offsets, which follow the text. */
function unplaced(filter: Filter): unknown {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map(unplaced) }
    case 'not':
      return { kind: 'not', filter: unplaced(filter.filter) }
    case 'present':
      return { ...filter, path: { ...filter.path, position: 0 } }
    case 'comparison':
      return { ...filter, path: { ...filter.path, position: 0 } }
    case 'element':
      return { ...filter, path: { ...filter.path, position: 0 }, filter: unplaced(filter.filter) }
  }
}

function outsideStrings(text: string, change: (part: string) => string): string {
  return text
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('')
}
