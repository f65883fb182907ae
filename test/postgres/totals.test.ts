import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FilledDirectory, filledDirectory } from './directory.ts'

let directory: FilledDirectory

beforeAll(async () => {
  directory = await filledDirectory()
  await directory.addUsers(20)
})
afterAll(() => directory.close())

const selections = [{ type: 'User', filter: null, sortBy: null }] as const
const wants = { groups: true, members: false }

/** Whether somebody waits for a lock and nobody else does anything: what was sent to be counted is then counted. */
async function isPageWaiting(): Promise<boolean> {
  const { rows } = await directory.database.knex.raw<{ rows: { wait_event_type: string | null }[] }>(
    "select wait_event_type from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()",
  )
  return rows.length === 1 && rows[0]?.wait_event_type === 'Lock'
}

test.each([
  ['by index', { kind: 'offset', offset: 0, limit: 1_000 }],
  ['by cursor', { kind: 'after', position: null, limit: 1_000 }],
] as const)('%s nobody is told of fewer than they are shown, although they are counted at another moment', async (_name, page) => {
  // Users are counted while their memberships, which belong on the page, cannot be read.
  const holder = new Client({ connectionString: directory.url })
  await holder.connect()
  await holder.query('begin')
  await holder.query('lock table memberships in access exclusive mode')
  const list = () =>
    directory.storage.glance(directory.organization, (stores) => stores.directory.list({ selections, descending: false, page, wants }))
  let isCountSent = false
  let listed: Awaited<ReturnType<typeof list>> | undefined
  const listing = directory.statementsOf(
    async () => {
      listed = await list()
    },
    ({ text }) => {
      isCountSent ||= text.includes('count(*)')
    },
  )
  while (!(await isPageWaiting()) || !isCountSent) continue
  await directory.inside(
    `insert into users (org_id, id, user_name, user_name_key, managed_by, directory, key_state, key_version, set_up_mail_queued, attributes, search, display_key, version,
        created_at, last_modified_at)
      select ?::uuid, gen_random_uuid(), name, name, 'scim', 'enabled', 'none', 0, true, '{}', '{}', name, 1, now(), now()
      from (select 'late-' || gen_random_uuid() as name from generate_series(1, 3)) as late`,
    [directory.organization],
  )
  await holder.query('commit')
  await holder.end()

  await listing
  expect(listed!.items.length % 20).toBeGreaterThan(2)
  expect(listed!.total).toBe(listed!.items.length)
})
