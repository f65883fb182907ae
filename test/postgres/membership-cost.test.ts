import { type GroupId, type UserId, groupId, userId } from '@latchkey/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FilledDirectory, filledDirectory } from './directory.ts'

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
      expect(await memberships.add(group, [outsider])).toEqual([outsider])
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
