import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../json.ts'
import { findAttribute } from '../../schema/find-attribute.ts'
import { groupType, userType } from '../../schema/resource-types.ts'
import type { ScimError } from '../error.ts'
import { everything, project, readProjection, wants } from './projection.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const user: JsonObject = {
  schemas: [core, enterprise],
  id: '2819c223',
  externalId: 'x',
  meta: { resourceType: 'User', version: 'W/"1"' },
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'a@b.example', type: 'work' }, { type: 'home' }],
  [enterprise]: { department: 'Engines', manager: { value: '7', displayName: 'Grace' } },
}

const only = (...attributes: readonly string[]) =>
  project(userType, readProjection(userType, { attributes, excludedAttributes: null }), user)
const without = (...excludedAttributes: readonly string[]) =>
  project(userType, readProjection(userType, { attributes: null, excludedAttributes }), user)
const always = { schemas: [core, enterprise], id: '2819c223' }

test('R-76: everything is returned where nothing is asked', () => {
  expect(project(userType, readProjection(userType, { attributes: null, excludedAttributes: null }), user)).toBe(user)
})

test.each<[readonly string[], JsonObject]>([
  [['userName'], { userName: 'ada' }],
  [['USERNAME', 'meta'], { userName: 'ada', meta: user['meta']! }],
  [['name.familyName'], { name: { familyName: 'Lovelace' } }],
  [['name.familyName', 'name'], { name: user['name']! }],
  [['emails.value'], { emails: [{ value: 'a@b.example' }] }],
  [['emails.display'], {}],
  [['meta.version'], { meta: { version: 'W/"1"' } }],
  [[`${core}:userName`], { userName: 'ada' }],
  [[`${core}:name.givenName`.toUpperCase()], { name: { givenName: 'Ada' } }],
  [[enterprise], { [enterprise]: user[enterprise]! }],
  [[enterprise.toUpperCase()], { [enterprise]: user[enterprise]! }],
  [[`${enterprise}:department`], { [enterprise]: { department: 'Engines' } }],
  [[`${enterprise}:manager.value`], { [enterprise]: { manager: { value: '7' } } }],
  [['nosuch'], {}],
  [['password'], {}],
  [['id', 'schemas'], {}],
  [['__proto__', 'constructor', 'urn:nosuch', ''], {}],
])('R-77, R-136 to R-138, R-142 to R-144: attributes=%s', (names, projected) => {
  expect(only(...names)).toEqual({ ...always, ...projected })
})

test.each<[readonly string[], readonly string[]]>([
  [['id', 'schemas', 'userName'], ['userName']],
  [
    ['USERNAME', 'meta'],
    ['userName', 'meta'],
  ],
  [[enterprise], [enterprise]],
  [[`${enterprise}:department`, `${enterprise}:manager`], [enterprise]],
  [['nosuch', '__proto__'], []],
])('R-139: excludedAttributes=%s', (names, gone) => {
  expect(without(...names)).toEqual(Object.fromEntries(Object.entries(user).filter(([name]) => !gone.includes(name))))
})

test('R-137: a part alone can be excluded, and an element of which nothing is left goes with it', () => {
  expect(without('name.givenName', `${enterprise}:manager.displayName`)).toMatchObject({
    name: { familyName: 'Lovelace' },
    [enterprise]: { department: 'Engines', manager: { value: '7' } },
  })
  expect(without('name.givenName')['name']).toEqual({ familyName: 'Lovelace' })
  expect(without('emails.type')['emails']).toEqual([{ value: 'a@b.example' }])
})

test('R-141: to ask for some and to exclude some is 400 invalidValue', () => {
  expect(() => readProjection(userType, { attributes: ['a'], excludedAttributes: ['b'] })).toThrow(
    expect.objectContaining({ status: 400, scimType: 'invalidValue' }) as ScimError,
  )
})

test.each<[readonly string[] | null, readonly string[] | null, boolean]>([
  [null, null, true],
  [null, ['members'], false],
  [null, ['urn:ietf:params:scim:schemas:core:2.0:Group:MEMBERS'], false],
  [null, ['members.display'], true],
  [null, ['displayName'], true],
  [['displayName'], null, false],
  [['members'], null, true],
  [['members.value'], null, true],
  [['nosuch'], null, false],
])('R-140: with attributes %j and excludedAttributes %j, whether members are read: %s', (attributes, excludedAttributes, isRead) => {
  const members = findAttribute(groupType, { schema: null, name: 'members', subName: null })!
  expect(wants(readProjection(groupType, { attributes, excludedAttributes }), members)).toBe(isRead)
})

const names = fc.subarray([
  'id',
  'schemas',
  'userName',
  'name',
  'name.givenName',
  'emails.value',
  enterprise,
  `${enterprise}:manager.value`,
  'x',
])

test('what is asked for and what is excluded make up the whole', () =>
  fc.assert(
    fc.property(names, (asked) => {
      const leaves = (value: JsonObject) => {
        const found: string[] = []
        const walk = (at: string, inner: unknown): void => {
          if (typeof inner !== 'object' || inner === null) found.push(`${at}=${String(inner)}`)
          else for (const [name, part] of Object.entries(inner)) walk(Array.isArray(inner) ? `${at}[]` : `${at}/${name}`, part)
        }
        walk('', value)
        return found
      }
      const kept = leaves(only(...asked)).filter((leaf) => !/^\/(?:id|schemas)/.test(leaf))
      expect([...kept, ...leaves(without(...asked))].sort()).toEqual(leaves(user).sort())
    }),
  ))

test('nothing that a projection is made from is changed', () => {
  const before = JSON.stringify(user)
  only('name.givenName', 'emails.value')
  without('name.givenName', 'emails.value')
  expect(JSON.stringify(user)).toBe(before)
  expect(project(userType, everything, user)).toBe(user)
})
