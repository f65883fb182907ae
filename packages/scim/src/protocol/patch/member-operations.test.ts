import { expect, test } from 'vitest'
import type { Json } from '../../json.ts'
import { limits } from '../../limits.ts'
import { ScimError } from '../error.ts'
import { splitMemberOperations } from './member-operations.ts'
import type { PatchOperation } from './parse-patch.ts'

const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'

const operation = (op: PatchOperation['op'], path: string | null, value?: Json): PatchOperation => ({
  op,
  path,
  value,
  whenNoTarget: 'refuse',
})
const members = (op: PatchOperation['op'], path: string | null, value?: Json) => splitMemberOperations([operation(op, path, value)]).members

function refusal(op: PatchOperation['op'], path: string | null, value?: Json): ScimError {
  try {
    members(op, path, value)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The operation was read.')
}

test('what is asked of members is told apart from the rest, each in its order', () => {
  const rename = operation('replace', 'displayName', 'x')
  const { members: asked, others } = splitMemberOperations([
    operation('add', 'members', [{ value: 'a' }]),
    rename,
    operation('remove', 'members[value eq "b"]'),
    operation('replace', null, { displayName: 'y', Members: [{ value: 'c' }], externalId: 'z' }),
  ])
  expect(asked).toEqual([
    { kind: 'add', ids: ['a'] },
    { kind: 'remove', ids: ['b'] },
    { kind: 'replace-all', ids: ['c'] },
  ])
  expect(others).toEqual([rename, operation('replace', null, { displayName: 'y', externalId: 'z' })])
})

test.each<[PatchOperation['op'], string | null, Json | undefined, object]>([
  ['add', 'members', { value: 'a' }, { kind: 'add', ids: ['a'] }],
  ['add', 'MEMBERS', [{ VALUE: 'a', Type: 'User', $ref: null, display: 'A' }], { kind: 'add', ids: ['a'] }],
  ['add', `${groupSchema}:members`, [{ value: 'a' }, { value: 'b' }], { kind: 'add', ids: ['a', 'b'] }],
  ['add', groupSchema, { members: [{ value: 'a' }] }, { kind: 'add', ids: ['a'] }],
  ['add', 'members', [], { kind: 'add', ids: [] }],
  ['replace', 'members', [], { kind: 'replace-all', ids: [] }],
  ['replace', 'members', null, { kind: 'replace-all', ids: [] }],
  ['replace', null, { members: [{ value: 'a' }] }, { kind: 'replace-all', ids: ['a'] }],
  ['remove', 'members', undefined, { kind: 'clear' }],
  ['remove', 'members[value eq "a"]', undefined, { kind: 'remove', ids: ['a'] }],
  ['remove', 'members[value eq"a"]', undefined, { kind: 'remove', ids: ['a'] }],
  ['remove', 'members[Value Eq "a" OR value eq "b" or (value eq "c")]', undefined, { kind: 'remove', ids: ['a', 'b', 'c'] }],
  ['remove', `${groupSchema}:Members[value eq "a"]`, undefined, { kind: 'remove', ids: ['a'] }],
])('%s %j %j', (op, path, value, expected) => {
  expect(members(op, path, value)).toEqual([expected])
})

test('a filter that does more than name users has to look at the group', () => {
  expect(members('remove', 'members[display co "x"]')).toMatchObject([{ kind: 'remove-where' }])
  expect(members('remove', 'members[value eq "a" and type eq "User"]')).toMatchObject([{ kind: 'remove-where' }])
  expect(members('remove', 'members[not (value eq "a")]')).toMatchObject([{ kind: 'remove-where' }])
  expect(members('replace', 'members[value eq "a"]', { value: 'b' })).toMatchObject([
    { kind: 'replace-where', ids: ['b'], whenNoTarget: 'refuse' },
  ])
})

test.each<[string, number, string | undefined, PatchOperation['op'], string | null, Json | undefined]>([
  ['a part of a member', 400, 'mutability', 'replace', 'members[value eq "a"].value', 'b'],
  ['a part of every member', 400, 'mutability', 'add', 'members.value', 'b'],
  ['more said of a member', 400, 'mutability', 'add', 'members[value eq "a"]', { value: 'b' }],
  ['an unknown part', 400, 'invalidPath', 'replace', 'members.nosuch', 'b'],
  ['an unknown part of a value', 400, 'invalidSyntax', 'add', 'members', [{ value: 'a', nosuch: 1 }]],
  ['a path that is none', 400, 'invalidPath', 'remove', 'members[', undefined],
  ['an unknown name in the brackets', 400, 'invalidFilter', 'remove', 'members[nosuch eq "a"]', undefined],
  ['an id that is a number', 400, 'invalidValue', 'add', 'members', [{ value: 5 }]],
  ['no id', 400, 'invalidValue', 'add', 'members', [{ display: 'A' }]],
  ['an empty id', 400, 'invalidValue', 'add', 'members', [{ value: '' }]],
  ['a text', 400, 'invalidValue', 'add', 'members', ['a']],
  ['null', 400, 'invalidValue', 'add', 'members', [null]],
  ['two spellings', 400, 'invalidSyntax', 'replace', null, { members: [], Members: [{ value: 'a' }] }],
  ['two spellings within', 400, 'invalidSyntax', 'add', 'members', [{ value: 'a', VALUE: 'b' }]],
  ['too many', 413, undefined, 'add', 'members', Array(limits.membersMax + 1).fill({ value: 'a' })],
])('%s is %i %s', (_, status, scimType, op, path, value) => {
  expect(refusal(op, path, value)).toMatchObject({ status, scimType })
})

test('a group is no member, and the refusal says why', () => {
  expect(refusal('add', 'members', [{ value: 'g', type: 'Group' }])).toMatchObject({ status: 400, scimType: 'invalidValue' })
  expect(refusal('add', 'members', [{ value: 'g', type: 'Group' }]).message).toContain('groups are flat')
})

test('as many members as the limit says are read', () => {
  const many = Array.from({ length: limits.membersMax }, (_, index) => ({ value: `${index}` }))
  expect(members('add', 'members', many)).toMatchObject([{ kind: 'add', ids: { length: limits.membersMax } }])
})

test('nothing said of members reaches the attributes, whatever the spelling', () => {
  for (const path of ['members', 'Members', `${groupSchema}:members`, `${groupSchema.toUpperCase()}:MEMBERS`, 'members[value eq "a"]']) {
    expect(splitMemberOperations([operation('replace', path, [{ value: 'a' }])]).others).toEqual([])
  }
  for (const path of [null, groupSchema, groupSchema.toUpperCase()]) {
    expect(splitMemberOperations([operation('add', path, { MEMBERS: [{ value: 'a' }] })]).others).toEqual([])
  }
})
