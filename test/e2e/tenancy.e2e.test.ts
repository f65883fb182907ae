import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type ScimClient, enterpriseSchema, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

interface Tenant {
  readonly scim: ScimClient
  readonly strict: ScimClient
  readonly user: Answer
  readonly group: Answer
}

let server: TestServer
let alder: Tenant
let birch: Tenant

beforeAll(async () => {
  server = await startServer()
  alder = await tenant('alder')
  birch = await tenant('birch')
})

afterAll(() => server.stop())

test('two organisations have people and groups of the same names, each its own', async () => {
  expect([alder, birch].flatMap(({ user, group }) => [user.status, group.status])).toEqual([201, 201, 201, 201])
  expect(alder.user.body.id).not.toBe(birch.user.body.id)

  for (const { scim, user, group } of [alder, birch]) {
    for (const filter of ['userName eq "ada@both.example"', 'externalId eq "00u1"', 'emails.value eq "ada@both.example"']) {
      const { body } = await scim.get(`/Users?filter=${encodeURIComponent(filter)}`)
      expect([body.totalResults, body.Resources[0].id]).toEqual([1, user.body.id])
    }
    const { body } = await scim.get('/Groups?filter=displayName+eq+%22Engineers%22')
    expect([body.totalResults, body.Resources[0].id]).toEqual([1, group.body.id])
    expect(
      (await scim.get(`/?filter=id+eq+%22${user === alder.user ? birch.user.body.id : alder.user.body.id}%22`)).body.totalResults,
    ).toBe(0)
  }
})

test.each(['Users', 'Groups'] as const)("an id of another organisation's %s is answered like one that never was", async (endpoint) => {
  const foreign = endpoint === 'Users' ? birch.user : birch.group
  const path = `/${endpoint}/${foreign.body.id}`
  const before = await birch.scim.get(path)
  const replacement = endpoint === 'Users' ? { schemas: [userSchema], userName: 'mine' } : { schemas: [groupSchema], displayName: 'Mine' }
  const operations = [{ op: 'replace', path: 'displayName', value: 'Mine' }]
  const ask = (address: string) =>
    Promise.all([
      alder.scim.get(address),
      alder.scim.get(address, { 'If-None-Match': 'W/"1"' }),
      alder.scim.put(address, replacement),
      alder.scim.patch(address, operations),
      alder.scim.patch(address, operations, { 'If-Match': 'W/"99"' }),
      alder.scim.delete(address),
      alder.scim.delete(address, { 'If-Match': 'W/"99"' }),
    ])

  const answers = (await ask(path)).map(facts)

  expect(answers).toEqual((await ask(`/${endpoint}/${randomUUID()}`)).map(facts))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404))
  const after = await birch.scim.get(path)
  expect([after.status, after.headers.get('ETag'), after.body]).toEqual([200, before.headers.get('ETag'), before.body])
})

test("another organisation's user as a member is refused like an unknown id, and nothing of the request is applied", async () => {
  const group = `/Groups/${alder.group.body.id}`
  const before = await alder.scim.get(group)
  const ask = (value: string) => {
    const members = [{ value: alder.user.body.id }, { value }]
    return Promise.all([
      alder.scim.post('/Groups', { schemas: [groupSchema], displayName: 'Never made', members }),
      alder.scim.put(group, { schemas: [groupSchema], displayName: 'Never named', members }),
      alder.scim.patch(group, [
        { op: 'replace', path: 'displayName', value: 'Never named' },
        { op: 'add', path: 'members', value: members },
      ]),
    ])
  }

  const foreign = birch.user.body.id
  const unknown = randomUUID()
  const answers = (await ask(foreign)).map(facts)

  expect(answers.map(({ status, text }) => [status, JSON.parse(text).scimType])).toEqual(answers.map(() => [400, 'invalidValue']))
  expect(answers).toEqual((await ask(unknown)).map(facts).map((answer) => ({ ...answer, text: answer.text.replace(unknown, foreign) })))
  const after = await alder.scim.get(group)
  expect([after.headers.get('ETag'), after.body]).toEqual([before.headers.get('ETag'), before.body])
  expect((await alder.scim.get('/Groups?filter=displayName+sw+%22Never%22')).body.totalResults).toBe(0)
  expect((await birch.scim.get(`/Users/${foreign}`)).body.groups ?? []).toEqual([])
})

test("another organisation's user as a manager is refused like an unknown id", async () => {
  const ask = async (value: string) => {
    const operations = [{ op: 'replace', path: `${enterpriseSchema}:manager.value`, value }]
    return facts(await alder.strict.patch(`/Users/${alder.user.body.id}`, operations))
  }
  const answer = await ask(birch.user.body.id)
  expect(answer.status).toBe(400)
  expect(answer).toEqual(await ask(randomUUID()))
})

test('a cursor is of no use to another organisation, nor to another query', async () => {
  await alder.scim.post('/Users', { schemas: [userSchema], userName: 'second@both.example' })
  const { body } = await alder.scim.get('/Users?cursor=&count=1')
  expect(body.nextCursor).toEqual(expect.any(String))
  const next = `/Users?count=1&cursor=${encodeURIComponent(body.nextCursor)}`

  const refused = [
    await birch.scim.get(next),
    await alder.scim.get(`${next}&sortBy=userName`),
    await alder.scim.get(`/Groups?${next.split('?')[1]}`),
  ]
  expect(refused.map((answer) => [answer.status, answer.body.scimType])).toEqual(refused.map(() => [400, 'invalidCursor']))
  expect((await alder.scim.get(next)).status).toBe(200)
})

type Step =
  | { readonly kind: 'create-user' | 'create-group' | 'list' | 'search'; readonly name: number }
  | { readonly kind: 'rename' | 'add-member' | 'delete-user' | 'reach-across'; readonly name: number; readonly other: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('create-user', 'create-group', 'list', 'search'), name: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom('rename', 'add-member', 'delete-user', 'reach-across'), name: fc.nat(3), other: fc.nat(3) }),
)

test('whatever two organisations do at the same time, no text and no id of one is in an answer to the other (invariant 8)', async () => {
  const made = { alder: new Set<string>(), birch: new Set<string>() }
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 12 }),
      fc.array(step, { minLength: 4, maxLength: 12 }),
      async (left, right) => {
        await Promise.all([play('alder', left, made), play('birch', right, made)])
      },
    ),
    { numRuns: 25, endOnFailure: true },
  )
  expect(Math.min(made.alder.size, made.birch.size)).toBeGreaterThan(5)
})

async function play(own: 'alder' | 'birch', steps: readonly Step[], made: Readonly<Record<'alder' | 'birch', Set<string>>>): Promise<void> {
  const other = own === 'alder' ? 'birch' : 'alder'
  const { scim, group } = own === 'alder' ? alder : birch
  const users: string[] = []
  for (const current of steps) {
    // An id that the caller itself has named may be named back to it.
    const reached = current.kind === 'reach-across' ? ([...made[other]][current.other] ?? randomUUID()) : undefined
    const answer = await perform(scim, own, current, { users, group: group.body.id, reached })
    if (answer.status === 201) {
      made[own].add(answer.body.id)
      if (current.kind === 'create-user') users.push(answer.body.id)
    }
    expect(answer.status).toBeLessThan(500)
    const text = JSON.stringify([answer.body, [...answer.headers]])
    expect(text).not.toContain(`of ${other}`)
    for (const id of made[other]) if (id !== reached) expect(text).not.toContain(id)
    if (reached !== undefined) expect(answer.status).toBe(404)
  }
}

function perform(
  scim: ScimClient,
  own: string,
  current: Step,
  { users, group, reached }: { readonly users: readonly string[]; readonly group: string; readonly reached: string | undefined },
): Promise<Answer> {
  const user = users[current.name] ?? randomUUID()
  const userName = `person-${current.name}@both.example`
  switch (current.kind) {
    case 'create-user':
      return scim.post('/Users', { schemas: [userSchema], userName, displayName: `Person of ${own}`, title: `Title of ${own}` })
    case 'create-group':
      return scim.post('/Groups', {
        schemas: [groupSchema],
        displayName: `Team ${current.name}`,
        externalId: `team ${current.name} of ${own}`,
      })
    case 'list':
      return scim.get(`/?filter=${encodeURIComponent(`userName sw "person-${current.name}" or displayName co "Team" or title pr`)}`)
    case 'search':
      return scim.post('/.search', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
        filter: 'displayName pr',
        sortBy: 'displayName',
      })
    case 'rename':
      return scim.patch(`/Users/${user}`, [
        { op: 'replace', value: { userName: `person-${current.other}@both.example`, nickName: `Nick of ${own}` } },
      ])
    case 'add-member':
      return scim.patch(`/Groups/${group}?attributes=displayName,members`, [{ op: 'add', path: 'members', value: [{ value: user }] }])
    case 'delete-user':
      return scim.delete(`/Users/${user}`)
    case 'reach-across':
      return scim.patch(`/Users/${reached}`, [{ op: 'replace', path: 'displayName', value: `Taken, of ${own}` }])
  }
}

async function tenant(slug: string): Promise<Tenant> {
  const { token } = await server.organization(slug)
  const scim = scimClient(server.scimUrl, token)
  const second = await server.latchkey<{ token: string }>(
    'scim-token',
    'create',
    '--org',
    slug,
    '--description',
    'Strict',
    '--mode',
    'strict',
  )
  const strict = scimClient(server.scimUrl, second.token)
  const person = {
    schemas: [userSchema],
    userName: 'ada@both.example',
    externalId: '00u1',
    emails: [{ value: 'ada@both.example', primary: true }],
  }
  const user = await scim.post('/Users', { ...person, displayName: `Ada of ${slug}` })
  const group = await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Engineers', externalId: '00g1' })
  return { scim, strict, user, group }
}

/** All of an answer that could tell one id from another. */
function facts({ status, headers, body }: Answer): {
  readonly status: number
  readonly headers: readonly string[][]
  readonly text: string
} {
  const changing = ['date', 'x-request-id']
  return { status, headers: [...headers].filter(([name]) => !changing.includes(name)), text: JSON.stringify(body) ?? '' }
}
