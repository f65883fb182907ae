import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const searchSchema = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** One request as it goes over the wire. `{user}` and `{group}` in a path or a body are ids that exist. */
interface Request {
  readonly method: string
  readonly path: string
  readonly body?: string | Buffer
  readonly headers?: Record<string, string>
}

type Case = readonly [name: string, request: Request, status: number, scimType?: string]

let server: TestServer
let tolerant: ScimClient
const tokens = { tolerant: '', strict: '' }
let user = ''
let group = ''

beforeAll(async () => {
  server = await startServer()
  tokens.tolerant = (await server.organization('bad-input')).token
  const strict = await server.latchkey<{ token: string }>(
    'scim-token',
    'create',
    '--org',
    'bad-input',
    '--description',
    'Strict',
    '--mode',
    'strict',
  )
  tokens.strict = strict.token
  tolerant = scimClient(server.scimUrl, tokens.tolerant)
  const person = {
    schemas: [userSchema],
    userName: 'ada',
    externalId: '1',
    name: { familyName: 'Lovelace' },
    emails: [{ value: 'ada@x.example', type: 'work' }],
  }
  user = (await tolerant.post('/Users', person)).body.id
  group = (await tolerant.post('/Groups', { schemas: [groupSchema], displayName: 'Engineers', members: [{ value: user }] })).body.id
})

afterAll(() => server.stop())

const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
const deepFilter = `${'('.repeat(10_000)}userName pr${')'.repeat(10_000)}`
const longFilter = `userName eq "${'x'.repeat(100 * 1024)}"`
const scim = { 'Content-Type': 'application/scim+json' }

const bodies: readonly Case[] = [
  ['no body', post('/Users', ''), 400, 'invalidSyntax'],
  ['no JSON', post('/Users', 'userName=ada'), 400, 'invalidSyntax'],
  ['half a JSON', post('/Users', '{"userName": "x"'), 400, 'invalidSyntax'],
  ['a list', post('/Users', '[]'), 400, 'invalidSyntax'],
  ['a text', post('/Users', '"x"'), 400, 'invalidSyntax'],
  ['null', post('/Users', 'null'), 400, 'invalidSyntax'],
  ['10,000 levels', post('/Users', `{"schemas":["${userSchema}"],"userName":"x","emails":${deep}}`), 400, 'invalidSyntax'],
  [
    '10,000 levels in an unknown attribute',
    post('/Users', `{"schemas":["${userSchema}"],"userName":"x","unknown":${deep}}`),
    400,
    'invalidSyntax',
  ],
  ['a NUL, raw', post('/Users', `{"schemas":["${userSchema}"],"userName":"a\0b"}`), 400],
  ['a NUL, escaped', post('/Users', `{"schemas":["${userSchema}"],"userName":"a\\u0000b"}`), 400, 'invalidValue'],
  ['a NUL in a name', post('/Users', `{"schemas":["${userSchema}"],"userName":"x","a\\u0000b":1}`), 400, 'invalidValue'],
  ['half a surrogate pair', post('/Users', `{"schemas":["${userSchema}"],"userName":"a\\ud800b"}`), 400, 'invalidValue'],
  ['the other half', patch('/Users/{user}', [{ op: 'replace', path: 'displayName', value: 'a\udc00' }]), 400, 'invalidValue'],
  [
    'no UTF-8',
    { method: 'POST', path: '/Users', headers: scim, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
    400,
    'invalidSyntax',
  ],
  ['UTF-16', { method: 'POST', path: '/Users', headers: scim, body: Buffer.from('{"userName":"x"}', 'utf16le') }, 400],
  ['one attribute twice', post('/Users', `{"schemas":["${userSchema}"],"userName":"x","userName":"y"}`), 400, 'invalidSyntax'],
  ['one attribute in two spellings', post('/Users', `{"schemas":["${userSchema}"],"userName":"x","USERNAME":"y"}`), 400, 'invalidSyntax'],
  [
    'one sub-attribute in two spellings',
    put('/Users/{user}', { userName: 'x', name: { givenName: 'x', GivenName: 'y' } }),
    400,
    'invalidSyntax',
  ],
  ['a name that is a text', put('/Users/{user}', { userName: 'x', name: 'x' }), 400, 'invalidValue'],
  ['a userName that is an object', put('/Users/{user}', { userName: { first: 'x' } }), 400, 'invalidValue'],
  ['a userName without a visible character', put('/Users/{user}', { userName: ' ' }), 400, 'invalidValue'],
  ['no userName', post('/Users', { schemas: [userSchema], displayName: 'x' }), 400, 'invalidValue'],
  ['active that is neither', put('/Users/{user}', { userName: 'x', active: 'perhaps' }), 400, 'invalidValue'],
  ['members that are numbers', put('/Groups/{group}', { displayName: 'x', members: [1] }), 400, 'invalidValue'],
  ['a member without a value', put('/Groups/{group}', { displayName: 'x', members: [{ display: 'x' }] }), 400, 'invalidValue'],
  ['an unknown member', put('/Groups/{group}', { displayName: 'x', members: [{ value: randomUUID() }] }), 400, 'invalidValue'],
  [
    'a member whose id is none',
    post('/Groups', { schemas: [groupSchema], displayName: 'x', members: [{ value: '__proto__' }] }),
    400,
    'invalidValue',
  ],
  [
    'a group as a member',
    patch('/Groups/{group}', [{ op: 'add', path: 'members', value: [{ value: '{group}', type: 'Group' }] }]),
    400,
    'invalidValue',
  ],
  ['a group without a name', post('/Groups', { schemas: [groupSchema] }), 400, 'invalidValue'],
  ['another media type', { method: 'POST', path: '/Users', headers: { 'Content-Type': 'text/plain' }, body: '{"userName":"x"}' }, 415],
  [
    'a form',
    { method: 'PATCH', path: '/Users/{user}', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'active=false' },
    415,
  ],
  [
    'compression',
    { method: 'POST', path: '/Users', headers: { ...scim, 'Content-Encoding': 'gzip' }, body: gzipSync('{"userName":"x"}') },
    415,
  ],
  ['too many bytes', post('/Users', { schemas: [userSchema], userName: 'x', displayName: 'x'.repeat(256 * 1024) }), 413],
  ['too many bytes in a group', post('/Groups', { schemas: [groupSchema], displayName: 'x'.repeat(2 * 1024 * 1024) }), 413],
  [
    'too many names',
    post('/Users', { schemas: [userSchema], userName: 'x', ...Object.fromEntries(range(2_001).map((index) => [`x${index}`, 1])) }),
    400,
  ],
]

const patches: readonly Case[] = [
  [
    'no operations',
    { method: 'PATCH', path: '/Users/{user}', headers: scim, body: JSON.stringify({ schemas: [patchSchema] }) },
    400,
    'invalidSyntax',
  ],
  ['operations that are texts', patch('/Users/{user}', ['replace']), 400, 'invalidSyntax'],
  ['an unknown op', patch('/Users/{user}', [{ op: 'explode', path: 'displayName', value: 'x' }]), 400, 'invalidSyntax'],
  ['a path without an end', patch('/Users/{user}', [{ op: 'replace', path: 'emails[type eq "work"', value: 'x' }]), 400],
  ['a path that is a number', patch('/Users/{user}', [{ op: 'replace', path: 5, value: 'x' }]), 400],
  ['a path with a NUL', patch('/Users/{user}', [{ op: 'replace', path: 'display\0Name', value: 'x' }]), 400, 'invalidValue'],
  ['a path of 100 KB', patch('/Users/{user}', [{ op: 'replace', path: `emails[value eq "${'x'.repeat(100 * 1024)}"]`, value: 'x' }]), 400],
  ['a path of 10,000 levels', patch('/Users/{user}', [{ op: 'replace', path: `emails[${deepFilter}]`, value: 'x' }]), 400],
  [
    'a bad operation behind a good one',
    patch('/Users/{user}', [
      { op: 'replace', path: 'displayName', value: 'x' },
      { op: 'replace', path: 'name', value: 5 },
    ]),
    400,
    'invalidValue',
  ],
  [
    'an unknown member behind a new name',
    patch('/Groups/{group}', [
      { op: 'replace', path: 'displayName', value: 'x' },
      { op: 'add', path: 'members', value: [{ value: randomUUID() }] },
    ]),
    400,
    'invalidValue',
  ],
  ['no userName any more', patch('/Users/{user}', [{ op: 'remove', path: 'userName' }]), 400],
  [
    'more than 1,000 operations',
    patch(
      '/Groups/{group}',
      range(1_001).map(() => ({ op: 'replace', path: 'displayName', value: 'x' })),
    ),
    413,
  ],
]

const queries: readonly Case[] = [
  ['a filter without an end', get(`/Users?filter=${encodeURIComponent('userName eq "a')}`), 400, 'invalidFilter'],
  ['an empty filter', get('/Users?filter='), 400, 'invalidFilter'],
  ['a filter on an unknown attribute', get('/Users?filter=shoeSize+eq+5'), 400, 'invalidFilter'],
  ['a filter of the wrong type', get('/Users?filter=active+eq+%22x%22'), 400, 'invalidFilter'],
  ['a filter of 5 KB', get(`/Users?filter=${encodeURIComponent(`userName eq "${'x'.repeat(5 * 1024)}"`)}`), 400, 'invalidFilter'],
  ['a filter of 100 KB', search({ filter: longFilter }), 400, 'invalidFilter'],
  ['a filter of 10,000 levels', search({ filter: deepFilter }), 400, 'invalidFilter'],
  ['a filter of 10,000 negations', search({ filter: `${'not ('.repeat(2_000)}userName pr${')'.repeat(2_000)}` }), 400, 'invalidFilter'],
  [
    'a filter of 1,000 terms',
    search({
      filter: range(500)
        .map(() => 'title pr')
        .join(' or '),
    }),
    400,
    'invalidFilter',
  ],
  ['a filter that is a number', search({ filter: 5 }), 400],
  ['a NUL in a filter', get('/Users?filter=userName+eq+%22a%00b%22'), 400],
  ['an escaped NUL in a filter', get(`/Users?filter=${encodeURIComponent('userName eq "a\\u0000b"')}`), 400],
  ['half a surrogate pair in a filter', get(`/Users?filter=${encodeURIComponent('userName eq "a\\ud800b"')}`), 400],
  ['half a surrogate pair in UTF-8', get('/Users?filter=userName+eq+%22%ED%A0%80%22'), 400],
  ['a query that is no UTF-8', get('/Users?filter=%FF%FE'), 400],
  ['half an escape', get('/Users?filter=%E0%A4%A'), 400],
  ['a count that is none', get('/Users?count=many'), 400, 'invalidValue'],
  ['an unknown sortBy', get('/Users?sortBy=shoeSize'), 400, 'invalidPath'],
  ['a made-up cursor', get('/Users?cursor=made-up'), 400, 'invalidCursor'],
]

const addresses: readonly Case[] = [
  ['an unknown user', get(`/Users/${randomUUID()}`), 404],
  ['an id that is none', get('/Users/1'), 404],
  ['an id of 4,000 characters', get(`/Users/${'x'.repeat(4_000)}`), 404],
  ['a group as a user', get('/Users/{group}'), 404],
  ['an id with a NUL', get('/Users/%00'), 404],
  ['an id that is SQL', get(`/Users/${encodeURIComponent("' or 1=1 --")}`), 404],
  ['the change of an unknown user', patch(`/Users/${randomUUID()}`, [{ op: 'replace', path: 'active', value: false }]), 404],
  ['the deletion of an unknown group', { method: 'DELETE', path: `/Groups/${randomUUID()}` }, 404],
  ['an address of nothing', get('/Persons'), 404],
  ['an address below a user', get('/Users/{user}/emails'), 404],
  ['an unknown schema', get('/Schemas/__proto__'), 404],
  ['an unknown resource type', get('/ResourceTypes/constructor'), 404],
]

/** Names that every object inherits. Where a name is needed to be known, they are refused; nowhere are they more than names. */
const inherited: readonly Case[] = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].flatMap((name): Case[] => [
  [`${name} as a filter`, get(`/Users?filter=${name}+pr`), 400, 'invalidFilter'],
  [`${name} as a sub-attribute in a filter`, get(`/Users?filter=name.${name}+eq+%22x%22`), 400, 'invalidFilter'],
  [`${name} in a value filter`, search({ filter: `emails[${name} eq "x"]` }), 400, 'invalidFilter'],
  [`${name} as sortBy`, get(`/Users?sortBy=${name}`), 400, 'invalidPath'],
  [`${name} as an id`, get(`/Groups/${name}`), 404],
  [`${name} as an op`, patch('/Users/{user}', [{ op: name, path: 'title', value: 'x' }]), 400, 'invalidSyntax'],
  [`${name} as a filter in a path`, patch('/Users/{user}', [{ op: 'replace', path: `emails[${name} eq "x"].value`, value: 'x' }]), 400],
])

const allCases = { bodies, patches, queries, addresses, inherited }

describe.each(Object.entries(allCases))('%s', (_kind, cases) => {
  const whole = cases.map(([name, request, status, scimType]) => [name, request, status, scimType] as const)
  test.each(whole)('%s is a clear error, and changes nothing', async (_name, request, status, scimType) => {
    const before = await directory()
    const answer = await send(request, 'tolerant')
    expectError(answer, status)
    if (scimType !== undefined) expect(answer.body.scimType).toBe(scimType)
    expect(await directory()).toEqual(before)
  })
})

test('__proto__ as a name, anywhere in a body, is a clear error and changes nothing', async () => {
  const before = await directory()
  const within = (inner: string) => `{"schemas":["${userSchema}"],"userName":"grace",${inner}}`
  const operations = (operation: string) => ({
    ...patch('/Users/{user}', []),
    body: `{"schemas":["${patchSchema}"],"Operations":[${operation}]}`,
  })
  const users = [
    '"__proto__":"x"',
    '"__proto__":{"admin":true}',
    '"name":{"__proto__":{}}',
    '"emails":[{"value":"a@x.example","__proto__":1}]',
  ]
  const requests: readonly Request[] = [
    ...users.flatMap((inner) => [post('/Users', within(inner)), put('/Users/{user}', within(inner))]),
    post('/Groups', `{"schemas":["${groupSchema}"],"displayName":"x","members":[{"value":"{user}","__proto__":1}]}`),
    operations('{"op":"replace","path":"__proto__","value":"x"}'),
    operations('{"op":"add","path":"name.__proto__","value":{"admin":true}}'),
    operations('{"op":"add","value":{"__proto__":{"admin":true}}}'),
    operations('{"op":"add","value":{"title":"x"},"__proto__":{"path":"active"}}'),
  ]
  for (const request of requests) {
    for (const mode of ['strict', 'tolerant'] as const) {
      expectError(await send(request, mode), 400)
      expect(await directory()).toEqual(before)
    }
  }
})

test.each(['constructor', 'toString'])('%s as an attribute is refused strictly, ignored tolerantly and stored by nobody', async (name) => {
  const before = await directory()
  const own = (more: object, inner: string) => JSON.stringify({ schemas: [userSchema], userName: 'ada', ...more }).replace('"@"', inner)
  const values = ['"x"', '{"admin":true}', '[{"value":"x"}]']
  const requests: readonly Request[] = values.flatMap((value) => [
    put('/Users/{user}', own({ [`${name}@`]: '@' }, value).replace(`${name}@`, name)),
    put('/Users/{user}', own({ name: { familyName: 'Lovelace', [`${name}@`]: '@' } }, value).replace(`${name}@`, name)),
    {
      ...patch('/Users/{user}', []),
      body: `{"schemas":["${patchSchema}"],"Operations":[{"op":"replace","path":"${name}","value":${value}}]}`,
    },
    { ...patch('/Users/{user}', []), body: `{"schemas":["${patchSchema}"],"Operations":[{"op":"add","value":{"${name}":${value}}}]}` },
    {
      ...patch('/Users/{user}', []),
      body: `{"schemas":["${patchSchema}"],"Operations":[{"op":"add","path":"name.${name}","value":${value}}]}`,
    },
  ])
  for (const request of requests) {
    expectError(await send(request, 'strict'), 400)
    expect(await directory()).toEqual(before)
  }
  for (const request of requests.filter(({ method }) => method === 'PATCH')) {
    const answer = await send(request, 'tolerant')
    expect(answer.status).toBeLessThan(500)
    if (answer.status >= 400) expectError(answer, answer.status)
    expect(await directory()).toEqual(before)
  }
  const created = await send(
    post('/Users', own({ userName: name, [`${name}@`]: '@' }, '{"admin":true}').replace(`${name}@`, name)),
    'tolerant',
  )
  expect([created.status, created.body.userName]).toEqual([201, name])
  expect(Object.keys(created.body)).not.toContain(name)
  expect(created.body.admin).toBeUndefined()
  expect((await tolerant.delete(`/Users/${created.body.id}`)).status).toBe(204)
  expect((await tolerant.get(`/Users/${user}?attributes=${name},name.${name}`)).status).toBe(200)
})

test.each([
  ['/Users', 'PUT', 'GET, POST'],
  ['/Users', 'DELETE', 'GET, POST'],
  ['/Users/{user}', 'POST', 'GET, PUT, PATCH, DELETE'],
  ['/Groups', 'PATCH', 'GET, POST'],
  ['/Groups/{group}', 'POST', 'GET, PUT, PATCH, DELETE'],
  ['/Schemas', 'POST', 'GET'],
  ['/ServiceProviderConfig', 'DELETE', 'GET'],
  ['/.search', 'PUT', 'POST'],
])('%s answers %s with 405 and what it serves', async (path, method, allowed) => {
  const before = await directory()
  const answer = await send({ method, path }, 'tolerant')
  expectError(answer, 405)
  expect(answer.headers.get('Allow')).toBe(allowed)
  expect(await directory()).toEqual(before)
})

test('the order of keys, the case of names and operators, and the writing of a space never change an answer', async () => {
  const filters = [
    'userName eq "ada" and emails[type eq "work"]',
    'USERNAME EQ "ada" AND Emails[TYPE Eq "work"]',
    `${userSchema}:userName Eq "ada" aNd EMAILS[Type eQ "work"]`,
  ]
  const asked = filters.flatMap((filter) => [encodeURIComponent(filter), encodeURIComponent(filter).replaceAll('%20', '+')])
  const lists = await Promise.all(asked.map((filter) => tolerant.get(`/Users?filter=${filter}&sortBy=UserName&sortOrder=ascending`)))
  expect(lists[0]?.body.totalResults).toBe(1)
  for (const { status, body } of lists) expect([status, body]).toEqual([200, lists[0]?.body])

  const spellings = [
    `{"schemas":["${userSchema}"],"userName":"case","name":{"givenName":"A","familyName":"B"},"emails":[{"value":"c@x.example","type":"work"}],"active":false}`,
    `{"ACTIVE":false,"Emails":[{"Type":"work","VALUE":"c@x.example"}],"NAME":{"FamilyName":"B","GIVENNAME":"A"},"username":"case","Schemas":["${userSchema.toUpperCase()}"]}`,
  ]
  const patched = [
    `{"schemas":["${patchSchema}"],"Operations":[{"op":"replace","path":"emails[type eq \\"work\\"].value","value":"d@x.example"}]}`,
    `{"OPERATIONS":[{"VALUE":"d@x.example","PATH":"EMAILS[TYPE EQ \\"work\\"].VALUE","OP":"REPLACE"}],"SCHEMAS":["${patchSchema}"]}`,
  ]
  for (const mode of ['tolerant', 'strict'] as const) {
    const made: unknown[] = []
    for (const [index, body] of spellings.entries()) {
      const created = await send(post('/Users', body), mode)
      expect(created.status).toBe(201)
      const path = `/Users/${created.body.id}`
      const changed = await send({ method: 'PATCH', path, headers: scim, body: patched[index]! }, mode)
      expect(changed.status).toBe(200)
      const { id: _id, meta: _meta, ...rest } = changed.body
      made.push(rest)
      await tolerant.delete(path)
    }
    expect(made[0]).toMatchObject({ name: { givenName: 'A' }, emails: [{ value: 'd@x.example' }] })
    expect(made[1]).toEqual(made[0])
  }
})

test('a request line of 100 KB is a clear error', async () => {
  expectError(await send(get(`/Users?filter=${encodeURIComponent(longFilter)}`), 'tolerant'), 431)
})

function expectError({ status, headers, body }: Awaited<ReturnType<typeof send>>, expected: number): void {
  expect([status, headers.get('Content-Type')]).toEqual([expected, 'application/scim+json'])
  expect(body).toMatchObject({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(expected),
    detail: expect.stringMatching(/^.{10,400}$/s),
  })
  expect(Object.keys(body).filter((name) => !['schemas', 'status', 'scimType', 'detail'].includes(name))).toEqual([])
}

async function send({ method, path, body, headers }: Request, mode: 'tolerant' | 'strict') {
  const named = (text: string) => text.replaceAll('{user}', user).replaceAll('{group}', group)
  const response = await fetch(`${server.scimUrl}${named(path)}`, {
    method,
    headers: { Authorization: `Bearer ${tokens[mode]}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? named(body) : new Uint8Array(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** Everything there is, with its versions. */
async function directory(): Promise<unknown> {
  const { body } = await tolerant.get('/')
  return body
}

function get(path: string): Request {
  return { method: 'GET', path }
}

function post(path: string, body: object | string): Request {
  return { method: 'POST', path, headers: scim, body: typeof body === 'string' ? body : JSON.stringify(body) }
}

function put(path: string, body: object | string): Request {
  const schema = path.startsWith('/Users') ? userSchema : groupSchema
  return { method: 'PUT', path, headers: scim, body: typeof body === 'string' ? body : JSON.stringify({ schemas: [schema], ...body }) }
}

function patch(path: string, operations: readonly unknown[]): Request {
  return { method: 'PATCH', path, headers: scim, body: JSON.stringify({ schemas: [patchSchema], Operations: operations }) }
}

function search(query: object): Request {
  return post('/Users/.search', { schemas: [searchSchema], ...query })
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
