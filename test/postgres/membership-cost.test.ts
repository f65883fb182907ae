import { knexStorage } from '@latchkey/adapter-knex'
import { ChangeGroup, type ScimCaller } from '@latchkey/application'
import { type GroupId, type UserId, groupId, scimTokenId, userId } from '@latchkey/domain'
import type { MemberOperation } from '@latchkey/scim'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admittedTo } from '../admitted.ts'
import { type FilledDirectory, filledDirectory, locations } from './directory.ts'

let directory: FilledDirectory
let group: GroupId
let outsider: UserId

beforeAll(async () => {
  directory = await filledDirectory()
  await directory.addUsers(10_000)
  const [row] = await directory.inside<{ id: string }>("select id from groups where display_name = 'group5'")
  group = groupId(row!.id)
  const [user] = await directory.inside<{ id: string }>("select id from users where user_name = 'user1'")
  outsider = userId(user!.id)
  await directory.inside(
    "insert into memberships (org_id, group_id, user_id, since) select org_id, ?::uuid, id, now() from users where user_name <> 'user1' on conflict do nothing",
    [group],
  )
})
afterAll(() => directory.close())

/** How many statements one piece of work sends to the tables of the directory. */
async function statementsOf(work: () => Promise<void>): Promise<number> {
  const statements = await directory.statementsOf(work)
  return statements.filter(({ text }) => /memberships|groups|users/.test(text)).length
}

interface Analysis {
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Analysis[]
}

function rowsOf(plan: Analysis): number {
  const own = (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
  return own + (plan.Plans ?? []).reduce((sum, inner) => sum + rowsOf(inner), 0)
}

test('a group of ten thousand is read without its members where nobody asks for them (R-140)', async () => {
  const { knex } = directory.database
  const statements: string[] = []
  const listen = ({ sql }: { sql: string }) => statements.push(sql)
  knex.on('query', listen)
  const view = await directory.storage.read(directory.organization, ({ groups }) => groups.get(group, { members: false }))
  knex.off('query', listen)
  expect([view?.record.group.id, view?.members]).toEqual([group, null])
  expect(statements.filter((sql) => sql.includes('memberships'))).toEqual([])
})

test('adding and removing one member of ten thousand is a fixed number of statements', async () => {
  const add = await statementsOf(() =>
    directory.storage.transaction(directory.organization, async ({ groups, memberships }) => {
      const before = await groups.lock(group)
      expect((await memberships.add(group, [outsider])).joined).toEqual([outsider])
      await groups.save(before!, before!.group)
    }),
  )
  const remove = await statementsOf(() =>
    directory.storage.transaction(directory.organization, async ({ groups, memberships }) => {
      const before = await groups.lock(group)
      expect(await memberships.remove(group, [outsider])).toEqual([outsider])
      await groups.save(before!, before!.group)
    }),
  )
  expect([add, remove]).toEqual([3, 3])
})

/** The names of the statements that some work sends, by the round trips in which they go. */
async function roundTripsOf(work: () => Promise<unknown>): Promise<readonly (readonly (string | null)[])[]> {
  const trips: (string | null)[][] = []
  let isSameTrip = false
  await directory.statementsOf(work, ({ name }) => {
    if (!isSameTrip) {
      trips.push([])
      // What goes out together is told of without a pause.
      queueMicrotask(() => {
        isSameTrip = false
      })
    }
    isSameTrip = true
    trips.at(-1)?.push(name)
  })
  return trips
}

async function caller(): Promise<ScimCaller> {
  const organization = await directory.storage.read(directory.organization, (stores) => stores.organization.get())
  return {
    organization,
    token: scimTokenId(randomUUID()),
    mode: 'tolerant',
    admission: admittedTo(organization),
    request: { id: 'test', provider: () => null, elapsedMs: () => 1 },
  }
}

const saved = ['bind-and-wait-for-nobody', 'group-save-guarded', 'audit-append', 'activity-append-one']
const inTurn = ['begin', 'bind-organization', 'group-lock']
const end = ['group-save', 'audit-append', 'activity-append-one', 'commit']

test.each<[string, readonly MemberOperation[], readonly (readonly string[])[]]>([
  [
    'one who joins',
    [{ kind: 'add', ids: ['user1'] }],
    [
      ['bind-organization', 'group-see', 'member-standing'],
      [...saved, 'user-hold-live', 'member-join'],
    ],
  ],
  [
    'one who leaves',
    [{ kind: 'remove', ids: ['user1'] }],
    [
      ['bind-organization', 'group-see', 'member-standing'],
      [...saved, 'member-leave'],
    ],
  ],
  [
    'several who join',
    [{ kind: 'add', ids: ['user1', 'user2'] }],
    [
      ['bind-organization', 'group-see', 'member-standing', 'member-standing'],
      [...saved, 'user-hold-live', 'user-hold-live', 'member-join-x2'],
    ],
  ],
  [
    'some who leave and some who join',
    [
      { kind: 'remove', ids: ['user2', 'user3'] },
      { kind: 'add', ids: ['user4'] },
      { kind: 'remove', ids: ['user1'] },
    ],
    [
      ['bind-organization', 'group-see', 'member-standing', 'member-standing', 'member-standing', 'member-standing'],
      [...saved, 'user-hold-live', 'member-join', 'member-leave', 'member-leave'],
    ],
  ],
  ['more than a few who join', [{ kind: 'add', ids: ['user1', 'user2', 'user3', 'user4', 'user5'] }], [[...inTurn, 'members-add'], end]],
  [
    'all who become two others',
    [{ kind: 'replace-all', ids: ['user1', 'user5'] }],
    [[...inTurn, 'members-remove-others', 'members-add'], end],
  ],
  ['all who leave', [{ kind: 'clear' }], [[...inTurn, 'members-remove-others'], end]],
  [
    'one who joins an empty group',
    [{ kind: 'add', ids: ['user5'] }],
    [
      ['bind-organization', 'group-see', 'member-standing'],
      [...saved, 'user-hold-live', 'member-join'],
    ],
  ],
  ['nobody', [{ kind: 'add', ids: ['user5'] }], [['bind-organization', 'group-see', 'member-standing']]],
])('a change of members waits for the database twice at most: %s', async (_what, operations, expected) => {
  const { inside, database } = directory
  // It remembers no group: what was written of one is not asked again (taken-for-granted.test.ts).
  const storage = knexStorage(database, { locations })
  const [ready] = await inside<{ id: string }>("select id from groups where display_name = 'group7'")
  const users = await inside<{ id: string; name: string }>(
    "select id, user_name as name from users where user_name in ('user1', 'user2', 'user3', 'user4', 'user5')",
  )
  const idOf = new Map(users.map(({ id, name }) => [name, id]))
  const members = operations.map((operation) =>
    'ids' in operation ? { ...operation, ids: operation.ids.map((name) => idOf.get(name)!) } : operation,
  )
  const change = new ChangeGroup({ storage })
  const id = groupId(ready!.id)
  const asks = await caller()
  const trips = await roundTripsOf(async () => {
    const asked = { caller: asks, id, steps: [], members, precondition: () => true, wants: { members: false } }
    expect((await change.execute(asked)).ok).toBe(true)
  })
  expect(trips).toEqual(expected)
})

test('of those who change one group at once the first has seen it, the others rest on what is written before them, and everybody is a member', async () => {
  const { inside, database, organization } = directory
  const storage = knexStorage(database, { locations })
  const [ready] = await inside<{ id: string }>("select id from groups where display_name = 'group8'")
  const users = await inside<{ id: string }>("select id from users where user_name in ('user11', 'user12', 'user13', 'user14')")
  const id = groupId(ready!.id)
  const change = new ChangeGroup({ storage })
  const asks = await caller()
  const versionOf = async () => (await storage.read(organization, ({ groups }) => groups.get(id, { members: true })))!
  const before = await versionOf()
  const statements = await directory.statementsOf(async () => {
    const changes = users.map(({ id: user }) =>
      change.execute({
        caller: asks,
        id,
        steps: [],
        members: [{ kind: 'add', ids: [user] }],
        precondition: () => true,
        wants: { members: false },
      }),
    )
    for (const { ok } of await Promise.all(changes)) expect(ok).toBe(true)
  })
  const count = (wanted: string) => statements.filter(({ name }) => name === wanted).length
  expect(count('group-see')).toBe(1)
  expect(count('group-lock')).toBe(0)
  const after = await versionOf()
  expect(after.record.version).toBe(before.record.version + 4)
  expect(after.members!.map((member) => member.id)).toEqual(expect.arrayContaining(users.map((user) => user.id)))
})

test('adding, removing and reading a portion read a handful of rows, whatever the size of the group', async () => {
  const { storage, organization, inside } = directory
  const [other] = await inside<{ id: string }>("select id from users where user_name = 'user2'")
  const statements = await directory.statementsOf(() =>
    storage.transaction(organization, async ({ groups, memberships }) => {
      await groups.portion(group, { locations, after: 0, limit: 2 })
      await memberships.add(group, [outsider])
      await memberships.add(group, [outsider, userId(other!.id)])
      await memberships.remove(group, [outsider])
      await memberships.remove(group, [outsider, userId(other!.id)])
      await groups.text(group, { locations, membersMax: 2 })
    }),
  )
  const asked = statements.filter(({ text }) => /memberships/.test(text))
  expect(asked.map(({ name }) => name)).toEqual([
    'group-portion',
    'member-add',
    'members-add',
    'member-remove',
    'members-remove',
    'group-text',
  ])
  for (const { text, values } of asked) {
    const [row] = await inside<{ 'QUERY PLAN': { Plan: Analysis }[] }>(
      `explain (analyze, format json) ${text.replaceAll(/\$\d+/g, '?')}`,
      values,
    )
    expect(rowsOf(row!['QUERY PLAN'][0]!.Plan)).toBeLessThan(60)
  }
})

test.each([
  ['removing', 'delete from memberships where org_id = ? and group_id = ? and user_id = any(?::uuid[]) returning user_id'],
  ['locking', 'select id from groups where org_id = ? and id = ? and ?::text is not null for no key update'],
])('%s reads a handful of rows, whatever the size of the group', async (_what, text) => {
  const member = await directory.inside<{ id: string }>("select id from users where user_name = 'user2'")
  const [row] = await directory.inside<{ 'QUERY PLAN': { Plan: Analysis }[] }>(`explain (analyze, format json) ${text}`, [
    directory.organization,
    group,
    `{${member[0]!.id}}`,
  ])
  expect(rowsOf(row!['QUERY PLAN'][0]!.Plan)).toBeLessThan(10)
})

test('changes of one group at once go together, each resting on the one before, and one that fails takes no other with it', async () => {
  const { inside, database } = directory
  const storage = knexStorage(database, { locations })
  const [ready] = await inside<{ id: string }>("select id from groups where display_name = 'group9'")
  const users = await inside<{ id: string }>(
    "select id from users where user_name in ('user11', 'user12', 'user13', 'user14', 'user15', 'user16')",
  )
  const change = new ChangeGroup({ storage })
  const id = groupId(ready!.id)
  const asks = await caller()
  const versions: number[] = []
  const move = async (kind: 'add' | 'remove', ids: readonly string[]) => {
    const result = await change.execute({
      caller: asks,
      id,
      steps: [],
      members: [{ kind, ids }],
      precondition: () => true,
      wants: { members: false },
    })
    if (result.ok) versions.push(result.value.record.version)
    return result.ok
  }
  const [first, second, third, fourth, fifth, sixth] = users.map((user) => user.id)
  await move('add', [first!])
  const trips = await roundTripsOf(async () => {
    expect(await Promise.all([second!, third!, fourth!].map((user) => move('add', [user])))).toEqual([true, true, true])
  })
  expect(trips).toEqual([
    [
      'bind-and-wait-for-nobody',
      'group-save-guarded',
      'group-save-guarded',
      'group-save-guarded',
      'audit-append-x3',
      'activity-append-one-x3',
      'user-hold-live',
      'user-hold-live',
      'user-hold-live',
      'member-join-x3',
    ],
  ])
  expect(versions).toEqual([2, 3, 4, 5])
  // The second has nobody to add, and the third names nobody whom there is.
  const some = [move('add', [fifth!]), move('add', [fifth!]), move('add', [randomUUID()]), move('remove', [first!]), move('add', [sixth!])]
  expect(await Promise.all(some)).toEqual([true, true, false, true, true])
  const view = await storage.read(directory.organization, ({ groups }) => groups.get(id, { members: true }))
  expect(view?.record.version).toBe(8)
  const wanted = [second, third, fourth, fifth, sixth].map((user) => userId(user!))
  expect(view?.members?.map((member) => member.id)).toEqual(expect.arrayContaining(wanted))
  expect(view?.members?.map((member) => member.id)).not.toContain(first)
})
