import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inside } from '../inside.ts'
import { type ScimClient, groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

const membersCount = 100_000

let server: TestServer
let scim: ScimClient
let organization: string
let token: string
/** Everybody is in it. */
let large: string
let small: string

beforeAll(async () => {
  server = await startServer()
  const made = await server.organization('large')
  organization = made.id
  token = made.token
  scim = scimClient(server.scimUrl, token)
  large = (await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Everybody' })).body.id
  const { body: ada } = await scim.post('/Users', { schemas: [userSchema], userName: 'ada', displayName: 'Ada "L" \u2028 😀' })
  const { body: grace } = await scim.post('/Users', { schemas: [userSchema], userName: 'grace' })
  small = (await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Two', members: [{ value: ada.id }, { value: grace.id }] }))
    .body.id
  await inside(server, organization, async (client) => {
    await client.query(
      `insert into users (org_id, id, user_name, user_name_key, managed_by, directory, key_state, key_version, set_up_mail_queued, attributes, search,
          display_key, version, created_at, last_modified_at)
        select $1::uuid, gen_random_uuid(), 'user' || n, 'user' || n, 'scim', 'enabled', 'none', 0, true, jsonb_build_object('displayName', 'User ' || n),
          jsonb_build_object('userName', 'user' || n), 'user ' || n, 1, now(), now() from generate_series(1, $2::integer) as n`,
      [organization, membersCount],
    )
    await client.query(
      `insert into memberships (org_id, group_id, user_id, since)
        select org_id, $2::uuid, id, now() from users where org_id = $1 and user_name like 'user%' order by random()`,
      [organization, large],
    )
    // What the first reading would otherwise write on the way, which on a busy disk takes longer than an answer may.
    await client.query('vacuum analyze users, memberships')
  })
})

afterAll(() => server.stop())

/** Resident memory of the server's process. */
function memory(): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) * 1024
}

/** The beginning of an answer; nothing of its body is read yet. */
async function asked(path: string, method = 'GET'): Promise<IncomingMessage> {
  const outgoing = request(`${server.scimUrl}${path}`, { method, agent: false, headers: { Authorization: `Bearer ${token}` } })
  outgoing.end()
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response')
  return incoming!
}

async function textOf(path: string): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of await asked(path)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** How many transactions of the server's are open, other than those that wait for nothing. */
function openTransactions(): Promise<number> {
  return inside(server, organization, async (client) => {
    const { rows } = await client.query(
      "select count(*)::integer as count from pg_stat_activity where application_name = 'latchkey' and state <> 'idle' and query like '%memberships%'",
    )
    return rows[0].count
  })
}

test('a group of 100,000 members is answered whole, while the server stays below 200 MB above what it takes when idle', async () => {
  for (let index = 0; index < 20; index += 1) await scim.get(`/Groups/${small}`)
  const idle = memory()
  for (let round = 0; round < 3; round += 1) {
    let most = 0
    const incoming = await asked(`/Groups/${large}`)
    const chunks: Buffer[] = []
    for await (const chunk of incoming) {
      chunks.push(chunk)
      most = Math.max(most, memory())
    }
    expect(most - idle).toBeLessThan(200 * 1024 * 1024)
    expect(incoming.statusCode).toBe(200)
    expect(incoming.complete).toBe(true)
    expect(incoming.headers).toMatchObject({ 'content-type': 'application/scim+json', etag: 'W/"1"' })
    const text = Buffer.concat(chunks).toString('utf8')
    const { members, ...group } = JSON.parse(text)
    expect(new Set(members.map(({ value }: { value: string }) => value)).size).toBe(membersCount)
    expect(members).toHaveLength(membersCount)
    expect(group).toMatchObject({ schemas: [groupSchema], id: large, displayName: 'Everybody', meta: { version: 'W/"1"' } })
    const { value } = members[0]
    expect(members[0]).toEqual({
      value,
      $ref: expect.stringMatching(`/scim/v2/Users/${value}$`),
      type: 'User',
      display: expect.any(String),
    })
    // Byte for byte what JavaScript makes of it.
    expect(text === JSON.stringify({ ...group, members })).toBe(true)
  }
})

test('a group is the same text whether its members are read as text or not', async () => {
  const read = await textOf(`/Groups/${small}`)
  const { headers } = await scim.get(`/Groups/${small}`)
  expect([headers.get('Content-Type'), headers.get('ETag')]).toEqual(['application/scim+json', 'W/"1"'])
  const replaced = await fetch(`${server.scimUrl}/Groups/${small}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' },
    body: read,
  })
  expect(replaced.headers.get('ETag')).toBe('W/"1"')
  expect(read).toBe(await replaced.text())
})

test('of a large group too is told what was asked for', async () => {
  const values = JSON.parse(await textOf(`/Groups/${large}?attributes=members.value`))
  expect(Object.keys(values)).toEqual(['schemas', 'id', 'members'])
  expect(values.members).toHaveLength(membersCount)
  expect(Object.keys(values.members.at(-1))).toEqual(['value'])
  const nothingLeft = 'members.value,members.$ref,members.type,members.display'
  expect(JSON.parse(await textOf(`/Groups/${large}?excludedAttributes=${nothingLeft}`))).not.toHaveProperty('members')
  expect(JSON.parse(await textOf(`/Groups/${large}?excludedAttributes=members`))).not.toHaveProperty('members')
  const { status, headers } = await scim.get(`/Groups/${large}`, { 'If-None-Match': 'W/"1"' })
  expect([status, headers.get('ETag')]).toEqual([304, 'W/"1"'])
  const head = await asked(`/Groups/${large}`, 'HEAD')
  expect([head.statusCode, head.headers['content-type'], head.headers['etag']]).toEqual([200, 'application/scim+json', 'W/"1"'])
})

test('a client that hangs up midway leaves nothing open', async () => {
  // More than there are connections.
  for (let round = 0; round < 25; round += 1) {
    const incoming = await asked(`/Groups/${large}`)
    await once(incoming, 'readable')
    incoming.read()
    incoming.destroy()
  }
  await expect.poll(openTransactions, { timeout: 15_000, interval: 50 }).toBe(0)
  expect((await scim.get(`/Groups/${small}`)).status).toBe(200)
})

test('a reading that fails midway ends the connection, and no client takes the beginning for the whole', async () => {
  const incoming = await asked(`/Groups/${large}`)
  await once(incoming, 'readable')
  // The client takes no more than fits between the two, so the reading waits for it.
  await expect.poll(openTransactions, { timeout: 15_000, interval: 50 }).toBe(1)
  await inside(server, organization, (client) =>
    client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey' and state <> 'idle' and query like '%memberships%'",
    ),
  )
  let text = ''
  const reading = (async () => {
    for await (const chunk of incoming) text += chunk
  })()
  await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(incoming.complete).toBe(false)
  expect(() => JSON.parse(text)).toThrow()
  expect((await scim.get(`/Groups/${small}`)).status).toBe(200)
})
