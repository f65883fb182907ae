import { expect, test } from 'vitest'
import { parseAttributePath } from '../protocol/attribute-notation.ts'
import { attributeName, findAttribute, findExtension, findSubAttribute } from './find-attribute.ts'
import { groupType, userType } from './resource-types.ts'
import type { ResourceType } from './schema.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function nameOf(type: ResourceType, text: string): string | undefined {
  const path = parseAttributePath(text)
  const found = path && findAttribute(type, path)
  return found && attributeName(found)
}

test.each([
  ['userName', 'userName'],
  ['USERNAME', 'userName'],
  ['emails.VALUE', 'emails.value'],
  ['groups.$REF', 'groups.$ref'],
  ['meta.lastmodified', 'meta.lastModified'],
  ['schemas', 'schemas'],
  ['ID', 'id'],
  [`${core}:name.givenName`, 'name.givenName'],
  [`${core.toUpperCase()}:username`, 'userName'],
  [`${core}:externalId`, 'externalId'],
  [`${enterprise}:Department`, `${enterprise}:department`],
  [`${enterprise.toUpperCase()}:MANAGER.VALUE`, `${enterprise}:manager.value`],
])('R-107, R-108, R-142: %s is %s', (text, name) => {
  expect(nameOf(userType, text)).toBe(name)
})

test.each([
  'nosuch',
  'password',
  'department',
  'emails.nosuch',
  'userName.value',
  `${enterprise}:userName`,
  `${enterprise}:id`,
  `${core}:department`,
  'urn:nosuch:User:userName',
  'members',
  '__proto__',
  'constructor',
  'emails.__proto__',
  'emails.toString',
])('%s is no attribute of a user', (text) => {
  const [name = '', subName = null] = text.split('.')
  expect(nameOf(userType, text)).toBeUndefined()
  if (!text.includes(':')) expect(findAttribute(userType, { schema: null, name, subName })).toBeUndefined()
})

test('each resource type has its own attributes', () => {
  expect(nameOf(groupType, 'members.value')).toBe('members.value')
  expect(nameOf(groupType, 'userName')).toBeUndefined()
  expect(nameOf(groupType, `${core}:displayName`)).toBeUndefined()
})

test('an extension is found by its URN in any case; the core schema is none', () => {
  expect(findExtension(userType, enterprise.toUpperCase())?.id).toBe(enterprise)
  expect(findExtension(userType, core)).toBeUndefined()
  expect(findExtension(groupType, enterprise)).toBeUndefined()
})

test('a part is found by its name in any case', () => {
  const emails = userType.schema.attributes.find(({ name }) => name === 'emails')!
  expect(findSubAttribute(emails, 'Primary')?.type).toBe('boolean')
  expect(findSubAttribute(emails, 'hasOwnProperty')).toBeUndefined()
})
