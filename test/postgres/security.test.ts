import { organizationId } from '@latchkey/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FilledDirectory, filledDirectory } from './directory.ts'

let directory: FilledDirectory

beforeAll(async () => {
  directory = await filledDirectory()
  await directory.addUsers(10)
})
afterAll(() => directory.close())

const other = organizationId('00000000-0000-4000-8000-00000000000b')

/** A statement of somebody who is bound to another organisation, or to none. */
async function outside<Row>(binding: string, text: string): Promise<readonly Row[]> {
  return directory.database.knex.transaction(async (transaction) => {
    await transaction.raw("select set_config('latchkey.organization', ?, true)", [binding])
    const result: { rows: Row[] } = await transaction.raw(text)
    return result.rows
  })
}

test.each([
  'users',
  'user_emails',
  'groups',
  'memberships',
  'audit_events',
  'audit_chains',
  'audit_personal_keys',
  'activity',
  'request_counts',
  'role_mappings',
  'api_tokens',
  'mail_log',
  'outbox',
  'owner_links',
  'scim_tokens',
])('a statement that forgets its organisation sees nothing of %s', async (table) => {
  expect(await outside(other, `select * from ${table}`)).toEqual([])
  if (!['scim_tokens', 'api_tokens', 'outbox'].includes(table)) expect(await outside('', `select * from ${table}`)).toEqual([])
})

test('the organisation itself sees its rows, so the test above can fail', async () => {
  expect(await directory.inside('select id from users')).toHaveLength(10)
})

test('nobody writes into another organisation', async () => {
  await expect(
    outside(
      other,
      `insert into groups (org_id, id, display_name, display_name_key, managed_by, version, created_at, last_modified_at)
        values ('${directory.organization}', gen_random_uuid(), 'x', 'x', 'scim', 1, now(), now())`,
    ),
  ).rejects.toThrow(/row-level security/)
  await outside(other, "update users set user_name = 'stolen'")
  expect(await directory.inside("select id from users where user_name = 'stolen'")).toEqual([])
})

test('an event cannot be changed or taken away', async () => {
  await directory.storage.transaction(directory.organization, ({ audit }) => audit.append({ kind: 'operator' }, { kind: 'scim-enabled' }))
  await expect(directory.inside("update audit_events set event = '{}'")).rejects.toThrow(/permission denied/)
  await directory.inside('delete from audit_events')
  expect(await directory.inside<{ event: object }>('select event from audit_events')).toEqual([{ event: { kind: 'scim-enabled' } }])
})
