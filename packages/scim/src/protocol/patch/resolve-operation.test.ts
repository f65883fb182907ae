import { expect, test } from 'vitest'
import type { Json } from '../../json.ts'
import { attributeName } from '../../schema/find-attribute.ts'
import { groupType, userType } from '../../schema/resource-types.ts'
import type { ResourceType } from '../../schema/schema.ts'
import { ScimError } from '../error.ts'
import type { PatchOperation } from './parse-patch.ts'
import { resolveOperation } from './resolve-operation.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const account = 'urn:latchkey:scim:schemas:extension:account:1.0:User'

const operation = (op: PatchOperation['op'], path: string | null, value?: Json): PatchOperation => ({
  op,
  path,
  value,
  whenNoTarget: 'refuse',
})

/** What an operation comes to: `replace name.givenName "x"`. */
function resolved(op: PatchOperation['op'], path: string | null, value?: Json, type: ResourceType = userType): readonly string[] {
  return resolveOperation(type, operation(op, path, value)).map((one) =>
    [one.op, attributeName(one.target), ...(one.elements ? ['of some'] : []), JSON.stringify(one.value)].join(' ').trim(),
  )
}

function refusal(op: PatchOperation['op'], path: string | null, value?: Json, type: ResourceType = userType): string | undefined {
  try {
    resolved(op, path, value, type)
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    expect(error.status).toBe(400)
    return error.scimType
  }
  throw new Error('The operation was resolved.')
}

test('R-176: a path may carry the core schema in front, in any case', () => {
  expect(resolved('replace', 'URN:ietf:params:scim:schemas:core:2.0:USER:TITLE', 'x')).toEqual(['replace title "x"'])
  expect(resolved('replace', 'NAME.givenname', 'x')).toEqual(['replace name.givenName "x"'])
})

test('R-181, R-196: without a path, and with a schema for one, every attribute in the value is an operation', () => {
  const value = { schemas: ['urn:x'], Title: 'x', emails: [{ value: 'a' }], [enterprise]: { department: 'y' } }
  const expected = ['add title "x"', 'add emails [{"value":"a"}]', `add ${enterprise}:department "y"`]
  expect(resolved('add', null, value)).toEqual(expected)
  expect(resolved('add', 'urn:ietf:params:scim:schemas:core:2.0:User', value)).toEqual(expected)
  expect(resolved('replace', enterprise, { department: 'y' })).toEqual([`replace ${enterprise}:department "y"`])
  expect(resolved('replace', null, {})).toEqual([])
})

test('R-183, R-199: the parts that a complex value names are set one by one, and null takes one away', () => {
  expect(resolved('replace', 'name', { GivenName: 'x', familyName: null })).toEqual([
    'replace name.givenName "x"',
    'replace name.familyName',
  ])
  expect(resolved('add', null, { name: { givenName: 'x' } })).toEqual(['add name.givenName "x"'])
  expect(resolved('replace', 'name', {})).toEqual([])
  expect(resolved('replace', 'name', null)).toEqual(['replace name'])
  expect(resolved('replace', `${enterprise}:manager`, { value: 'id', displayName: 'Bob', $ref: '/Users/id' })).toEqual([
    `replace ${enterprise}:manager.value "id"`,
  ])
})

test('an extension is cleared by a remove and by null, attribute by attribute', () => {
  const cleared = ['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'manager']
  expect(resolved('remove', enterprise)).toEqual(cleared.map((name) => `remove ${enterprise}:${name}`))
  expect(resolved('replace', null, { [enterprise]: null })).toEqual(cleared.map((name) => `remove ${enterprise}:${name}`))
  expect(resolved('replace', enterprise, {})).toEqual([])
})

test('R-184: one object stands for a list of one', () => {
  expect(resolved('add', 'emails', { value: 'a' })).toEqual(['add emails [{"value":"a"}]'])
  expect(resolved('replace', 'emails', { value: 'a' })).toEqual(['replace emails [{"value":"a"}]'])
  expect(resolved('replace', 'emails[type eq "work"]', [{ value: 'a' }])).toEqual(['replace emails of some {"value":"a"}'])
})

test('a dateTime, a number and a name are in their canonical form before anything is applied', () => {
  expect(resolved('replace', 'emails', [{ VALUE: 'a', Primary: true }])).toEqual(['replace emails [{"value":"a","primary":true}]'])
})

test.each<[string, string | undefined, PatchOperation['op'], string | null, Json | undefined]>([
  ['R-170: id', 'mutability', 'replace', 'id', 'x'],
  ['R-34: meta.created', 'mutability', 'replace', 'meta.created', '2026-01-01T00:00:00Z'],
  ['R-45: groups', 'mutability', 'add', 'groups', [{ value: 'g' }]],
  ['R-170: a group by filter', 'mutability', 'remove', 'groups[value eq "g"]', undefined],
  ['R-170: without a path', 'mutability', 'replace', null, { title: 'x', ID: 'x' }],
  ['R-59: what only the person sets up', 'mutability', 'replace', `${account}:status`, 'active'],
  ['R-59: the account extension', 'mutability', 'remove', account, undefined],
  ['R-59: the account extension as a key', 'mutability', 'add', null, { [account]: { status: 'active' } }],
  ["R-59: the manager's name", 'mutability', 'replace', `${enterprise}:manager.displayName`, 'x'],
  ['schemas', 'mutability', 'add', 'schemas', ['urn:x']],
  ['R-194: userName removed', 'mutability', 'remove', 'userName', undefined],
  ['R-194: userName unassigned', 'mutability', 'replace', 'userName', null],
  ['R-39: userName blank', 'invalidValue', 'replace', 'userName', ' '],
  ['R-39: userName empty', 'invalidValue', 'add', null, { userName: '' }],
  ['R-173: unknown', 'invalidPath', 'replace', 'nosuch', 'x'],
  ['R-173: unknown part', 'invalidPath', 'replace', 'name.nosuch', 'x'],
  ['R-173: unknown part of an element', 'invalidPath', 'replace', 'emails[type eq "work"].nosuch', 'x'],
  ['R-173: unknown extension', 'invalidPath', 'replace', 'urn:x:User:department', 'x'],
  ['R-65: unknown, without a path', 'invalidPath', 'add', null, { nosuch: 'x' }],
  ['P-2: a path as a key', 'invalidPath', 'add', null, { 'name.givenName': 'x' }],
  ['X-1: password', 'invalidPath', 'replace', 'password', 'secret'],
  ['R-256: __proto__', 'invalidPath', 'replace', '__proto__', { isAdmin: true }],
  ['R-256: __proto__ as a key', 'invalidPath', 'add', null, JSON.parse('{"__proto__":{"isAdmin":true}}')],
  ['R-256: constructor.prototype', 'invalidPath', 'add', 'constructor.prototype', { isAdmin: true }],
  ['R-256: name.__proto__', 'invalidPath', 'add', 'name.__proto__', { isAdmin: true }],
  ['R-256: __proto__ within name', 'invalidSyntax', 'add', 'name', JSON.parse('{"__proto__":{"isAdmin":true}}')],
  ['R-174: unknown in the brackets', 'invalidFilter', 'replace', 'emails[nosuch eq "x"].value', 'x'],
  ['R-174: wrong type in the brackets', 'invalidFilter', 'replace', 'emails[primary eq "True"].value', 'x'],
  ['brackets behind a single value', 'invalidPath', 'replace', 'name[givenName eq "x"].familyName', 'x'],
  ['brackets behind plain values', 'invalidPath', 'remove', 'schemas[value eq "x"]', undefined],
  ['R-177: active is a number', 'invalidValue', 'replace', 'active', 5],
  ['R-177: active is an object', 'invalidValue', 'replace', 'active', { value: true }],
  ['P-4: active is a text', 'invalidValue', 'replace', 'active', 'False'],
  ['a list for a single value', 'invalidValue', 'replace', 'title', ['x']],
  ['a text for a complex value', 'invalidValue', 'replace', 'name', 'x'],
  ['two elements for one', 'invalidValue', 'replace', 'emails[type eq "work"]', [{ value: 'a' }, { value: 'b' }]],
  [
    'R-48: two primary elements',
    'invalidValue',
    'add',
    'emails',
    [
      { value: 'a', primary: true },
      { value: 'b', primary: true },
    ],
  ],
  ['two spellings', 'invalidSyntax', 'add', null, { title: 'x', TITLE: 'y' }],
  ['two spellings within', 'invalidSyntax', 'add', 'name', { givenName: 'x', GIVENNAME: 'y' }],
  ['two spellings of an extension', 'invalidSyntax', 'add', null, { [enterprise]: {}, [enterprise.toUpperCase()]: {} }],
  ['a text without a path', 'invalidValue', 'add', null, 'x'],
  ['a text for an extension', 'invalidValue', 'add', enterprise, 'x'],
])('%s is 400 %s', (_, scimType, op, path, value) => {
  expect(refusal(op, path, value)).toBe(scimType)
})

test("a group's displayName can be replaced and never removed", () => {
  expect(resolved('replace', 'displayName', 'x', groupType)).toEqual(['replace displayName "x"'])
  expect(refusal('remove', 'displayName', undefined, groupType)).toBe('mutability')
})
