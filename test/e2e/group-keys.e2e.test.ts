import { openGroupKey, verifyKeyLog } from '@latchkey/client-crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aDayPasses } from '../a-day-passes.ts'
import { adminClient } from '../admin-client.ts'
import { type GroupMember, type GroupWorld, approveAll, groupKeysOf, groupWorld, registerKey } from '../group-member.ts'
import { inside } from '../inside.ts'
import { type TestMailbox, startMailbox } from '../mailbox.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let world: GroupWorld
let mailbox: TestMailbox

beforeAll(async () => {
  mailbox = await startMailbox()
  server = await startServer({ environment: mailbox.environment })
  world = await groupWorld(server, 'group-keys')
})
afterAll(async () => {
  await world?.close()
  await server?.stop()
  await mailbox?.close()
})

const nothing = () => {}
const read = async ({ keys, unlocked }: GroupMember, group: string) => (await keys.note(unlocked, group)).text
const write = async ({ keys, unlocked }: GroupMember, group: string, text: string) => {
  const { version } = await keys.note(unlocked, group)
  await keys.saveNote(unlocked, group, text, version)
}
const stateOf = async ({ keys }: GroupMember, group: string) => (await keys.group(group)).key
const refusal = (code: string) => expect.objectContaining({ name: 'ApiProblem', code })

test('24, 30, 31: from pending to reading, out again, a new key, and back only by a new approval', async () => {
  const [ada, grace] = [await world.person(), await world.person()]
  const jean = await world.provision()
  const group = await world.group(ada, grace, jean)
  await ada.keys.make(ada.unlocked, group)
  expect(await stateOf(ada, group)).toMatchObject({ state: 'keyed', epoch: 1, holders: 1, waiting: 1 })
  await write(ada, group, 'for the crew 🗝')
  await expect(read(grace, group)).rejects.toEqual(refusal('not-a-holder'))
  expect(await approveAll(ada)).toEqual([grace.userName])
  expect(await read(grace, group)).toBe('for the crew 🗝')

  // Pending until the first sign-in, waiting from then on, without anybody doing anything in the directory.
  const third = await world.firstSignIn(jean)
  expect((await third.keys.group(group)).status).toBe('pending-key-grant')
  await expect(read(third, group)).rejects.toEqual(refusal('not-a-holder'))
  const { people } = await grace.keys.waiting(grace.unlocked)
  expect(people).toMatchObject([{ member: { userName: jean.userName, because: 'new' }, former: null }])
  expect(await approveAll(grace)).toEqual([jean.userName])
  expect(await read(third, group)).toBe('for the crew 🗝')
  expect((await ada.keys.holders(ada.unlocked, group)).map(({ member, isProven }) => [member.userName, isProven])).toEqual([
    [ada.userName, true],
    [grace.userName, true],
    [third.userName, true],
  ])

  await world.take(group, grace)
  await expect(grace.keys.group(group)).rejects.toEqual(refusal('group-not-found'))
  await expect(read(grace, group)).rejects.toEqual(refusal('group-not-found'))
  await expect(approveAll(grace)).resolves.toEqual([])
  expect(await stateOf(ada, group)).toMatchObject({
    state: 'rotation-due',
    epoch: 1,
    holders: 2,
    reasons: [{ userId: grace.id, userName: grace.userName, how: 'removed' }],
  })
  expect(await third.keys.rotate(third.unlocked, group, nothing)).toEqual({ granted: 1, moved: [] })
  expect(await stateOf(ada, group)).toMatchObject({ state: 'keyed', epoch: 2, holders: 2, waiting: 0, reasons: [] })
  expect([await read(ada, group), await read(third, group)]).toEqual(['for the crew 🗝', 'for the crew 🗝'])
  await write(ada, group, 'without Grace')

  await world.put(group, grace)
  await expect(read(grace, group)).rejects.toEqual(refusal('not-a-holder'))
  const back = await ada.keys.waiting(ada.unlocked)
  expect(back.people).toMatchObject([{ member: { userName: grace.userName, because: 'returned' } }])
  await approveAll(ada)
  expect(await read(grace, group)).toBe('without Grace')
})

test('U8: a deactivated holder reads nothing, and what they had returns with them while nothing has moved', async () => {
  const [ada, grace] = [await world.person(), await world.person()]
  const group = await world.group(ada, grace)
  await ada.keys.make(ada.unlocked, group)
  await approveAll(ada)
  await write(ada, group, 'here')
  const active = (value: boolean) => world.scim.patch(`/Users/${grace.id}`, [{ op: 'replace', path: 'active', value }])
  await active(false)
  await expect(read(grace, group)).rejects.toEqual(refusal('not-signed-in'))
  expect(await stateOf(ada, group)).toMatchObject({ state: 'keyed', holders: 1, reasons: [] })
  await active(true)
  // Sessions do not return.
  await expect(read(grace, group)).rejects.toEqual(refusal('not-signed-in'))
  expect(await stateOf(ada, group)).toMatchObject({ state: 'keyed', holders: 2 })
  await active(false)
  await ada.keys.rotate(ada.unlocked, group, nothing)
  await active(true)
  expect(await stateOf(ada, group)).toMatchObject({ state: 'keyed', epoch: 2, holders: 1, waiting: 1 })
})

test('27: nobody learns anything of a group that they are not in, signed out, or locked', async () => {
  const [ada, stranger] = [await world.person(), await world.person()]
  const group = await world.group(ada)
  await ada.keys.make(ada.unlocked, group)
  const paths = [`/groups/${group}`, `/groups/${group}/members`, `/groups/${group}/key`, `/groups/${group}/note`]
  for (const path of paths) {
    expect((await stranger.account.get(path)).body).toMatchObject({ status: 404, code: 'group-not-found' })
    expect((await new Fetcher(ada).signedOut(path)).status).toBe(401)
  }
  const locked = await world.signIn(ada.userName)
  for (const path of paths) expect((await locked.get(path)).body).toMatchObject({ status: 403, code: 'not-unlocked' })
  expect((await locked.get('/grant-queue')).body).toMatchObject({ status: 403, code: 'not-unlocked' })
  expect((await ada.account.get('/groups/not-an-id')).status).toBe(404)
  expect((await ada.account.get(`/groups/${group}/members?which=some`)).status).toBe(400)
  const other = await groupWorld(server, 'group-keys-elsewhere')
  const foreign = await other.person()
  for (const path of paths) expect((await foreign.account.get(path)).status).toBe(404)
  await other.close()
})

test('28: who does not hold the key neither grants nor replaces it, and a second first epoch is refused', async () => {
  const [ada, grace] = [await world.person(), await world.person()]
  const group = await world.group(ada, grace)
  await ada.keys.make(ada.unlocked, group)
  await expect(grace.keys.make(grace.unlocked, group)).rejects.toEqual(refusal('epoch-moved'))
  await expect(grace.keys.rotate(grace.unlocked, group, nothing)).rejects.toEqual(refusal('not-a-holder'))
  expect(await approveAll(grace)).toEqual([])
  const grants = [{ statement: 'AAAA', signature: 'A'.repeat(86), sealed: 'A'.repeat(107) }]
  expect((await grace.account.post(`/groups/${group}/grants`, { expectedEpoch: 1, grants })).body.code).toBe('not-a-holder')
  expect((await ada.account.post(`/groups/${group}/grants`, { expectedEpoch: 1, grants })).body.code).toBe('statement-invalid')
  expect((await ada.account.post(`/groups/${group}/grants`, { expectedEpoch: 2, grants })).body.code).toBe('epoch-moved')
})

test('23: after a reset nothing opens until somebody approves the new key, whose change they are shown', async () => {
  const [ada, grace] = [await world.person(), await world.person()]
  const group = await world.group(ada, grace)
  await ada.keys.make(ada.unlocked, group)
  await approveAll(ada)
  await write(ada, group, 'still here')
  const lost = grace.unlocked
  await resetAtOnce(grace)
  const renewed = await world.signIn(grace.userName)
  const again: GroupMember = { ...grace, account: renewed, unlocked: await registerKey(renewed), keys: groupKeysOf(renewed) }
  await expect(read(again, group)).rejects.toEqual(refusal('not-a-holder'))
  const { people } = await ada.keys.waiting(ada.unlocked)
  expect(people).toMatchObject([{ member: { userName: grace.userName, because: 'reset', key: { version: 2 } } }])
  expect(people[0]?.former?.fingerprint).toEqual(lost.statement.fingerprint)
  await approveAll(ada)
  expect(await read(again, group)).toBe('still here')
})

test('KEY-5: what the policy allows is granted by an open page alone, never after a reset, and the audit says so', async () => {
  const [ada, grace, jean] = [await world.person(), await world.person(), await world.person()]
  const group = await world.group(ada, grace)
  await ada.keys.make(ada.unlocked, group)
  expect(await ada.keys.serveQueue(ada.unlocked)).toBe(1)
  const { token } = await server.latchkey('api-token', 'create', '--org', 'group-keys', '--description', 'Test', '--role', 'owner')
  const asOwner = adminClient(server.url, { Authorization: `Bearer ${token}` })
  const allowed = await asOwner('PATCH', '/organization', { settings: { automaticGranting: true, automaticGrantsPerHour: 1 } })
  expect(allowed.status).toBe(200)
  // What the server says is not enough: the person has not agreed in this browser.
  expect(await ada.keys.serveQueue(ada.unlocked)).toBe(1)
  ada.keys.allowAutomatic(ada.unlocked, true)
  await world.put(group, jean)
  await resetAtOnce(jean)
  const renewed = await world.signIn(jean.userName)
  await registerKey(renewed)
  expect(await ada.keys.serveQueue(ada.unlocked)).toBe(1)
  expect(await stateOf(ada, group)).toMatchObject({ holders: 2, waiting: 1 })
  expect((await ada.keys.waiting(ada.unlocked)).people).toMatchObject([{ member: { userName: jean.userName, because: 'reset' } }])
  const fourth = await world.person()
  await world.put(group, fourth)
  // The hour's one is used up.
  expect(await ada.keys.serveQueue(ada.unlocked)).toBe(2)
  const { body } = await asOwner('GET', '/audit-events?kind=group-key-granted')
  const told = body.events.filter(({ event }: { event: { group: string } }) => event.group === group)
  expect(told.map(({ event }: { event: object }) => event)).toMatchObject([{ approval: 'automatic', epoch: 1, users: [grace.id] }])
  expect((await asOwner('PATCH', '/organization', { settings: { automaticGranting: false } })).status).toBe(200)

  // What administrators and services see of it.
  expect((await asOwner('GET', `/groups/${group}/key`)).body).toMatchObject({ state: 'keyed', epoch: 1, holders: 2, waiting: 2 })
  const holding = (await asOwner('GET', `/groups/${group}/key/members?which=holding`)).body.members
  expect(holding.map((member: { userId: string }) => member.userId)).toEqual([ada.id, grace.id])
  const { grants } = (await asOwner('GET', `/groups/${group}/key/grants`)).body
  expect(grants.map((grant: { userId: string }) => grant.userId)).toEqual([ada.id, grace.id])
  expect(Object.keys(grants[0]).toSorted()).toEqual(['fingerprint', 'signature', 'statement', 'userId'])
  const page = (await asOwner('GET', `/groups/${group}/key/grants?limit=1`)).body
  expect([page.grants.length, (await asOwner('GET', `/groups/${group}/key/grants?cursor=${page.nextCursor}`)).body.grants.length]).toEqual([
    1, 1,
  ])
  const { waiting } = (await asOwner('GET', '/waiting-for-key')).body
  const here = waiting.filter((one: { group: { id: string } }) => one.group.id === group)
  expect(here).toMatchObject([
    { member: { userName: jean.userName, because: 'reset' }, holders: 2 },
    { member: { userName: fourth.userName, because: 'new' }, holders: 2 },
  ])
  const { members } = (await asOwner('GET', `/groups/${group}/members`)).body
  expect(members.map(({ status }: { status: string }) => status)).toEqual(['active', 'active', 'pending-key-grant', 'pending-key-grant'])
})

test('16: no group key and no note is in anything that a browser sent or was sent, nor in the database, whichever way it is written', async () => {
  const [ada, grace] = [await world.person(), await world.person()]
  const group = await world.group(ada, grace)
  const traffic: string[] = []
  for (const { account } of [ada, grace]) {
    const request = account.request.bind(account)
    account.request = async (method, path, body) => {
      const answer = await request(method, path, body)
      traffic.push(JSON.stringify([path, body, answer.body]))
      return answer
    }
  }
  await ada.keys.make(ada.unlocked, group)
  await write(ada, group, 'canary in the coal mine')
  await approveAll(ada)
  expect(await read(grace, group)).toBe('canary in the coal mine')
  await ada.keys.rotate(ada.unlocked, group, nothing)
  const { entries } = (await ada.account.get('/key-log')).body
  const shown = (await grace.account.get(`/groups/${group}/key`)).body
  const known = await verifyKeyLog(world.organization, entries)
  const { key } = await openGroupKey({ unlocked: grace.unlocked, group, shown, known, pins: { group: null, people: new Map() } })
  const database = await inside(server, world.organization, async (client) => {
    const tables = ['group_epochs', 'epoch_rosters', 'key_grants', 'group_notes', 'audit_events', 'activity']
    return Promise.all(tables.map(async (table) => JSON.stringify((await client.query(`select * from ${table}`)).rows)))
  })
  const secret = Buffer.from(key.secret)
  const spellings = [
    secret.toString('base64url'),
    secret.toString('base64'),
    secret.toString('hex'),
    [...secret].join(),
    'canary in the coal',
  ]
  expect(traffic.length).toBeGreaterThan(10)
  for (const text of [...traffic, ...database]) for (const spelling of spellings) expect(text).not.toContain(spelling)
  // They are there to be found: what is public of the same epoch is in all of it.
  expect(traffic.some((text) => text.includes(shown.grant.statement))).toBe(true)
  expect(database.some((text) => text.includes(shown.grant.statement))).toBe(true)
})

test('whoever waits can ask, and a holder has a mail of it that names the group and holds nothing secret', async () => {
  const [ada, grace] = [await world.person(), await world.person()]
  const group = await world.group(ada, grace)
  expect((await grace.account.post(`/groups/${group}/requests`)).body.code).toBe('nothing-to-request')
  await ada.keys.make(ada.unlocked, group)
  await grace.keys.request(group)
  const mail = await mailbox.mailTo(ada.userName, /^Somebody waits for a group’s key/)
  expect(mail.text).toContain((await ada.keys.group(group)).displayName)
  expect(mail.text).not.toContain(grace.userName)
  await expect(ada.keys.request(group)).rejects.toEqual(refusal('nothing-to-request'))
})

test('a deleted group is restored by an owner with its key and its note, and SCIM tells nothing of either', async () => {
  const ada = await world.person()
  const group = await world.group(ada)
  await ada.keys.make(ada.unlocked, group)
  await write(ada, group, 'kept')
  const before = await world.scim.get(`/Groups/${group}`)
  expect(JSON.stringify(before.body)).not.toMatch(/epoch|grant|keyed|rotation/)
  await world.scim.delete(`/Groups/${group}`)
  await expect(read(ada, group)).rejects.toEqual(refusal('group-not-found'))
  const { token } = await server.latchkey('api-token', 'create', '--org', 'group-keys', '--description', 'Owner', '--role', 'owner')
  const asOwner = adminClient(server.url, { Authorization: `Bearer ${token}` })
  const deleted = (await asOwner('GET', '/deleted-groups')).body.groups
  expect(deleted.map(({ id }: { id: string }) => id)).toEqual([group])
  expect((await asOwner('POST', `/deleted-groups/${group}/restore`)).status).toBe(204)
  expect((await asOwner('POST', `/deleted-groups/${group}/restore`)).body.code).toBe('group-not-found')
  expect((await world.scim.get(`/Groups/${group}`)).body.members ?? []).toEqual([])
  await world.put(group, ada)
  expect(await read(ada, group)).toBe('kept')
})

/** What is asked without a session. */
class Fetcher {
  readonly #member: GroupMember

  constructor(member: GroupMember) {
    this.#member = member
  }

  async signedOut(path: string): Promise<{ readonly status: number }> {
    expect(this.#member.account.cookie).not.toBeNull()
    return fetch(`${server.url}/api/v1/account${path}`)
  }
}

async function resetAtOnce(person: GroupMember): Promise<void> {
  expect((await person.account.post('/key-reset')).status).toBe(200)
  await aDayPasses(server, world.organization)
}
