import fc from 'fast-check'
import { type Filter as Theirs, parse } from 'scim2-parse-filter'
import { expect, test } from 'vitest'
import { type Filter, type ResourceType, formatFilter, parseFilter, resourceTypes } from '@latchkey/scim'
import { brokenTexts } from '../arbitraries/broken.ts'
import { filtersOn } from '../arbitraries/filters.ts'
import { readOrRefused } from './refused.ts'

/** Where the two differ on what a filter of the grammar means, and who is right. */
const differences: readonly { readonly reason: string; readonly in: RegExp; readonly example: string }[] = [
  {
    reason: 'Strings are JSON strings (RFC 7644 §3.4.2.2); it doubles every backslash but that of an escaped quotation mark',
    in: /\\/,
    example: String.raw`userName eq "a\\b"`,
  },
  { reason: 'Names may hold a dollar sign (RFC 7643 §2.1); its names hold none', in: /\$/, example: 'members.$ref pr' },
  {
    reason: 'Entra means one element by the filter and what is behind it, and so it is read here; it takes them for two tests',
    in: /\]\./,
    example: 'emails[type eq "work"].value eq "a"',
  },
]

/** Filters as they are written down, alone and in a row: what binds first is then the grammar's affair and not the parentheses'. */
const filters = (type: ResourceType): fc.Arbitrary<string> => {
  const written = filtersOn(type).map(formatFilter)
  const row = fc.array(fc.tuple(written, fc.constantFrom(' and ', ' or ')), { minLength: 2, maxLength: 5 })
  return fc.oneof(
    written,
    row.map((pieces) => pieces.flat().slice(0, -1).join('')),
  )
}

test('scim2-parse-filter reads every filter of the grammar as it is read here', () =>
  fc.assert(
    fc.property(fc.oneof(...resourceTypes.map(filters)), (text) => {
      fc.pre(!isKnown(text))
      expect(there(text)).toEqual(here(text))
    }),
    { numRuns: 10_000 },
  ))

test('a broken filter that both read means the same to both', () =>
  fc.assert(
    fc.property(fc.oneof(...resourceTypes.map((type) => brokenTexts(filters(type), 20))), (texts) => {
      for (const text of texts.filter((one) => !isKnown(one))) {
        const trees = [here(text), there(text)]
        // Who reads what is no filter is the fuzzers' affair: it is more liberal with names, parentheses and numbers.
        if (!trees.includes('refused')) expect(trees[0], text).toEqual(trees[1])
      }
    }),
    { numRuns: 2_000 },
  ))

test.each(differences)('$reason', ({ example, in: found }) => {
  expect(example).toMatch(found)
  expect(here(example)).not.toBe('refused')
  expect(there(example)).not.toEqual(here(example))
})

function isKnown(text: string): boolean {
  return differences.some((difference) => difference.in.test(text))
}

const syntax = { lengthMax: 20_000 }

function here(text: string): unknown {
  const { answer } = readOrRefused(() => parseFilter(text, syntax))
  return answer === null ? 'refused' : shape(answer)
}

function there(text: string): unknown {
  try {
    return ours(parse(text))
  } catch {
    return 'refused'
  }
}

/** Their tree in our words. */
function ours(filter: Theirs): unknown {
  switch (filter.op) {
    case 'and':
    case 'or':
      return { kind: filter.op, filters: filter.filters.map(ours) }
    case 'not':
      return { kind: 'not', filter: ours(filter.filter) }
    case '[]':
      return { kind: 'element', path: filter.attrPath, filter: ours(filter.valFilter) }
    case 'pr':
      return { kind: 'present', path: filter.attrPath }
    default:
      return { kind: 'comparison', path: filter.attrPath, operator: filter.op, value: filter.compValue }
  }
}

/** Our tree without positions, names in one piece as theirs are. */
function shape(filter: Filter): unknown {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map(shape) }
    case 'not':
      return { kind: 'not', filter: shape(filter.filter) }
    case 'element':
      return { kind: 'element', path: name(filter.path), filter: shape(filter.filter) }
    case 'present':
      return { kind: 'present', path: name(filter.path) }
    case 'comparison':
      return { ...filter, path: name(filter.path) }
  }
}

function name({
  schema,
  name: attribute,
  subName,
}: {
  readonly schema: string | null
  readonly name: string
  readonly subName: string | null
}): string {
  return `${schema === null ? '' : `${schema}:`}${attribute}${subName === null ? '' : `.${subName}`}`
}
