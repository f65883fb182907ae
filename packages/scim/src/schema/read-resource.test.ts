import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import { readJson } from '../read-json.ts'
import type { Attribute } from './attribute.ts'
import { readGroup } from './read-group.ts'
import { readResource } from './read-resource.ts'
import { type Resource, sameResource } from './resource.ts'
import { groupType, userType } from './resource-types.ts'

const core = userType.schema.id
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const account = 'urn:latchkey:scim:schemas:extension:account:1.0:User'
const user = (more: JsonObject = {}): JsonObject => ({ schemas: [core], userName: 'ada', ...more })

function refusal(read: () => unknown): ScimError {
  try {
    read()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('The body was read.')
}

test('R-16, R-26: names are read in any case and come out in the schema’s, extensions under their URN', () => {
  const body = {
    SCHEMAS: [core.toUpperCase(), enterprise],
    UserName: 'ada',
    NAME: { GivenName: 'Ada' },
    ACTIVE: false,
    [enterprise.toUpperCase()]: { Department: 'Engines', MANAGER: { Value: '7' } },
  }
  expect(readResource(userType, body)).toEqual({
    userName: 'ada',
    name: { givenName: 'Ada' },
    active: false,
    [enterprise]: { department: 'Engines', manager: { value: '7' } },
  })
})

test('R-29, R-34, R-69: what the client may not write is ignored, whatever its form', () => {
  const body = user({
    id: 5,
    meta: 'now',
    groups: [{ value: 'admins' }],
    externalId: 'x',
    [account]: { status: 'active', keyFingerprint: 'ff' },
    [enterprise]: { manager: { displayName: 'Grace' } },
  })
  expect(readResource(userType, body)).toEqual({ userName: 'ada', externalId: 'x' })
})

test('R-51: null, an empty list and an empty object leave an attribute unassigned', () => {
  expect(readResource(userType, user({ title: null, emails: [], name: {}, roles: null, [enterprise]: {} }))).toEqual({ userName: 'ada' })
  expect(readResource(userType, user({ [enterprise]: null }))).toEqual({ userName: 'ada' })
})

test('R-22, R-24: the order and repetition of schemas mean nothing, nor does naming an extension that is not used', () => {
  expect(readResource(userType, user({ schemas: [enterprise, core, core] }))).toEqual({ userName: 'ada' })
})

test.each<[string, JsonObject]>([
  ['R-25: no schemas', { userName: 'ada' }],
  ['R-25: schemas without the core schema', user({ schemas: [enterprise] })],
  ['R-25: schemas that are a text', user({ schemas: core })],
  ['R-23: a schema that nobody knows', user({ schemas: [core, 'urn:nosuch'] })],
  ['R-23: a schema that is a number', user({ schemas: [core, 5] })],
  ['R-23: the schema of another type', user({ schemas: [core, groupType.schema.id] })],
  ['R-65: an unknown attribute', user({ nosuch: 1 })],
  ['R-65: an unknown attribute of an extension', user({ [enterprise]: { nosuch: 1 } })],
  ['X-1: a password', user({ password: 'secret' })],
  ['R-17: a name that is none', user({ '1 a': 1 })],
  ['a dotted name', user({ 'name.givenName': 'Ada' })],
  ['a core attribute in an extension', user({ [enterprise]: { userName: 'eve' } })],
  ['two spellings', user({ USERNAME: 'eve' })],
  ['two spellings, one of them null', user({ title: null, Title: 'x' })],
  ['two spellings of what is not read', user({ id: '1', ID: '2' })],
  ['two spellings of schemas', user({ Schemas: [core] })],
  ['two spellings of an extension', user({ [enterprise]: null, [enterprise.toUpperCase()]: { department: 'x' } })],
  ['two spellings within an extension', user({ [enterprise]: { department: null, Department: 'x' } })],
  ['R-256: __proto__', JSON.parse(`{"schemas":["${core}"],"userName":"ada","__proto__":{"isAdmin":true}}`)],
  ['R-256: constructor', user({ constructor: { prototype: 1 } })],
  ['R-256: toString in an extension', user({ [enterprise]: { toString: 'x' } })],
])('%s is 400 invalidSyntax', (_, body) => {
  expect(refusal(() => readResource(userType, body))).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

test.each<[string, JsonObject]>([
  ['R-39: no userName', { schemas: [core] }],
  ['R-39: an empty userName', user({ userName: '' })],
  ['R-39: a userName of spaces', user({ userName: ' \u00a0\t' })],
  ['R-39: a userName that is null', user({ userName: null })],
  ['a userName that is a number', user({ userName: 5 })],
  ['an extension that is a list', user({ [enterprise]: [] })],
  ['an extension that is a text', user({ [enterprise]: 'x' })],
])('%s is 400 invalidValue', (_, body) => {
  expect(refusal(() => readResource(userType, body))).toMatchObject({ status: 400, scimType: 'invalidValue' })
})

test('R-42: a group needs a display name', () => {
  expect(refusal(() => readResource(groupType, { schemas: [groupType.schema.id] }))).toMatchObject({
    status: 400,
    scimType: 'invalidValue',
  })
})

test('a group body is read in two parts, and one that does not name its members says nothing of them (DAT-5)', () => {
  const group = { schemas: [groupType.schema.id], displayName: 'Engineers' }
  expect(readGroup(group)).toEqual({ resource: { displayName: 'Engineers' }, members: null })
  expect(readGroup({ ...group, Members: [{ value: 'a', type: 'User' }, { VALUE: 'b' }] }).members).toEqual(['a', 'b'])
  expect(readGroup({ ...group, members: [] }).members).toEqual([])
})

test('a group within a group is refused in words (D-7: groups are flat)', () => {
  const group = { schemas: [groupType.schema.id], displayName: 'Engineers', members: [{ value: 'a', type: 'Group' }] }
  expect(refusal(() => readGroup(group))).toMatchObject({ status: 400, scimType: 'invalidValue', message: expect.stringContaining('flat') })
})

test('members in two spellings are 400 invalidSyntax', () => {
  const group = { schemas: [groupType.schema.id], displayName: 'Engineers', members: [], Members: [{ value: 'a' }] }
  expect(refusal(() => readGroup(group))).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
})

const text = fc.string({ unit: 'grapheme', minLength: 1 })

function valuesOf(attribute: Attribute): fc.Arbitrary<Json> {
  const one = oneOf(attribute)
  return attribute.multiValued ? fc.uniqueArray(one, { minLength: 1, maxLength: 3, selector: (value) => JSON.stringify(value) }) : one
}

function oneOf({ type, subAttributes = [] }: Attribute): fc.Arbitrary<Json> {
  switch (type) {
    case 'complex': {
      const parts = subAttributes.filter(({ name, mutability }) => mutability !== 'readOnly' && name !== 'primary')
      const all = Object.fromEntries(parts.map((part) => [part.name, valuesOf(part)]))
      return fc.record(all, { requiredKeys: [parts[0]!.name] })
    }
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.maxSafeInteger()
    case 'decimal':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'dateTime':
      return fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }).map((date) => date.toISOString())
    case 'reference':
      return fc.webUrl()
    case 'binary':
      return fc.base64String({ minLength: 4 })
    case 'string':
      return text
  }
}

const writable = userType.schema.attributes.filter(({ mutability }) => mutability !== 'readOnly')
const users: fc.Arbitrary<JsonObject> = fc.record(
  {
    ...Object.fromEntries(writable.map((attribute) => [attribute.name, valuesOf(attribute)])),
    userName: text.filter((name) => name.trim() !== ''),
    [enterprise]: fc.record({ department: text, manager: fc.record({ value: text }) }, { requiredKeys: ['department'] }),
  },
  { requiredKeys: ['userName'] },
)

test('R-15: a resource that was read is read again as the same, in any order and case of its names', () =>
  fc.assert(
    fc.property(users, fc.boolean(), (given, isUpper) => {
      const resource = readResource(userType, { schemas: [core], ...given })
      expect(readResource(userType, { ...disguised(resource, isUpper), schemas: [core, enterprise] })).toSatisfy((again: Resource) =>
        sameResource(again, resource),
      )
    }),
  ))

test('any body, as JSON brings it, is read or refused with 400', () => {
  const names = [...userType.schema.attributes.map(({ name }) => name), 'id', 'meta', enterprise, account, 'nosuch', '__proto__']
  const small = fc.constantFrom<Json[]>(null, '', 'x', 5, true, [], {}, [{}], [null], { value: {} }, [{ value: {}, primary: 'x' }])
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.oneof(small, fc.jsonValue({ maxDepth: 3 }))), (given) => {
      const json = JSON.stringify({ schemas: [core], ...given }).replaceAll('\\u0000', '')
      try {
        readResource(userType, readJson(json, { depthMax: 16, keysMax: 2_000, elementsMax: 2_000 }))
      } catch (error) {
        expect(error).toBeInstanceOf(ScimError)
        expect((error as ScimError).status).toBe(400)
      }
    }),
    { numRuns: 2_000 },
  )
})

function disguised(value: Json, isUpper: boolean): JsonObject {
  const disguise = (inner: Json): Json => (Array.isArray(inner) ? inner.map(disguise) : isPlain(inner) ? disguised(inner, isUpper) : inner)
  const entries = Object.entries(value as JsonObject).toReversed()
  return Object.fromEntries(entries.map(([name, inner]) => [isUpper ? name.toUpperCase() : name.toLowerCase(), disguise(inner)]))
}

function isPlain(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
