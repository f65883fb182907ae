import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '../../limits.ts'
import { ScimError } from '../error.ts'
import { formatPatchPath, parsePath } from './parse-path.ts'

function refusal(text: string): ScimError {
  try {
    parsePath(text)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The path was read.')
}

test.each([
  'members',
  'name.familyName',
  'addresses[type eq "work"]',
  'members[value eq "2819c223-7f76-453a-919d-413861904646"]',
  'members[value eq "2819c223-7f76-453a-919d-413861904646"].displayName',
  'emails[type eq "work" and value ew "example.com"]',
  'emails[type eq "]" or value eq "["].$ref',
  'urn:ietf:params:scim:schemas:core:2.0:User:emails[not (primary eq true)].value',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value',
])('%s is a path, and printed it is the same', (text) => {
  expect(formatPatchPath(parsePath(text))).toBe(text)
})

test('D-5: the space before a quotation mark may be missing', () => {
  expect(formatPatchPath(parsePath('members[value eq"a"]'))).toBe('members[value eq "a"]')
})

test.each([
  'emails[',
  'emails[]',
  'emails[ ]',
  'emails[type eq "x"',
  'a..b',
  'name.',
  '',
  ' ',
  '[type eq "x"]',
  'emails[type eq "x"]value',
  'emails[type eq "x"].',
  'emails[type eq "x"].a.b',
  'emails[type eq "x"].value ',
  'emails[type eq "x"][value pr]',
  'emails.value[type pr]',
  'a\0',
  '\ud800',
  '/title',
  'name/givenName',
  `a${'b'.repeat(limits.filterLengthInBodyMax)}`,
])('R-172: %j is 400 invalidPath', (text) => {
  expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidPath' })
  expect(refusal(text).message.length).toBeLessThan(400)
})

test.each(['emails[type regex "x"]', 'emails[type eq x]', 'emails[type[value pr]]', `emails[${'('.repeat(40)}type pr${')'.repeat(40)}]`])(
  'R-174: %s is 400 invalidFilter',
  (text) => {
    expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidFilter' })
  },
)

test('D-4: a word without quotes is a string where that is switched on', () => {
  expect(formatPatchPath(parsePath('members[value eq 2819c223]', { bareWords: true }))).toBe('members[value eq "2819c223"]')
})

test('anything is a path or is refused with 400, at once', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom('emails', '[', ']', '.', ':', 'urn:', ' ', 'type', ' eq ', '"x"', '"', ' pr', 'not (', ')', ' and ', '\0'),
          fc.string({ unit: 'binary', maxLength: 3 }),
        ),
        { maxLength: 12 },
      ),
      fc.boolean(),
      (pieces, bareWords) => {
        try {
          const path = parsePath(pieces.join(''), { bareWords })
          expect(formatPatchPath(parsePath(formatPatchPath(path)))).toBe(formatPatchPath(path))
        } catch (error) {
          if (!(error instanceof ScimError)) throw error
          expect(error.status).toBe(400)
        }
      },
    ),
    { numRuns: 5_000 },
  ))
