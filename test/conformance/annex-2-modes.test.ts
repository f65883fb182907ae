import { describe, expect, test } from 'vitest'
import { type Answer, type ScimClient, enterpriseSchema, userSchema } from '../scim-client.ts'
import { type Body, type World, bulkSchema, expectError, fresh, group, read, seen, user } from './rfc/world.ts'

/**
 * What providers send that the RFCs do not foresee, read by a token of each mode: the P-rows of the checklist's second annex. Every request is
 * sent twice, each time to a user and a group of its own: what is refused leaves no trace, what is accepted holds.
 */

type Mode = 'strict' | 'tolerant'

/** Whom a request is about. The user is a member of the group, and so is the boss. */
interface Scene {
  readonly scim: ScimClient
  readonly user: Body
  readonly group: Body
  readonly boss: Body
}

interface Refused {
  readonly status: number
  readonly scimType: string
}

/** What is seen of the user and the group afterwards, and of the answer. */
type Holds = (after: { readonly user: Body; readonly group: Body; readonly answer: Answer; readonly scene: Scene }) => void

interface Habit {
  readonly row: `P-${number}`
  readonly sends: string
  /** What the user has before. */
  readonly of?: object
  readonly ask: (scene: Scene) => Promise<Answer>
  readonly strict: Refused | Holds
  readonly tolerant: Refused | Holds
}

const work = { value: 'work@annex.example', type: 'work', primary: true }
const home = { value: 'home@annex.example', type: 'home' }
const outsider = '01900000-0000-7000-8000-000000000000'

const habits: readonly Habit[] = [
  ...(['add', 'replace'] as const).map((op): Habit => {
    const holds = having({ title: 'New', nickName: 'Nick' })
    return { row: 'P-1', sends: `${op} without a path`, ask: patch([{ op, value: { title: 'New', nickName: 'Nick' } }]), ...both(holds) }
  }),

  {
    row: 'P-2',
    sends: 'a dotted name in a value without a path',
    of: { name: { familyName: 'Kept' } },
    ask: patch([{ op: 'replace', value: { 'name.givenName': 'New', title: 'New' } }]),
    strict: refused('invalidPath'),
    tolerant: having({ name: { familyName: 'Kept', givenName: 'New' }, title: 'New' }),
  },
  {
    row: 'P-2',
    sends: 'a name with its URN in a value without a path',
    ask: patch([{ op: 'add', value: { [`${enterpriseSchema}:department`]: 'Optics' } }]),
    strict: refused('invalidPath'),
    tolerant: having({ [enterpriseSchema]: { department: 'Optics' } }),
  },
  {
    row: 'P-2',
    sends: 'a path with a filter in a value without a path',
    of: { emails: [work, home] },
    ask: patch([{ op: 'replace', value: { 'emails[type eq "home"].value': 'new@annex.example' } }]),
    strict: refused('invalidPath'),
    tolerant: having({ emails: [work, { ...home, value: 'new@annex.example' }] }),
  },

  ...['Add', 'REPLACE', 'Replace', 'aDd'].map((op): Habit => {
    return { row: 'P-3', sends: `op as ${op}`, ask: patch([{ op, path: 'title', value: 'New' }]), ...both(having({ title: 'New' })) }
  }),
  {
    row: 'P-3',
    sends: 'op as Remove',
    of: { title: 'Old' },
    ask: patch([{ op: 'Remove', path: 'title' }]),
    ...both(having({ title: undefined })),
  },

  ...(['False', 'false', 'FALSE'] as const).flatMap((value): readonly Habit[] => [
    {
      row: 'P-4',
      sends: `"${value}" for active in a PATCH`,
      ask: patch([{ op: 'replace', path: 'active', value }]),
      strict: refused('invalidValue'),
      tolerant: having({ active: false }),
    },
    {
      row: 'P-4',
      sends: `"${value}" for active in a PATCH without a path`,
      ask: patch([{ op: 'replace', value: { active: value } }]),
      strict: refused('invalidValue'),
      tolerant: having({ active: false }),
    },
  ]),
  {
    row: 'P-4',
    sends: '"True" for active and primary in a PUT',
    of: { active: false },
    ask: put({
      active: 'True',
      emails: [
        { ...work, primary: 'True' },
        { ...home, primary: 'False' },
      ],
    }),
    strict: refused('invalidValue'),
    tolerant: having({ active: true, emails: [work, { ...home, primary: false }] }),
  },
  {
    row: 'P-4',
    sends: '"False" for active in a POST',
    ask: ({ scim }) => scim.post('/Users', { schemas: [userSchema], userName: fresh(), active: 'False' }),
    strict: refused('invalidValue'),
    tolerant: answers(201, { active: false }),
  },
  {
    row: 'P-4',
    sends: '"True" for what is a text',
    ask: patch([{ op: 'add', path: 'title', value: 'True' }]),
    ...both(having({ title: 'True' })),
  },
  {
    row: 'P-4',
    sends: 'what is neither true nor false',
    ask: patch([{ op: 'replace', path: 'active', value: 'No' }]),
    ...both(refused('invalidValue')),
  },

  ...(['add', 'replace'] as const).map((op): Habit => {
    return {
      row: 'P-5',
      sends: `${op} on an e-mail by a type that there is none of`,
      of: { emails: [home] },
      ask: patch([{ op, path: 'emails[type eq "work"].value', value: work.value }]),
      strict: refused('noTarget'),
      tolerant: having({ emails: [home, { type: 'work', value: work.value }] }),
    }
  }),
  {
    row: 'P-5',
    sends: 'replace by several eq terms that together match nothing',
    ask: patch([{ op: 'replace', path: 'addresses[type eq "work" and primary eq true].locality', value: 'Here' }]),
    strict: refused('noTarget'),
    tolerant: having({ addresses: [{ type: 'work', primary: true, locality: 'Here' }] }),
  },
  {
    row: 'P-5',
    sends: 'replace by a filter that names no one element and matches nothing',
    of: { emails: [home] },
    ask: patch([{ op: 'replace', path: 'emails[type ne "home"].value', value: work.value }]),
    ...both(refused('noTarget')),
  },

  {
    row: 'P-6',
    sends: 'remove members with a list of one',
    ask: async ({ scim, group, boss }) => patchGroup(scim, group, [{ op: 'remove', path: 'members', value: [{ value: boss.id }] }]),
    strict: refused('invalidValue'),
    tolerant: members(({ user: left }) => [left.id]),
  },
  {
    row: 'P-6',
    sends: 'remove members with one object',
    ask: async ({ scim, group, boss }) => patchGroup(scim, group, [{ op: 'remove', path: 'members', value: { value: boss.id } }]),
    strict: refused('invalidValue'),
    tolerant: members(({ user: left }) => [left.id]),
  },
  {
    row: 'P-6',
    sends: 'remove members with an empty list',
    ask: async ({ scim, group }) => patchGroup(scim, group, [{ op: 'remove', path: 'members', value: [] }]),
    strict: refused('invalidValue'),
    tolerant: members(({ user: one, boss }) => [one.id, boss.id]),
  },
  {
    row: 'P-6',
    sends: 'remove members with somebody who is none',
    ask: async ({ scim, group }) => patchGroup(scim, group, [{ op: 'remove', path: 'members', value: [{ value: outsider }] }]),
    strict: refused('invalidValue'),
    tolerant: members(({ user: one, boss }) => [one.id, boss.id]),
  },
  {
    row: 'P-6',
    sends: 'remove emails with a list of one',
    of: { emails: [work, home] },
    ask: patch([{ op: 'remove', path: 'emails', value: [{ value: home.value, type: 'home' }] }]),
    strict: refused('invalidValue'),
    tolerant: having({ emails: [work] }),
  },

  {
    row: 'P-7',
    sends: 'replace on name with some of its parts',
    of: { name: { givenName: 'Old', familyName: 'Kept' } },
    ask: patch([{ op: 'replace', path: 'name', value: { givenName: 'New' } }]),
    ...both(having({ name: { givenName: 'New', familyName: 'Kept' } })),
  },

  ...Object.entries({
    'an attribute that no schema has': { shoeSize: 43 },
    'a password': { password: 'never kept' },
    'a part that no attribute has': { name: { givenName: 'New', shoeSize: 43 } },
    'an extension that is none here': { 'urn:example:2.0:User': { shoeSize: 43 } },
  }).flatMap(([what, attributes]): readonly Habit[] => [
    {
      row: 'P-8',
      sends: `${what} in a PUT`,
      ask: put({ title: 'New', ...attributes }),
      strict: refused('invalidSyntax'),
      tolerant: dropped,
    },
    {
      row: 'P-8',
      sends: `${what} in a POST`,
      ask: ({ scim }) => scim.post('/Users', { schemas: [userSchema], userName: fresh(), title: 'New', ...attributes }),
      strict: refused('invalidSyntax'),
      tolerant: dropped,
    },
  ]),
  {
    row: 'P-8',
    sends: 'the URN of a schema that is none here',
    ask: put({ schemas: [userSchema, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/User'], title: 'New' }),
    strict: refused('invalidSyntax'),
    tolerant: ({ user: after, scene }) => expect([after.schemas, after.title]).toEqual([scene.user.schemas, 'New']),
  },
  {
    row: 'P-8',
    sends: 'an attribute that no schema has in a PATCH without a path',
    ask: patch([{ op: 'add', value: { title: 'New', shoeSize: 43 } }]),
    strict: refused('invalidPath'),
    tolerant: dropped,
  },

  ...['nosuch eq "x"', 'name.nosuch eq "x"', 'nosuch pr', 'not (nosuch eq "x")', 'userName pr or nosuch eq "x"'].map((filter): Habit => {
    return { row: 'P-9', sends: `the filter ${filter}`, ask: list(filter), ...both(refused('invalidFilter')) }
  }),
  ...['email.value Eq', 'email eq'].map((asked): Habit => {
    return {
      row: 'P-9',
      sends: `the filter ${asked} "…"`,
      of: { emails: [{ value: 'alias@annex.example' }] },
      ask: list(`${asked} "alias@annex.example"`),
      strict: refused('invalidFilter'),
      tolerant: ({ answer, scene }) => expect(idsOf(answer)).toContain(scene.user.id),
    }
  }),
  {
    row: 'P-9',
    sends: 'the filter username Eq "…"',
    ask: (scene) => list(`username Eq "${scene.user.userName}"`)(scene),
    ...both(({ answer, scene }) => expect(idsOf(answer)).toEqual([scene.user.id])),
  },

  {
    row: 'P-10',
    sends: 'manager as an object',
    ask: (scene) => patch([{ op: 'add', path: `${enterpriseSchema}:manager`, value: { value: scene.boss.id } }])(scene),
    ...both(managedByBoss),
  },
  {
    row: 'P-10',
    sends: 'manager as a bare id',
    ask: (scene) => patch([{ op: 'add', path: `${enterpriseSchema}:manager`, value: scene.boss.id }])(scene),
    strict: refused('invalidValue'),
    tolerant: managedByBoss,
  },
  ...[
    { part: 'manager', value: '' },
    { part: 'manager', value: { value: '' } },
    { part: 'manager.value', value: '' },
  ].map(({ part, value }): Habit => {
    return {
      row: 'P-10',
      sends: `${JSON.stringify(value)} at ${part}`,
      ask: async (scene) => {
        await patch([{ op: 'add', path: `${enterpriseSchema}:manager`, value: { value: scene.boss.id } }])(scene)
        return patch([{ op: 'replace', path: `${enterpriseSchema}:${part}`, value }])(scene)
      },
      strict: ({ user: after, answer, scene }) => {
        expectError(answer, 400, 'invalidValue')
        expect(after[enterpriseSchema].manager.value).toBe(scene.boss.id)
      },
      tolerant: having({ [enterpriseSchema]: undefined }),
    }
  }),

  {
    row: 'P-11',
    sends: '"True" for primary of a role',
    ask: patch([{ op: 'add', path: 'roles', value: [{ value: 'cook', primary: 'True' }] }]),
    strict: refused('invalidValue'),
    tolerant: having({ roles: [{ value: 'cook', primary: true }] }),
  },
  {
    row: 'P-11',
    sends: 'a path that asks for a role with primary "True"',
    of: { roles: [{ value: 'cook', primary: true }] },
    ask: patch([{ op: 'replace', path: 'roles[primary eq "True"].value', value: 'baker' }]),
    strict: refused('invalidFilter'),
    tolerant: having({ roles: [{ value: 'baker', primary: true }] }),
  },
  { row: 'P-11', sends: 'any text for profileUrl', ask: put({ profileUrl: 'FDKZHVNPXI' }), ...both(having({ profileUrl: 'FDKZHVNPXI' })) },
  {
    row: 'P-11',
    sends: 'a text that can be no URI for profileUrl',
    ask: put({ profileUrl: 'https://annex.example/a page' }),
    strict: refused('invalidValue'),
    tolerant: having({ profileUrl: 'https://annex.example/a%20page' }),
  },

  {
    row: 'P-12',
    sends: 'a PATCH of a group',
    ask: async ({ scim, group }) => patchGroup(scim, group, [{ op: 'add', path: 'externalId', value: group.id }]),
    ...both(({ answer, group: after }) => expect([answer.status, answer.body, after.externalId]).toEqual([204, undefined, after.id])),
  },
  {
    row: 'P-12',
    sends: 'a PATCH of a group with attributes',
    ask: async ({ scim, group }) => patchGroup(scim, group, [{ op: 'add', path: 'externalId', value: group.id }], '?attributes=externalId'),
    ...both(({ answer, group: after }) => {
      expect([answer.status, answer.body]).toEqual([200, { schemas: after.schemas, id: after.id, externalId: after.id }])
    }),
  },

  {
    row: 'P-13',
    sends: 'a filter for somebody who is deactivated',
    of: { active: false },
    ask: (scene) => list(`userName eq "${scene.user.userName}"`)(scene),
    ...both(({ answer, user: after }) => expect(answer.body.Resources).toEqual([after])),
  },

  ...Object.entries({
    null: { emails: null, roles: null, title: null },
    '[]': { emails: [], roles: [], title: null },
  }).flatMap(([what, attributes]): readonly Habit[] => {
    const of = { emails: [work], roles: [{ value: 'cook' }], title: 'Old' }
    const cleared = having({ emails: undefined, roles: undefined, title: undefined })
    return [
      { row: 'P-14', sends: `${what} for lists in a PUT`, of, ask: put(attributes), ...both(cleared) },
      {
        row: 'P-14',
        sends: `${what} for lists in a PATCH without a path`,
        of,
        ask: patch([{ op: 'replace', value: attributes }]),
        ...both(cleared),
      },
      {
        row: 'P-14',
        sends: `${what} for lists in a POST`,
        ask: ({ scim }) => scim.post('/Users', { schemas: [userSchema], userName: fresh(), ...attributes }),
        ...both(answers(201, { emails: undefined, roles: undefined, title: undefined })),
      },
    ]
  }),

  ...(['userName', 'externalId'] as const).flatMap((name): readonly Habit[] => {
    const taken = ({ boss }: Scene) => ({ [name]: boss[name] })
    return [
      { row: 'P-15', sends: `a PUT with a taken ${name}`, ask: (scene) => put(taken(scene))(scene), ...both(duplicate) },
      {
        row: 'P-15',
        sends: `a PATCH with a taken ${name}`,
        ask: (scene) => patch([{ op: 'replace', value: taken(scene) }])(scene),
        ...both(duplicate),
      },
      {
        row: 'P-15',
        sends: `a POST with a taken ${name}`,
        ask: (scene) => scene.scim.post('/Users', { schemas: [userSchema], userName: fresh(), ...taken(scene) }),
        ...both(duplicate),
      },
    ]
  }),

  {
    row: 'P-17',
    sends: 'a PUT without If-Match',
    ask: put({ title: 'New' }),
    ...both(({ answer, user: after, scene }) => {
      expect([answer.status, answer.headers.get('ETag'), after.title]).toEqual([200, after.meta.version, 'New'])
      expect(after.meta.version).not.toBe(scene.user.meta.version)
    }),
  },

  {
    row: 'P-18',
    sends: 'types that nobody published',
    ask: put({ emails: [{ ...work, type: 'submarine' }], roles: [{ value: 'cook', type: 'galley' }] }),
    ...both(having({ emails: [{ ...work, type: 'submarine' }], roles: [{ value: 'cook', type: 'galley' }] })),
  },

  {
    row: 'P-19',
    sends: 'a request for the configuration',
    ask: ({ scim }) => scim.get('/ServiceProviderConfig'),
    ...both(({ answer }) => expect(Object.keys(answer.body)).not.toContain('interopProfileConformant')),
  },

  ...['application/scim+json', 'application/json', '*/*'].map((Accept): Habit => {
    return {
      row: 'P-20',
      sends: `Accept: ${Accept}`,
      ask: ({ scim, user: { id } }) => scim.get(`/Users/${id}`, { Accept }),
      ...both(({ answer }) => expect(answer.headers.get('Content-Type')).toBe('application/scim+json')),
    }
  }),
]

test('every P-row of the annex is here', () => {
  const tested = new Set<string>([...habits.map(({ row }) => row), 'P-16'])
  expect([...tested].sort()).toEqual(Array.from({ length: 20 }, (_, index) => `P-${index + 1}`).sort())
})

for (const mode of ['strict', 'tolerant'] as const) {
  describe(`by a ${mode} token`, () => {
    for (const habit of habits) seen(`${habit.row} ${habit.sends}`, (world) => hold(world, mode, habit))
  })
}

seen(
  'P-16 a page is of 100 unless the request says otherwise, and 200 are given where they are asked for',
  async ({ scim: tolerant, strict }) => {
    const manyUsers = 201
    const userType = fresh('many')
    const Operations = Array.from({ length: manyUsers }, (_, index) => {
      const data = { schemas: [userSchema], userName: fresh('many'), userType }
      return { method: 'POST', path: '/Users', bulkId: `${index}`, data }
    })
    await strict.post('/Bulk', { schemas: [bulkSchema], Operations })
    for (const scim of [strict, tolerant]) {
      for (const [count, given] of [
        ['', 100],
        ['&count=2', 2],
        ['&count=100', 100],
        ['&count=200', 200],
        ['&count=1000', manyUsers],
      ]) {
        const { body } = await scim.get(`/Users?filter=userType+eq+%22${userType}%22${count}`)
        expect([body.totalResults, body.itemsPerPage, body.Resources.length]).toEqual([manyUsers, given, given])
      }
    }
  },
)

seen('P-18 what is suggested for a type is published, and where nothing is, no list is', async ({ strict }) => {
  const { attributes } = (await strict.get(`/Schemas/${userSchema}`)).body
  const type = (name: string) => attributes.find((one: Body) => one.name === name).subAttributes.find((one: Body) => one.name === 'type')
  expect(type('emails').canonicalValues).toEqual(expect.arrayContaining(['work', 'home']))
  expect(type('roles')).not.toHaveProperty('canonicalValues')
})

async function hold({ scim: tolerant, strict }: World, mode: Mode, { of = {}, ask, [mode]: outcome }: Habit): Promise<void> {
  const scim = mode === 'strict' ? strict : tolerant
  const boss = await user(strict, { externalId: fresh('boss'), displayName: 'Boss' })
  const someone = await user(scim, of)
  const team = await group(scim, [someone.id, boss.id])
  const scene = { scim, user: await read(strict, someone), group: team, boss }
  const answer = await ask(scene)
  const after = { user: await read(strict, someone), group: await read(strict, team) }
  if (typeof outcome === 'function') return outcome({ ...after, answer, scene })
  expectError(answer, outcome.status, outcome.scimType)
  expect(after).toEqual({ user: scene.user, group: scene.group })
}

function patch(operations: readonly object[]): Habit['ask'] {
  return ({ scim, user: { id } }) => scim.patch(`/Users/${id}`, operations)
}

/** The user as it was, with these attributes. */
function put(attributes: object): Habit['ask'] {
  return ({ scim, user: { id, schemas, userName, active } }) => scim.put(`/Users/${id}`, { schemas, userName, active, ...attributes })
}

function list(filter: string): Habit['ask'] {
  return ({ scim }) => scim.get(`/Users?filter=${encodeURIComponent(filter)}`)
}

function patchGroup(scim: ScimClient, { id }: Body, operations: readonly object[], query = ''): Promise<Answer> {
  return scim.patch(`/Groups/${id}${query}`, operations)
}

function both(outcome: Refused | Holds): Pick<Habit, Mode> {
  return { strict: outcome, tolerant: outcome }
}

function refused(scimType: string): Refused {
  return { status: 400, scimType }
}

/** The request succeeds, and the user has these attributes. */
function having(attributes: object): Holds {
  return ({ user: after, answer }) => {
    expect([answer.status, answer.body.detail]).toEqual([200, undefined])
    expect(Object.fromEntries(Object.keys(attributes).map((name) => [name, after[name]]))).toEqual(attributes)
  }
}

function answers(status: number, attributes: object): Holds {
  return ({ answer }) => {
    expect(answer.status).toBe(status)
    expect(Object.fromEntries(Object.keys(attributes).map((name) => [name, answer.body[name]]))).toEqual(attributes)
  }
}

/** The group's members are these and nobody else. */
function members(expected: (scene: Scene) => readonly string[]): Holds {
  return ({ group, answer, scene }) => {
    expect(answer.status).toBe(204)
    const ids = group.members.map(({ value }: { value: string }) => value)
    expect(ids.toSorted()).toEqual(expected(scene).toSorted())
  }
}

/** What is known is there, what is not is nowhere. */
function dropped({ answer }: Parameters<Holds>[0]): void {
  expect([Math.floor(answer.status / 100), answer.body.title]).toEqual([2, 'New'])
  for (const word of ['shoeSize', 'password', 'never kept', 'urn:example']) expect(JSON.stringify(answer.body)).not.toContain(word)
}

function duplicate({ answer, user: after, scene }: Parameters<Holds>[0]): void {
  expectError(answer, 409, 'uniqueness')
  expect(after).toEqual(scene.user)
}

function managedByBoss({ user: after, answer, scene }: Parameters<Holds>[0]): void {
  expect(answer.status).toBe(200)
  expect(after[enterpriseSchema].manager).toEqual({ value: scene.boss.id, $ref: scene.boss.meta.location, displayName: 'Boss' })
}

function idsOf({ status, body }: Answer): readonly string[] {
  expect(status).toBe(200)
  return body.Resources.map(({ id }: { id: string }) => id)
}
