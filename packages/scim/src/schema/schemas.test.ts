import { expect, test } from 'vitest'
import { accountSchema } from './account.ts'
import type { Attribute } from './attribute.ts'
import { commonAttributes } from './common-attributes.ts'
import { enterpriseUserSchema } from './enterprise-user.ts'
import { groupSchema } from './group.ts'
import { resourceTypes, schemas } from './resource-types.ts'
import { userSchema } from './user.ts'

const everyAttribute = [...commonAttributes, ...schemas.flatMap(({ attributes }) => attributes)]
const names = (attributes: readonly Attribute[] | undefined) => attributes?.map(({ name }) => name)
const find = (attributes: readonly Attribute[], name: string) => attributes.find((attribute) => attribute.name === name)!

test('a user has the attributes of RFC 7643 §4.1, but a password (X-1)', () => {
  expect(names(userSchema.attributes)).toEqual(
    [
      [
        'userName',
        'name',
        'displayName',
        'nickName',
        'profileUrl',
        'title',
        'userType',
        'preferredLanguage',
        'locale',
        'timezone',
        'active',
      ],
      ['emails', 'phoneNumbers', 'ims', 'photos', 'addresses', 'groups', 'entitlements', 'roles', 'x509Certificates'],
    ].flat(),
  )
  expect(names(find(userSchema.attributes, 'name').subAttributes)).toEqual([
    'formatted',
    'familyName',
    'givenName',
    'middleName',
    'honorificPrefix',
    'honorificSuffix',
  ])
  expect(names(find(userSchema.attributes, 'emails').subAttributes)).toEqual(['value', 'display', 'type', 'primary'])
  expect(names(find(userSchema.attributes, 'addresses').subAttributes)).toEqual([
    'formatted',
    'streetAddress',
    'locality',
    'region',
    'postalCode',
    'country',
    'type',
    'primary',
  ])
})

test('the enterprise extension has the attributes of RFC 7643 §4.3', () => {
  expect(names(enterpriseUserSchema.attributes)).toEqual([
    'employeeNumber',
    'costCenter',
    'organization',
    'division',
    'department',
    'manager',
  ])
  expect(names(find(enterpriseUserSchema.attributes, 'manager').subAttributes)).toEqual(['value', '$ref', 'displayName'])
})

test('a group needs a display name (D-7) and holds users only', () => {
  expect(find(groupSchema.attributes, 'displayName')).toMatchObject({ required: true, uniqueness: 'server' })
  const { subAttributes } = find(groupSchema.attributes, 'members')
  expect(subAttributes?.flatMap(({ referenceTypes }) => referenceTypes ?? [])).toEqual(['User'])
  expect(subAttributes?.every(({ mutability }) => mutability === 'immutable' || mutability === 'readOnly')).toBe(true)
})

test('provisioning can write nothing of an encryption account (INP-3)', () => {
  expect(accountSchema.attributes.map(({ mutability }) => mutability)).toEqual(Array(4).fill('readOnly'))
})

test('a userName is required, unique in the organisation and ignores case; an externalId does not', () => {
  expect(find(userSchema.attributes, 'userName')).toMatchObject({ required: true, uniqueness: 'server', caseExact: false })
  expect(find(commonAttributes, 'externalId')).toMatchObject({ required: false, caseExact: true })
})

test('R-57: complex attributes have parts, other attributes none, and no part is complex', () => {
  for (const { type, subAttributes } of everyAttribute) {
    expect(type === 'complex').toBe(subAttributes !== undefined)
    expect(subAttributes?.some((part) => part.type === 'complex' || part.subAttributes)).not.toBe(true)
  }
})

test('R-244: a reference says what it refers to, and no two attributes of a schema differ in case alone', () => {
  const parts = everyAttribute.flatMap((attribute) => [attribute, ...(attribute.subAttributes ?? [])])
  for (const { type, referenceTypes, description } of parts) {
    expect(type === 'reference').toBe(referenceTypes !== undefined)
    expect(description).toMatch(/^[A-Z].*\.$/)
  }
  for (const { attributes } of schemas) {
    const folded = [...commonAttributes, ...attributes].map(({ name }) => name.toLowerCase())
    expect(new Set(folded).size).toBe(folded.length)
  }
})

test('R-248: every schema of a resource type is among the schemas', () => {
  for (const { schema, extensions } of resourceTypes) {
    for (const used of [schema, ...extensions.map((extension) => extension.schema)]) expect(schemas).toContain(used)
  }
})
