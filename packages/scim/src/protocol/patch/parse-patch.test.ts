import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../json.ts'
import { limits } from '../../limits.ts'
import { ScimError } from '../error.ts'
import { parsePatch, patchSchema } from './parse-patch.ts'

const body = (...operations: readonly Json[]): JsonObject => ({ schemas: [patchSchema], Operations: operations })

function refusal(message: JsonObject): ScimError {
  try {
    parsePatch(message)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The body was read.')
}

test('an operation is read as it was sent; names and op ignore case (P-3)', () => {
  expect(parsePatch({ SCHEMAS: [patchSchema.toUpperCase()], operations: [{ OP: 'Replace', Path: 'title', VALUE: 'x' }] })).toEqual([
    { op: 'replace', path: 'title', value: 'x', whenNoTarget: 'refuse' },
  ])
  expect(parsePatch(body({ op: 'REMOVE', path: 'title' }))).toEqual([
    { op: 'remove', path: 'title', value: undefined, whenNoTarget: 'refuse' },
  ])
  expect(parsePatch(body({ op: 'add', path: null, value: { title: null } }))).toEqual([
    { op: 'add', path: null, value: { title: null }, whenNoTarget: 'refuse' },
  ])
})

test.each<[string, JsonObject, number, string | undefined]>([
  ['R-162: no schemas', { Operations: [{ op: 'remove', path: 'title' }] }, 400, 'invalidSyntax'],
  ['R-162: another schema', { schemas: ['urn:x'], Operations: [{ op: 'remove', path: 'title' }] }, 400, 'invalidSyntax'],
  ['R-163: no operations', { schemas: [patchSchema] }, 400, 'invalidSyntax'],
  ['R-163: an empty list', body(), 400, 'invalidSyntax'],
  ['R-163: no list', { schemas: [patchSchema], Operations: { op: 'remove', path: 'title' } }, 400, 'invalidSyntax'],
  ['R-164: no op', body({ path: 'title', value: 'x' }), 400, 'invalidSyntax'],
  ['R-164: move', body({ op: 'move', path: 'title' }), 400, 'invalidSyntax'],
  ['R-164: op is a number', body({ op: 1, path: 'title' }), 400, 'invalidSyntax'],
  ['R-164: two ops', body({ op: 'add', OP: 'remove', path: 'title', value: 'x' }), 400, 'invalidSyntax'],
  ['an operation that is a text', body('remove'), 400, 'invalidSyntax'],
  ['an operation that is null', body(null), 400, 'invalidSyntax'],
  ['a path that is a list', body({ op: 'remove', path: ['title'] }), 400, 'invalidPath'],
  ['R-180: add without value', body({ op: 'add', path: 'title' }), 400, 'invalidValue'],
  ['replace without value', body({ op: 'replace', path: 'title' }), 400, 'invalidValue'],
  ['R-188: remove without path', body({ op: 'remove' }), 400, 'noTarget'],
  ['R-188: remove without path, naming members', body({ op: 'remove', value: { members: [] } }), 400, 'noTarget'],
  ['too many operations', body(...Array(limits.patchOperationsMax + 1).fill({ op: 'remove', path: 'title' })), 413, undefined],
])('%s is refused', (_, message, status, scimType) => {
  expect(refusal(message)).toMatchObject({ status, scimType })
})

test('as many operations as the limit says are read', () => {
  expect(parsePatch(body(...Array(limits.patchOperationsMax).fill({ op: 'remove', path: 'title' })))).toHaveLength(
    limits.patchOperationsMax,
  )
})
