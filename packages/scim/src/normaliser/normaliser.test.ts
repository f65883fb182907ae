import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import { applyOperation } from '../protocol/patch/apply-operation.ts'
import { splitMemberOperations } from '../protocol/patch/member-operations.ts'
import { patchSchema } from '../protocol/patch/parse-patch.ts'
import { resolveOperation } from '../protocol/patch/resolve-operation.ts'
import type { Filter } from '../protocol/query/filter/filter.ts'
import { formatFilter } from '../protocol/query/filter/format-filter.ts'
import { resolveFilter } from '../protocol/query/filter/resolve-filter.ts'
import { readResource } from '../schema/read-resource.ts'
import type { Resource } from '../schema/resource.ts'
import { groupType, userType } from '../schema/resource-types.ts'
import type { ResourceType } from '../schema/schema.ts'
import { strict, tolerant } from './normaliser.ts'
import { rules } from './rules.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const account = 'urn:latchkey:scim:schemas:extension:account:1.0:User'
const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'

const operations = (...list: readonly Json[]): JsonObject => ({ schemas: [patchSchema], Operations: list })

const read = (body: JsonObject, type: ResourceType = userType) => readResource(type, tolerant.resource(type, body))

const user: Resource = {
  userName: 'bjensen',
  name: { familyName: 'Jensen', givenName: 'Barbara' },
  title: 'Tour Guide',
  active: true,
  emails: [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@example.org', type: 'home' },
  ],
  [enterprise]: { department: 'Tours', manager: { value: '26118915' } },
}

function patched(...list: readonly Json[]): Resource {
  return tolerant
    .patch(userType, operations(...list))
    .flatMap((operation) => resolveOperation(userType, operation))
    .reduce((before, operation) => applyOperation(before, operation, (_, text) => text.toLowerCase()), user)
}

const members = (...list: readonly Json[]) => splitMemberOperations(tolerant.patch(groupType, operations(...list))).members

const filter = (text: string, type: ResourceType = userType): string => {
  const read: Filter = tolerant.filter(type, text, 4_096)
  resolveFilter(type, read)
  return formatFilter(read)
}

function refusal(ask: () => unknown): string | undefined {
  try {
    ask()
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    expect(error.status).toBe(400)
    return error.scimType
  }
  throw new Error('It was not refused.')
}

describe('strict', () => {
  const refused = (...list: readonly Json[]) =>
    refusal(() => strict.patch(userType, operations(...list)).flatMap((operation) => resolveOperation(userType, operation)))

  test('bodies, operations and filters are taken as they are', () => {
    const body = { schemas: [userSchema], userName: 'a', active: 'True' }
    expect(strict.resource(userType, body)).toBe(body)
    expect(refusal(() => readResource(userType, body))).toBe('invalidValue')
    expect(refusal(() => readResource(userType, { schemas: [userSchema], userName: 'a', password: 'x' }))).toBe('invalidSyntax')
    expect(refused({ op: 'replace', path: 'active', value: 'False' })).toBe('invalidValue')
    expect(refused({ op: 'replace', value: { 'name.givenName': 'x' } })).toBe('invalidPath')
    expect(refused({ op: 'replace', value: { id: 'x', title: 'y' } })).toBe('mutability')
    expect(refused({ op: 'replace', path: 'nosuch', value: 'x' })).toBe('invalidPath')
    expect(refusal(() => strict.filter(userType, 'externalId eq jyoung', 4_096))).toBe('invalidFilter')
    expect(refusal(() => resolveFilter(userType, strict.filter(userType, 'email.value eq "x"', 4_096)))).toBe('invalidFilter')
    expect(refusal(() => resolveFilter(userType, strict.filter(userType, 'active eq "true"', 4_096)))).toBe('invalidFilter')
  })

  test('P-6: a remove with a value is refused, since to ignore the value would clear the list', () => {
    expect(refused({ op: 'remove', path: 'emails', value: [{ value: 'a' }] })).toBe('invalidValue')
    expect(strict.patch(groupType, operations({ op: 'remove', path: 'members', value: null }))).toHaveLength(1)
  })
})

describe('boolean-strings', () => {
  test('texts are booleans where the attribute is one, in any case', () => {
    const body = { schemas: [userSchema], userName: 'a', active: 'False', title: 'True', emails: [{ value: 'x', primary: 'TRUE' }] }
    expect(read(body)).toEqual({ userName: 'a', active: false, title: 'True', emails: [{ value: 'x', primary: true }] })
    expect(patched({ op: 'Replace', path: 'active', value: 'False' })['active']).toBe(false)
    expect(patched({ op: 'Replace', value: { active: 'false' } })['active']).toBe(false)
    expect(patched({ op: 'add', path: 'emails[type eq "home"].primary', value: 'True' })['emails']).toMatchObject([
      { primary: false },
      { primary: true },
    ])
    expect(patched({ op: 'add', path: 'roles', value: [{ primary: 'True', value: 'admin' }] })['roles']).toEqual([
      { primary: true, value: 'admin' },
    ])
    expect(patched({ op: 'replace', path: 'title', value: 'False' })['title']).toBe('False')
  })

  test('texts that are no booleans stay, to be refused', () => {
    expect(refusal(() => patched({ op: 'Replace', path: 'active', value: 'no' }))).toBe('invalidValue')
  })

  test('so it is in filters, and in the brackets of a path', () => {
    expect(filter('active eq "True"')).toBe('active eq true')
    expect(filter('active eq True')).toBe('active eq true')
    expect(filter('title eq "True"')).toBe('title eq "True"')
    expect(filter('emails[primary eq "true" and type eq "true"]')).toBe('emails[primary eq true and type eq "true"]')
    expect(patched({ op: 'Replace', path: 'emails[primary eq "True"].value', value: 'x@example.com' })['emails']).toMatchObject([
      { value: 'x@example.com', type: 'work' },
      { type: 'home' },
    ])
    expect(patched({ op: 'Add', path: 'roles[primary eq "True"].value', value: 'admin' })['roles']).toEqual([
      { primary: true, value: 'admin' },
    ])
  })
})

describe('values-removed-by-list', () => {
  test('members in a list are removed, and no others', () => {
    expect(members({ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'a' }] })).toEqual([{ kind: 'remove', ids: ['a'] }])
    expect(members({ op: 'remove', path: 'members', value: { value: 'a' } })).toEqual([{ kind: 'remove', ids: ['a'] }])
    expect(members({ op: 'remove', path: 'members', value: ['a', 'b'] })).toEqual([{ kind: 'remove', ids: ['a', 'b'] }])
    expect(members({ op: 'remove', path: 'MEMBERS', value: 'a' })).toEqual([{ kind: 'remove', ids: ['a'] }])
    expect(members({ op: 'remove', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:members', value: ['a'] })).toEqual([
      { kind: 'remove', ids: ['a'] },
    ])
    expect(members({ op: 'remove', path: 'members[value eq "a"]', value: [{ value: 'b' }] })).toEqual([{ kind: 'remove', ids: ['a'] }])
  })

  test('an empty list removes nobody, and only a remove without value clears the group', () => {
    expect(members({ op: 'remove', path: 'members', value: [] })).toEqual([{ kind: 'remove', ids: [] }])
    expect(members({ op: 'remove', path: 'members' })).toEqual([{ kind: 'clear' }])
  })

  test.each<[Json]>([[[{ id: 'a' }]], [[{}]], [[null]], [[5]], [''], [{}], [5], [true], [[['a']]], [[{ value: null }]]])(
    'a value that names nobody, %j, is refused and clears nothing',
    (value) => {
      expect(['invalidValue', 'invalidSyntax']).toContain(refusal(() => members({ op: 'remove', path: 'members', value })))
    },
  )

  test('values of other lists go by value, and by type where it is told', () => {
    expect(patched({ op: 'remove', path: 'emails', value: [{ value: 'babs@example.org' }] })['emails']).toHaveLength(1)
    expect(patched({ op: 'remove', path: 'emails', value: [{ value: 'babs@example.org', type: 'work' }] })['emails']).toHaveLength(2)
    expect(patched({ op: 'remove', path: 'emails', value: [] })['emails']).toHaveLength(2)
    expect(refusal(() => patched({ op: 'remove', path: 'emails', value: [{ display: 'x' }] }))).toBe('invalidValue')
  })

  test('what a path says alone needs no value', () => {
    expect(patched({ op: 'Remove', path: 'title', value: 'Tour Guide' })['title']).toBeUndefined()
    expect(patched({ op: 'Remove', path: 'emails[type eq "home"]', value: 'x' })['emails']).toHaveLength(1)
  })

  test('of an extension the named attributes go', () => {
    expect(patched({ op: 'remove', path: enterprise, value: { department: 'Tours' } })[enterprise]).toEqual({
      manager: { value: '26118915' },
    })
    expect(patched({ op: 'remove', path: enterprise, value: {} })).toEqual(user)
    expect(patched({ op: 'remove', path: enterprise })[enterprise]).toBeUndefined()
    expect(refusal(() => patched({ op: 'remove', path: enterprise, value: 'department' }))).toBe('invalidValue')
  })

  test('a remove without a path stays refused: what it would remove cannot be known', () => {
    expect(refusal(() => members({ op: 'remove', value: { members: [{ value: 'a' }] } }))).toBe('noTarget')
  })
})

describe('dotted-keys', () => {
  test('keys that are paths are paths', () => {
    const value = {
      displayName: 'Bjfe',
      'name.givenName': 'Kkom',
      'NAME.familyName': 'Unua',
      [`${enterprise}:employeeNumber`]: 'Aklq',
      [`${enterprise}:manager.value`]: 'm',
      'emails[type eq "work"].value': 'x@example.com',
      [`${userSchema}:nickName`]: 'B',
    }
    expect(patched({ op: 'replace', value })).toMatchObject({
      displayName: 'Bjfe',
      name: { givenName: 'Kkom', familyName: 'Unua' },
      nickName: 'B',
      emails: [{ value: 'x@example.com', type: 'work' }, {}],
      [enterprise]: { employeeNumber: 'Aklq', manager: { value: 'm' }, department: 'Tours' },
    })
  })

  test('an extension and the core schema may be keys too', () => {
    expect(patched({ op: 'add', value: { [enterprise]: { division: 'x' } } })[enterprise]).toMatchObject({
      division: 'x',
      department: 'Tours',
    })
    expect(patched({ op: 'add', value: { [userSchema]: { title: 'x', 'name.givenName': 'y' } } })['title']).toBe('x')
    expect(patched({ op: 'replace', path: userSchema, value: { title: 'x', active: 'False' } })).toMatchObject({
      title: 'x',
      active: false,
    })
  })

  test('members under a URN are members', () => {
    expect(members({ op: 'add', value: { 'urn:ietf:params:scim:schemas:core:2.0:Group:members': [{ value: 'a' }] } })).toEqual([
      { kind: 'add', ids: ['a'] },
    ])
  })

  test('a key that is no path is refused', () => {
    expect(refusal(() => patched({ op: 'replace', value: { 'emails[type eq "work"': 'x' } }))).toBe('invalidPath')
  })
})

describe('bare-words', () => {
  test('a word without quotes is a text, in filters and in paths', () => {
    expect(filter('externalId eq jyoung')).toBe('externalId eq "jyoung"')
    expect(filter('emails[type eq work]')).toBe('emails[type eq "work"]')
    expect(members({ op: 'remove', path: 'members[value eq 2819c223-7f76]' })).toEqual([{ kind: 'remove', ids: ['2819c223-7f76'] }])
    expect(patched({ op: 'replace', path: 'emails[type eq home].value', value: 'x' })['emails']).toMatchObject([{}, { value: 'x' }])
  })
})

describe('plain-values', () => {
  test('members and e-mails as texts are complex values', () => {
    expect(members({ op: 'add', path: 'members', value: ['a', 'b'] })).toEqual([{ kind: 'add', ids: ['a', 'b'] }])
    expect(read({ userName: 'a', emails: 'x@example.com', phoneNumbers: ['+1'] })).toEqual({
      userName: 'a',
      emails: [{ value: 'x@example.com' }],
      phoneNumbers: [{ value: '+1' }],
    })
  })

  test('a manager as a text, and as a list of one', () => {
    for (const manager of ['id', { value: 'id' }, [{ value: 'id', $ref: '/Users/id' }]]) {
      expect(patched({ op: 'Add', path: `${enterprise}:manager`, value: manager })[enterprise]).toMatchObject({ manager: { value: 'id' } })
      expect(read({ userName: 'a', [enterprise]: { manager } })[enterprise]).toEqual({ manager: { value: 'id' } })
    }
  })

  test('null and empty lists are no value', () => {
    expect(read({ userName: 'a', emails: null, roles: [], title: [], name: null })).toEqual({ userName: 'a' })
  })
})

describe('empty-manager', () => {
  test.each<[Json]>([[''], [{ value: '' }], [{ value: null }], [null]])('%j is no manager, whatever the operation', (manager) => {
    for (const op of ['Add', 'Replace']) {
      expect(patched({ op, path: `${enterprise}:manager`, value: manager })[enterprise]).toEqual({ department: 'Tours' })
      expect(patched({ op, value: { [enterprise]: { manager } } })[enterprise]).toEqual({ department: 'Tours' })
      expect(patched({ op, path: `${enterprise}:manager.value`, value: '' })[enterprise]).toEqual({ department: 'Tours' })
    }
    expect(read({ userName: 'a', [enterprise]: { manager, division: 'x' } })[enterprise]).toEqual({ division: 'x' })
  })
})

describe('email-alias', () => {
  test('a filter on email asks for emails', () => {
    expect(filter('email.value Eq "x@example.com"')).toBe('emails.value eq "x@example.com"')
    expect(filter('email eq "x"')).toBe('emails eq "x"')
    expect(filter('EMAIL.VALUE pr and not (email co "x")')).toBe('emails.VALUE pr and not (emails co "x")')
    expect(filter('email[type eq "work"].value eq "x"')).toBe('emails[type eq "work" and value eq "x"]')
    expect(filter('username Eq "x"')).toBe('username eq "x"')
  })

  test('what no attribute is called is still refused', () => {
    expect(refusal(() => filter('mail eq "x"'))).toBe('invalidFilter')
    expect(refusal(() => filter('email eq "x"', groupType))).toBe('invalidFilter')
    expect(refusal(() => filter('emails[email eq "x"]'))).toBe('invalidFilter')
    expect(refusal(() => filter('password eq "x"'))).toBe('invalidFilter')
  })
})

describe('missing-element-is-created', () => {
  test('an element that is not there yet is made', () => {
    expect(patched({ op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' })['phoneNumbers']).toEqual([
      { type: 'mobile', value: '+1' },
    ])
    expect(
      patched(
        { op: 'Replace', path: 'addresses[type eq "work"].locality', value: 'x' },
        { op: 'Replace', path: 'addresses[type eq "work"].country', value: 'y' },
      )['addresses'],
    ).toEqual([{ type: 'work', locality: 'x', country: 'y' }])
  })
})

describe('missing-schemas', () => {
  test('whatever else is called so goes, and what names the right ones stays as it is', () => {
    const rule = rules.find(({ name }) => name === 'missing-schemas')!
    const right = { schemas: [userSchema, enterprise], userName: 'a' }
    expect(rule.body?.(userType, right)).toBe(right)
    for (const wrong of [
      { ...right, Schemas: ['urn:unknown'] },
      { ...right, schemas: [userSchema, enterprise, 'urn:unknown'] },
      { ...right, schemas: [enterprise] },
      { userName: 'a', SCHEMAS: [enterprise] },
    ])
      expect(rule.body?.(userType, wrong)).toEqual(right)
  })

  test('schemas are what they must be', () => {
    expect(read({ userName: 'a' })).toEqual({ userName: 'a' })
    expect(read({ SCHEMAS: ['urn:x', 5, enterprise], userName: 'a' })).toEqual({ userName: 'a' })
    expect(
      read({ schemas: ['http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'], displayName: 'g' }, groupType),
    ).toEqual({ displayName: 'g' })
    expect(tolerant.patch(userType, { Operations: [{ op: 'remove', path: 'title' }] })).toHaveLength(1)
  })
})

describe('single-operation', () => {
  test('one operation without a list is a list of one', () => {
    expect(tolerant.patch(userType, { operations: { op: 'remove', path: 'title' } })).toMatchObject([{ op: 'remove', path: 'title' }])
  })
})

describe('unknown-attributes', () => {
  test('what no schema has is dropped from bodies', () => {
    const body = {
      userName: 'a',
      password: 'x',
      'urn:x:User': { a: 1 },
      [enterprise]: { a: 1, division: 'd' },
      name: { a: 1, givenName: 'g' },
      emails: [{ a: 1, value: 'v' }],
    }
    expect(read(body)).toEqual({ userName: 'a', [enterprise]: { division: 'd' }, name: { givenName: 'g' }, emails: [{ value: 'v' }] })
  })

  test('operations on it do nothing, and nothing else for it', () => {
    expect(patched({ op: 'replace', path: 'password', value: 'x' })).toEqual(user)
    expect(patched({ op: 'replace', path: 'urn:x:User:a', value: 'x' }, { op: 'replace', path: 'title', value: 'y' })).toEqual({
      ...user,
      title: 'y',
    })
    expect(patched({ op: 'replace', value: { password: 'x', title: 'y', [enterprise]: { a: 1 }, name: { a: 1 } } })).toEqual({
      ...user,
      title: 'y',
    })
    expect(patched({ op: 'replace', path: enterprise, value: { a: 1, division: 'd' } })[enterprise]).toMatchObject({
      division: 'd',
      department: 'Tours',
    })
    expect(patched({ op: 'replace', path: enterprise, value: { a: 1 } })).toEqual(user)
    expect(patched({ op: 'remove', path: enterprise, value: { a: 1 } })).toEqual(user)
  })

  test('a path that cannot be read is still refused', () => {
    expect(refusal(() => patched({ op: 'replace', path: 'a..b', value: 'x' }))).toBe('invalidPath')
    expect(refusal(() => patched({ op: 'replace', path: 'emails[type eq', value: 'x' }))).toBe('invalidPath')
    expect(refusal(() => patched({ op: 'replace', path: 'emails[nosuch eq "x"].value', value: 'x' }))).toBe('invalidFilter')
  })
})

describe('read-only-attributes', () => {
  test('Okta and authentik send the id beside what changes', () => {
    expect(
      splitMemberOperations(tolerant.patch(groupType, operations({ op: 'replace', value: { id: 'g', displayName: 'x' } }))).others.flatMap(
        (operation) => resolveOperation(groupType, operation),
      ),
    ).toHaveLength(1)
    expect(
      patched({ op: 'replace', value: { id: 'x', meta: {}, groups: [], schemas: [], [account]: { status: 'active' }, title: 'y' } }),
    ).toEqual({ ...user, title: 'y' })
  })

  test('a path to one is refused', () => {
    expect(refusal(() => patched({ op: 'replace', path: 'id', value: 'x' }))).toBe('mutability')
    expect(refusal(() => patched({ op: 'replace', value: { 'meta.created': 'x' } }))).toBe('mutability')
    expect(refusal(() => patched({ op: 'replace', path: `${account}:status`, value: 'active' }))).toBe('mutability')
  })
})

describe('numbers-as-text', () => {
  test('numbers and booleans are texts where the attribute is one', () => {
    expect(read({ userName: 5, [enterprise]: { employeeNumber: 701984 }, emails: [{ value: 'x', display: false }] })).toEqual({
      userName: '5',
      [enterprise]: { employeeNumber: '701984' },
      emails: [{ value: 'x', display: 'false' }],
    })
    expect(filter(`${enterprise}:employeeNumber eq 701984 or emails eq 5`)).toBe(
      `${enterprise}:employeeNumber eq "701984" or emails eq "5"`,
    )
    expect(filter('externalId eq 12345678901234567890')).toBe('externalId eq "12345678901234567890"')
  })
})

describe('loose-references', () => {
  test('any text is a URI', () => {
    expect(read({ userName: 'a', profileUrl: 'no uri <at> all', photos: [{ value: '' }] })).toEqual({
      userName: 'a',
      profileUrl: 'no%20uri%20%3Cat%3E%20all',
    })
  })
})

test('every rule has a name of its own, and says who needs it, what is sent and what it is read as', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
  for (const { name, providers, sends, reads } of rules) {
    expect(name).toMatch(/^[a-z-]+$/)
    expect(providers.length).toBeGreaterThan(0)
    expect(sends).toMatch(/\.$/)
    expect(reads).toMatch(/\.$/)
  }
})

/** Names of attributes and of none, and values of every shape, as clients mix them. */
const names = fc.constantFrom(
  'userName',
  'ACTIVE',
  'title',
  'emails',
  'members',
  'name',
  'roles',
  'profileUrl',
  'manager',
  'value',
  'Type',
  'primary',
  'display',
  'id',
  'schemas',
  'meta',
  'groups',
  'password',
  '__proto__',
  'constructor',
  'name.givenName',
  enterprise,
  account,
  userSchema,
  `${enterprise}:department`,
  'emails[type eq "work"].value',
  'emails[',
  'a b',
)
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, 1.5, '', 'True', 'x', 'a b', []),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(names, tie('json'), { maxKeys: 4, noNullPrototype: false }),
  ),
}))
const objects = fc.dictionary(names, json, { maxKeys: 6, noNullPrototype: false })
const typeNames = fc.constantFrom('User', 'Group')
const typeOf = (name: string) => (name === 'User' ? userType : groupType)

test('a body that is normalised twice is the same as once, and changes nothing that was given', () =>
  fc.assert(
    fc.property(typeNames, objects, (name, body) => {
      const type = typeOf(name)
      const before = JSON.stringify(body)
      const once = tolerant.resource(type, body)
      expect(JSON.stringify(body)).toBe(before)
      expect(JSON.stringify(tolerant.resource(type, once))).toBe(JSON.stringify(once))
    }),
    { numRuns: 2_000 },
  ))

test('what strict mode accepts means the same in tolerant mode', () =>
  fc.assert(
    fc.property(typeNames, objects, (name, body) => {
      const type = typeOf(name)
      const complete = { ...body, schemas: [type.schema.id], userName: 'a', displayName: 'b' }
      const read = accepted(() => readResource(type, strict.resource(type, complete)))
      if (read) expect(readResource(type, tolerant.resource(type, complete))).toEqual(read)
    }),
    { numRuns: 2_000 },
  ))

const paths = fc.oneof(
  names,
  fc.constantFrom(
    'emails[type eq "work"]',
    'emails[primary eq "True"].value',
    'members[value eq "a"]',
    'members.value',
    `${enterprise}:manager`,
    'a..b',
    '',
  ),
)
const sent = fc.record({ op: fc.constantFrom('Add', 'replace', 'REMOVE', 'move'), path: paths, value: json }, { requiredKeys: ['op'] })

test('any PATCH is understood or refused with a ScimError, and nothing is half applied', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('strict', 'tolerant'),
      fc.array(fc.oneof({ weight: 9, arbitrary: sent }, { weight: 1, arbitrary: json }), { maxLength: 4 }),
      (mode, list) => {
        const normaliser = mode === 'strict' ? strict : tolerant
        const before = JSON.stringify(user)
        accepted(() => {
          const resolved = normaliser
            .patch(userType, operations(...(list as Json[])))
            .flatMap((operation) => resolveOperation(userType, operation))
          const after = resolved.reduce((resource, operation) => applyOperation(resource, operation, (_, text) => text), user)
          // What comes out is a resource: strict reading takes it as it is.
          expect(readResource(userType, { ...after, schemas: [userSchema] })).toEqual(after)
        })
        accepted(() => splitMemberOperations(normaliser.patch(groupType, operations(...(list as Json[])))))
        expect(JSON.stringify(user)).toBe(before)
        expect(Object.keys(Object.prototype)).toEqual([])
      },
    ),
    { numRuns: 5_000 },
  ))

test('no remove with a value ever clears a group', () =>
  fc.assert(
    fc.property(
      json.filter((value) => value !== null),
      fc.constantFrom('members', 'Members', 'urn:ietf:params:scim:schemas:core:2.0:Group:members'),
      (value, path) => {
        const asked = accepted(() => members({ op: 'remove', path, value }))
        for (const { kind } of asked ?? []) expect(kind).toBe('remove')
      },
    ),
    { numRuns: 2_000 },
  ))

function accepted<Value>(ask: () => Value): Value | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}
