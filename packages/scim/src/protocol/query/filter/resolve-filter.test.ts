import { expect, test } from 'vitest'
import { attributeName } from '../../../schema/find-attribute.ts'
import { groupType, userType } from '../../../schema/resource-types.ts'
import type { ResourceType } from '../../../schema/schema.ts'
import { ScimError } from '../../error.ts'
import type { ResolvedFilter } from './filter.ts'
import { parseFilter } from './parse-filter.ts'
import { resolveFilter, type UnknownAttributes } from './resolve-filter.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function resolve(text: string, type: ResourceType = userType, unknown: UnknownAttributes = 'refuse'): ResolvedFilter {
  return resolveFilter(type, parseFilter(text, { lengthMax: 10_000 }), unknown)
}

/** The resolved filter in a short form, with the schema's own spelling of every name. */
function shown(filter: ResolvedFilter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.filters.map(shown).join(` ${filter.kind} `)})`
    case 'not':
      return `not ${shown(filter.filter)}`
    case 'present':
      return `${attributeName(filter.target)} pr`
    case 'comparison':
      return `${attributeName(filter.target)} ${filter.operator} ${JSON.stringify(filter.value)}`
    case 'element':
      return `${attributeName(filter.target)}[${shown(filter.filter)}]`
    case 'constant':
      return String(filter.value)
  }
}

test.each([
  ['USERNAME eq "a"', 'userName eq "a"'],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', 'userName sw "J"'],
  ['URN:IETF:params:scim:schemas:CORE:2.0:user:USERname sw "J"', 'userName sw "J"'],
  [`${enterprise}:department eq "X"`, `${enterprise}:department eq "X"`],
  [`${enterprise.toUpperCase()}:Manager.Value eq "id"`, `${enterprise}:manager.value eq "id"`],
  [`${enterprise}:manager eq "id"`, `${enterprise}:manager.value eq "id"`],
  ['emails co "x"', 'emails.value co "x"'],
  ['emails pr', 'emails pr'],
  ['emails.type eq "work"', 'emails.type eq "work"'],
  ['emails[Type eq "work" and value pr]', 'emails[(emails.type eq "work" and emails.value pr)]'],
  ['schemas eq "urn:x"', 'schemas eq "urn:x"'],
  ['id eq "1" or externalId eq "2"', '(id eq "1" or externalId eq "2")'],
  ['meta.resourceType eq "User"', 'meta.resourceType eq "User"'],
  ['meta.lastModified ge "2026-01-01T02:00:00+02:00"', 'meta.lastModified ge "2026-01-01T00:00:00.000Z"'],
  ['groups.value eq "g" or groups eq "g"', '(groups.value eq "g" or groups.value eq "g")'],
  ['title ne "x"', 'not title eq "x"'],
  ['title eq null', 'not title pr'],
  ['title ne null', 'title pr'],
  ['nickName eq null', 'not nickName pr'],
  [`${enterprise}:manager pr`, `(${enterprise}:manager.value pr or ${enterprise}:manager.$ref pr or ${enterprise}:manager.displayName pr)`],
  ['active ne true', 'not active eq true'],
])('%s is read as %s', (text, expected) => {
  expect(shown(resolve(text))).toBe(expected)
})

test('members of a group can be asked for by value', () => {
  expect(shown(resolve('members eq "id"', groupType))).toBe('members.value eq "id"')
  expect(shown(resolve('members[value eq "id"]', groupType))).toBe('members[members.value eq "id"]')
})

test.each([
  ['active gt false', 'R-96'],
  ['active co "t"', 'R-96'],
  ['x509Certificates.value gt "YQ=="', 'R-96'],
  ['active eq "true"', 'R-97'],
  ['active eq 1', 'R-97'],
  ['name eq "x"', 'R-106'],
  ['addresses eq "x"', 'R-105'],
  ['meta co "x"', 'R-106'],
  ['nosuch eq "x"', 'R-111'],
  ['name.nosuch eq "x"', 'R-111'],
  ['emails[nosuch eq "x"]', 'R-111'],
  ['userName.value eq "x"', 'R-111'],
  ['urn:nosuch:userName eq "x"', 'R-111'],
  [`${enterprise}:userName eq "x"`, 'R-111'],
  ['password eq "x"', 'R-116'],
  ['password pr', 'R-116'],
  ['userName eq 5', 'R-97'],
  ['userName eq true', 'R-97'],
  ['userName gt null', 'R-98'],
  ['meta.created eq "2026-01-01"', 'R-94'],
  ['meta.created eq "2026-02-31T00:00:00Z"', 'R-94'],
  ['meta.created co "2026"', 'R-94'],
  ['name[givenName eq "x"]', 'R-106'],
  ['schemas[value eq "x"]', 'R-106'],
  ['__proto__ eq "x"', 'R-256'],
  ['constructor.prototype pr', 'R-256'],
  ['toString pr', 'R-256'],
])('%s is 400 invalidFilter (%s)', (text) => {
  try {
    resolve(`title pr and ${text}`)
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter' })
    expect(error.message).toMatch(/at position (14|21):/)
    return
  }
  throw new Error('The filter was resolved.')
})

test('R-82: where several types are searched, an attribute that a type does not have is a value nobody has', () => {
  const asked = (text: string) => shown(resolve(text, groupType, 'no-value'))
  expect(asked('userName eq "x"')).toBe('false')
  expect(asked('userName pr')).toBe('false')
  expect(asked('userName ne "x"')).toBe('true')
  expect(asked('userName eq null')).toBe('true')
  expect(asked('userName ne null')).toBe('false')
  expect(asked('not (userName eq "x")')).toBe('not false')
  expect(asked('emails[type eq "work"]')).toBe('false')
  expect(asked('displayName eq "x" or userName eq "x"')).toBe('(displayName eq "x" or false)')
})
