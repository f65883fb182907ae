import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let scim: ScimClient

beforeAll(async () => {
  server = await startServer()
  const { token } = await server.organization('races')
  scim = scimClient(server.scimUrl, token)
})

afterAll(() => server.stop())

test('of twenty creates of one userName at once, one is made and nineteen are told that it is taken', async () => {
  const spellings = ['ada@races.example', 'ADA@races.example', 'Ada@Races.Example']
  const answers = await Promise.all(
    times(20, (index) => scim.post('/Users', { schemas: [userSchema], userName: spellings[index % spellings.length] })),
  )

  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  const refused = answers.filter(({ status }) => status !== 201)
  expect(refused.map(({ status, body }) => [status, body.scimType])).toEqual(times(19, () => [409, 'uniqueness']))
  expect((await scim.get('/Users?filter=userName+eq+%22ada%40races.example%22')).body.totalResults).toBe(1)
})

test('forty members added to one group at once are all members, and each is one version', async () => {
  const users = await createUsers('forty', 40)
  const group = await createGroup('Forty')
  const before = await versionOf(group)

  const answers = await Promise.all(users.map((value) => addMembers(group, [value])))

  expect(answers.map(({ status }) => status)).toEqual(times(40, () => 204))
  expect(new Set(answers.map(({ headers }) => headers.get('ETag'))).size).toBe(40)
  expect(await membersOf(group)).toEqual([...users].sort())
  expect(await versionOf(group)).toBe(before + 40)
})

test('one member added and removed at once ends as a member or not, and every change is one version', async () => {
  const [user] = await createUsers('coming-and-going', 1)
  const group = await createGroup('Coming and going')

  for (let round = 0; round < 25; round += 1) {
    const wasMember = (await membersOf(group)).length === 1
    const before = await versionOf(group)

    const answers = await Promise.all([addMembers(group, [user!]), removeMember(group, user!)])

    expect(answers.map(({ status }) => status)).toEqual([204, 204])
    const members = await membersOf(group)
    expect([[], [user]]).toContainEqual(members)
    // Whichever came first did nothing where that was so already; the other one moved the version.
    const steps = (await versionOf(group)) - before
    expect(steps).toBe(wasMember === (members.length === 1) ? 2 : 1)
  }
})

test.each(['Users', 'Groups'])(
  'of two PATCHes of one of the %s with the same If-Match, one wins and the other is told 412',
  async (endpoint) => {
    for (let round = 0; round < 10; round += 1) {
      const name = `${endpoint} ${round}`
      const { body, headers } = await scim.post(
        `/${endpoint}`,
        endpoint === 'Users' ? { schemas: [userSchema], userName: name, displayName: name } : { schemas: [groupSchema], displayName: name },
      )
      const path = `/${endpoint}/${body.id}`
      const ifMatch = { 'If-Match': headers.get('ETag') ?? '' }

      const answers = await Promise.all(
        ['left', 'right'].map((hand) => scim.patch(path, [{ op: 'replace', path: 'displayName', value: `${name} ${hand}` }], ifMatch)),
      )

      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(1)
      const winner = answers[0]!.status < 300 ? 'left' : 'right'
      expect((await scim.get(path)).body.displayName).toBe(`${name} ${winner}`)
    }
  },
)

test('users who are deleted while groups take them in are members of nothing, and nobody meets a deadlock', async () => {
  const groups = await Promise.all(times(4, (index) => createGroup(`Taking in ${index}`)))

  for (let round = 0; round < 5; round += 1) {
    const users = await createUsers(`leaving-${round}`, 12)
    const leavers = users.filter((_, index) => index % 2 === 0)
    const additions = groups.flatMap((group, index) => {
      const order = index % 2 === 0 ? users : [...users].reverse()
      return [() => addMembers(group, order.slice(0, 6)), () => addMembers(group, order.slice(6))]
    })
    const [added, deleted] = await Promise.all([
      Promise.all(additions.map((add) => add())),
      Promise.all(leavers.map((id) => scim.delete(`/Users/${id}`))),
    ])

    expect(deleted.map(({ status }) => status)).toEqual(leavers.map(() => 204))
    for (const { status, body } of added)
      expect([status, body?.scimType]).toEqual(status === 204 ? [204, undefined] : [400, 'invalidValue'])
    for (const group of groups) {
      const members = await membersOf(group)
      expect(members.filter((member) => leavers.includes(member))).toEqual([])
    }
  }
})

function times<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

async function createUsers(name: string, count: number): Promise<string[]> {
  const answers = await Promise.all(
    times(count, (index) => scim.post('/Users', { schemas: [userSchema], userName: `${name}-${index}@races.example` })),
  )
  return answers.map(({ body }) => body.id)
}

async function createGroup(displayName: string): Promise<string> {
  const { body } = await scim.post('/Groups', { schemas: [groupSchema], displayName })
  return body.id
}

function addMembers(group: string, users: readonly string[]): Promise<Answer> {
  return scim.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: users.map((value) => ({ value })) }])
}

function removeMember(group: string, user: string): Promise<Answer> {
  return scim.patch(`/Groups/${group}`, [{ op: 'remove', path: `members[value eq "${user}"]` }])
}

async function membersOf(group: string): Promise<string[]> {
  const { body } = await scim.get(`/Groups/${group}`)
  const members: { value: string }[] = body.members ?? []
  return members.map(({ value }) => value).sort()
}

async function versionOf(group: string): Promise<number> {
  const { headers } = await scim.get(`/Groups/${group}?attributes=id`)
  return Number(/^W\/"(\d+)"$/.exec(headers.get('ETag') ?? '')?.[1])
}
