import { expect, test } from 'vitest'
import type { JsonObject } from '../../json.ts'
import { groupType, userType } from '../../schema/resource-types.ts'
import type { ScimError } from '../error.ts'
import { patchSchema } from '../patch/parse-patch.ts'
import type { Change, Creation, Deletion } from './read-bulk.ts'
import { referencesOf, withoutReferences, withReferences } from './references.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const ids = new Map([
  ['q', '92b7'],
  ['w', '2819'],
])
const create = (data: JsonObject): Creation => ({ kind: 'create', method: 'POST', type: userType, bulkId: 'x', data })
const modify = (...operations: readonly JsonObject[]): Change => ({
  kind: 'modify',
  method: 'PATCH',
  type: groupType,
  id: 'bulkId:w',
  bulkId: null,
  version: null,
  data: { schemas: [patchSchema], Operations: operations },
})

test('R-215: references are found and replaced in values, in an extension, in the path of an operation and in the paths of a PATCH', () => {
  const creation = create({ members: [{ value: 'bulkId:q', type: 'User' }], [enterprise]: { manager: { value: 'bulkId:w' } } })
  expect(referencesOf(creation)).toEqual(new Set(['q', 'w']))
  expect(withReferences(creation, ids)).toEqual(
    create({ members: [{ value: '92b7', type: 'User' }], [enterprise]: { manager: { value: '2819' } } }),
  )

  const change = modify(
    { op: 'add', path: 'members', value: [{ value: 'bulkId:q' }] },
    { op: 'remove', PATH: 'members[value eq "bulkId:q" or value eq "bulkId:w"]' },
  )
  expect(referencesOf(change)).toEqual(new Set(['w', 'q']))
  expect(withReferences(change, ids)).toEqual({
    ...modify(
      { op: 'add', path: 'members', value: [{ value: '92b7' }] },
      { op: 'remove', PATH: 'members[value eq "92b7" or value eq "2819"]' },
    ),
    id: '2819',
  })

  const deletion: Deletion = { kind: 'delete', method: 'DELETE', type: userType, id: 'bulkId:q', bulkId: null, version: null }
  expect(withReferences(deletion, ids)).toEqual({ ...deletion, id: '92b7' })
})

test('what an operation creates is no reference of its own', () => {
  expect(referencesOf({ ...create({ userName: 'ada' }), bulkId: 'bulkId:q' })).toEqual(new Set())
})

test('a reference is a whole text; names and sentences are left as they are', () => {
  const data = { userName: 'ada', title: 'see bulkId:q', nickName: 'BULKID:q', 'bulkId:q': 1 }
  expect(referencesOf(create(data))).toEqual(new Set())
  expect(withReferences(create(data), ids).data).toEqual(data)
})

test('within a PATCH path a reference is a quoted text, escapes and all', () => {
  const path = 'emails[display eq "a \\" bulkId:q" and value eq "bulk\\u0049d:q" or type eq "bulkId:q"].value'
  const { data } = withReferences(modify({ op: 'remove', path }), ids)
  expect(data['Operations']).toEqual([
    { op: 'remove', path: 'emails[display eq "a \\" bulkId:q" and value eq "92b7" or type eq "92b7"].value' },
  ])
  expect(referencesOf(modify({ op: 'remove', path: 'members[value eq bulkId:q]' }))).toEqual(new Set(['w']))
})

test.each(['members[value eq "bulkId:q', '"', '"\\', 'a"b"c"', '"\\x"'])(
  'a path that is none, %j, is left for the path parser to refuse',
  (path) => {
    expect(withReferences(modify({ op: 'remove', path }), ids).data['Operations']).toEqual([{ op: 'remove', path }])
  },
)

test('a path of a million quotes costs its length', () => {
  const started = performance.now()
  for (const unit of ['"', '\\"', '"\\']) referencesOf(modify({ op: 'remove', path: `"${unit.repeat(500_000)}` }))
  expect(performance.now() - started).toBeLessThan(2_000)
})

test.each<[string, Creation | Change]>([
  ['in a value', create({ [enterprise]: { manager: { value: 'bulkId:nosuch' } } })],
  ['in a path', { ...modify(), id: 'bulkId:__proto__' }],
  ['in a filter', modify({ op: 'remove', path: 'members[value eq "bulkId:"]' })],
])('R-217: a reference %s to what was not created is 400 invalidValue', (_, operation) => {
  expect(() => withReferences(operation, ids)).toThrow(expect.objectContaining({ status: 400, scimType: 'invalidValue' }) as ScimError)
})

test('a member or a manager whose reference is left out goes whole; the rest stays', () => {
  const data = {
    userName: 'ada',
    members: [{ value: 'bulkId:q', type: 'User' }, { value: '5' }],
    [enterprise]: { department: 'Engines', manager: { Value: 'bulkId:q', displayName: 'Grace' } },
  }
  expect(withoutReferences(data, new Set(['q']))).toEqual({
    userName: 'ada',
    members: [{ value: '5' }],
    [enterprise]: { department: 'Engines' },
  })
  expect(withoutReferences(data, new Set(['w']))).toEqual(data)
  expect(withoutReferences({ manager: 'bulkId:q' }, new Set(['q']))).toEqual({})
})

test('nothing that was given is changed, and what is made has no prototype', () => {
  const creation = create(JSON.parse('{"members":[{"value":"bulkId:q"}],"__proto__":{"isAdmin":true}}'))
  const before = JSON.stringify(creation)
  const { data } = withReferences(creation, ids)
  expect(Object.keys(data)).toEqual(['members', '__proto__'])
  expect(Object.getPrototypeOf(data)).toBeNull()
  expect(Object.keys(withoutReferences(creation.data, new Set(['q'])))).toContain('__proto__')
  expect(JSON.stringify(creation)).toBe(before)
})
