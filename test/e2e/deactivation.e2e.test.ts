import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type ScimClient, enterpriseSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let tolerant: ScimClient
let strict: ScimClient
let ownerPath: string

beforeAll(async () => {
  server = await startServer()
  tolerant = scimClient(server.scimUrl, (await server.organization('leavers')).token)
  const { token } = await server.latchkey<{ token: string }>(
    'scim-token',
    'create',
    '--org',
    'leavers',
    '--description',
    'Strict',
    '--mode',
    'strict',
  )
  strict = scimClient(server.scimUrl, token)
  await server.latchkey('owner', 'link', '--org', 'leavers', '--email', 'owner@leavers.example')
  const { users } = await server.latchkey<{ users: { id: string; role: string }[] }>('user', 'list', '--org', 'leavers')
  ownerPath = `/Users/${users.find(({ role }) => role === 'owner')?.id}`
  await tolerant.post('/Users', { schemas: [userSchema], userName: 'taken@leavers.example', externalId: 'taken' })
})

afterAll(() => server.stop())

/** Every way in which providers say it, with who says it so. */
const dialects: readonly (readonly [string, object])[] = [
  ['as the RFC has it', { op: 'replace', path: 'active', value: false }],
  ['with a capital op and a string (Entra)', { op: 'Replace', path: 'active', value: 'False' }],
  ['as Add (Entra)', { op: 'Add', path: 'active', value: 'False' }],
  ['without a path (Okta)', { op: 'replace', value: { active: false } }],
  ['without a path, as a string', { op: 'Replace', value: { active: 'False' } }],
  ['with a URN before the path', { op: 'replace', path: `${userSchema}:active`, value: false }],
  ['with a URN in the value', { op: 'replace', value: { [`${userSchema}:active`]: false } }],
  ['in capitals', { op: 'REPLACE', path: 'ACTIVE', value: 'FALSE' }],
]

test.each(dialects)('a PATCH deactivates: %s', async (_dialect, operation) => {
  const path = await newcomer()
  const answer = await tolerant.patch(path, [operation])
  expect([answer.status, answer.body.active]).toEqual([200, false])
  await expectDeactivated(path)
})

test('a PUT deactivates, and DELETE removes', async () => {
  const path = await newcomer()
  const { body } = await tolerant.get(path)
  expect((await tolerant.put(path, { ...body, active: 'False' })).body.active).toBe(false)
  await expectDeactivated(path)
  expect((await tolerant.delete(path)).status).toBe(204)
  expect((await tolerant.get(path)).status).toBe(404)
})

/** What may stand beside `active: false` and be refused: as one attribute, and the status it is refused with by itself. */
const neighbours: readonly (readonly [string, object, number])[] = [
  ['a taken userName', { userName: 'Taken@leavers.example' }, 409],
  ['a taken externalId', { externalId: 'taken' }, 409],
  ['an empty userName', { userName: '' }, 400],
  ['a userName that is an object', { userName: { first: 'x' } }, 400],
  ['an e-mail address that is no text', { emails: [{ value: { deep: true } }] }, 400],
  ['a name that is a number', { name: 5 }, 400],
  ['an unknown manager', { [enterpriseSchema]: { manager: { value: 'nobody' } } }, 400],
  ['an extension that is a text', { [enterpriseSchema]: 'x' }, 400],
]

describe.each(neighbours)('beside %s', (_name, neighbour, status) => {
  test('a tolerant deactivation goes through, without it', async () => {
    const requests: readonly ((path: string) => Promise<Answer>)[] = [
      (path) => tolerant.patch(path, [{ op: 'replace', value: { ...neighbour, active: false } }]),
      (path) =>
        tolerant.patch(path, [
          { op: 'Replace', value: neighbour },
          { op: 'Replace', path: 'active', value: 'False' },
        ]),
      (path) =>
        tolerant.patch(path, [
          { op: 'Replace', path: 'active', value: 'False' },
          { op: 'Replace', value: neighbour },
        ]),
      (path) => tolerant.put(path, { schemas: [userSchema], userName: userNameOf(path), ...neighbour, active: false }),
    ]
    for (const request of requests) {
      const path = await newcomer()
      expect((await request(path)).status).toBe(200)
      const { body } = await expectDeactivated(path)
      expect(body.userName).toBe(userNameOf(path))
      expect(body.externalId).not.toBe('taken')
    }
  })

  test('in strict mode all of it is refused, and nothing changes', async () => {
    const requests: readonly ((path: string) => Promise<Answer>)[] = [
      (path) => strict.patch(path, [{ op: 'replace', value: { ...neighbour, active: false } }]),
      (path) =>
        strict.patch(path, [
          { op: 'replace', path: 'active', value: false },
          { op: 'replace', value: neighbour },
        ]),
      (path) => strict.put(path, { schemas: [userSchema, enterpriseSchema], userName: userNameOf(path), ...neighbour, active: false }),
    ]
    for (const request of requests) {
      const path = await newcomer()
      const before = await strict.get(path)
      expect((await request(path)).status).toBe(status)
      const after = await strict.get(path)
      expect([after.headers.get('ETag'), after.body]).toEqual([before.headers.get('ETag'), before.body])
    }
  })
})

test('an operation that makes no sense stops a strict deactivation and no tolerant one', async () => {
  const nonsense = [
    { op: 'replace', path: 'emails[', value: 'x' },
    { op: 'replace', path: 'active', value: false },
  ]
  const path = await newcomer()
  expect((await strict.patch(path, nonsense)).status).toBe(400)
  expect((await strict.get(path)).body.active).toBe(true)
  expect((await tolerant.patch(path, nonsense)).status).toBe(200)
  await expectDeactivated(path)
})

test('only a stale version refuses it, in both modes', async () => {
  const path = await newcomer()
  const stale = { 'If-Match': 'W/"99"' }
  for (const scim of [tolerant, strict]) {
    expect((await scim.patch(path, [{ op: 'replace', path: 'active', value: false }], stale)).status).toBe(412)
    expect((await scim.delete(path, stale)).status).toBe(412)
  }
  expect((await tolerant.get(path)).body.active).toBe(true)
})

test('an owner is out of reach: 403 for every way, and nothing changes', async () => {
  const before = await tolerant.get(ownerPath)
  expect(before.status).toBe(200)
  for (const scim of [tolerant, strict]) {
    const answers = [
      await scim.patch(ownerPath, [{ op: 'replace', path: 'active', value: false }]),
      await scim.patch(ownerPath, [{ op: 'replace', value: { active: false, userName: 'taken@leavers.example' } }]),
      await scim.put(ownerPath, { schemas: [userSchema], userName: before.body.userName, active: false }),
      await scim.delete(ownerPath),
    ]
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(answers.map(() => [403, '403']))
  }
  const after = await tolerant.get(ownerPath)
  expect([after.headers.get('ETag'), after.body]).toEqual([before.headers.get('ETag'), before.body])
})

let newcomers = 0
const userNames = new Map<string, string>()

/** The path of an active user. */
async function newcomer(): Promise<string> {
  newcomers += 1
  const userName = `person-${newcomers}@leavers.example`
  const { body } = await tolerant.post('/Users', { schemas: [userSchema], userName })
  expect(body.active).toBe(true)
  const path = `/Users/${body.id}`
  userNames.set(path, userName)
  return path
}

function userNameOf(path: string): string {
  return userNames.get(path) ?? ''
}

async function expectDeactivated(path: string): Promise<Answer> {
  const answer = await tolerant.get(path)
  expect([answer.status, answer.body.active]).toEqual([200, false])
  return answer
}
