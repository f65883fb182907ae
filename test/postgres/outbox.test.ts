import { OutboxRelay, knexStorage } from '@latchkey/adapter-knex'
import { addresses, mailCaps } from '@latchkey/application'
import type { OrganizationId } from '@latchkey/domain'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { makeOrganization, newMail, newUserId } from '../contracts/rows.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

let open: TestDatabase
let storage: ReturnType<typeof knexStorage>
let relay: OutboxRelay
let acme: OrganizationId
let other: OrganizationId

beforeEach(async () => {
  open = await testDatabase()
  storage = knexStorage(open.database, { locations: addresses('http://localhost:8080').locations })
  relay = newRelay()
  acme = (await makeOrganization(storage)).id
  other = (await makeOrganization(storage)).id
})
afterEach(async () => {
  for (const made of relays.splice(0)) await made.stop()
  await open.close()
})

const relays: OutboxRelay[] = []

function newRelay(onError: (error: Error) => void = () => {}): OutboxRelay {
  const made = new OutboxRelay({ url: open.url, onError })
  relays.push(made)
  return made
}

async function newClient(): Promise<Client> {
  const client = new Client({ connectionString: open.url })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

async function queue(organization: OrganizationId, count: number): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, index) => `set-up.${index}`)
  await storage.transaction(organization, async ({ outbox }) => {
    for (const key of keys) await outbox.append(newMail(key))
  })
  return keys
}

async function inside<Row>(organization: OrganizationId, text: string): Promise<readonly Row[]> {
  return open.database.knex.transaction(async (transaction) => {
    await transaction.raw("select set_config('latchkey.organization', ?, true)", [organization])
    const { rows }: { rows: Row[] } = await transaction.raw(text)
    return rows
  })
}

async function waiting(organization: OrganizationId): Promise<readonly string[]> {
  const rows = await inside<{ key: string }>(organization, 'select key from outbox order by id')
  return rows.map(({ key }) => key)
}

interface Job {
  readonly organization: OrganizationId
  readonly key: string
  readonly subject: string
}

/** What workers would find, in their order. Taken away, as they do it. */
async function workOff(): Promise<readonly Job[]> {
  const text = `with gone as (delete from graphile_worker._private_jobs returning *)
    select payload->>'organization' as organization, payload->'mail'->>'key' as key, payload->'mail'->>'subject' as subject from gone order by run_at, id`
  const { rows }: { rows: Job[] } = await open.database.knex.raw(text)
  return rows
}

const keysOf = (organization: OrganizationId, jobs: readonly Job[]) =>
  jobs.filter((job) => job.organization === organization).map(({ key }) => key)

/** As if so many mails had been sent so long ago. */
async function noteSent(organization: OrganizationId, count: number, ago: string): Promise<void> {
  await inside(
    organization,
    `insert into mail_log (org_id, key, recipient_key, sent_at)
      select '${organization}', gen_random_uuid(), n || '@acme.example', now() - interval '${ago}' from generate_series(1, ${count}) as n`,
  )
}

test('with two relays at work, each mail becomes a job exactly once', async () => {
  const second = newRelay()
  const keys = [...(await queue(acme, 40)), ...(await queue(other, 20))]
  const jobs: Job[] = []
  while ((await waiting(acme)).length > 0 || (await waiting(other)).length > 0) {
    await Promise.all([relay.move(), second.move()])
    jobs.push(...(await workOff()))
  }
  expect(jobs.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
})

test('a relay waits for no other: it takes what the other has not', async () => {
  const keys = await queue(acme, 20)
  const otherRelay = await newClient()
  await otherRelay.query("select set_config('latchkey.organization', $1, false)", [acme])
  await otherRelay.query('begin')
  const { rows } = await otherRelay.query<{ key: string }>('select key from outbox order by id limit 6 for update')
  expect(rows.map(({ key }) => key)).toEqual(keys.slice(0, 6))
  await relay.move()
  expect(keysOf(acme, await workOff())).toEqual(keys.slice(6, 12))
})

test('a mail is a job as it was queued, in the order of the queue', async () => {
  const keys = await queue(acme, 5)
  expect(await relay.move()).toBe(5)
  const { rows }: { rows: { task: string; key: string; payload: unknown; max_attempts: number }[] } = await open.database.knex.raw(
    `select task_identifier as task, key, payload, max_attempts from graphile_worker._private_jobs
      join graphile_worker.jobs using (id, key, max_attempts) order by id`,
  )
  expect(rows).toEqual(
    keys.map((key) => ({
      task: 'deliver-mail',
      key: `${acme}:${key}`,
      payload: { organization: acme, mail: newMail(key) },
      max_attempts: 25,
    })),
  )
})

test('a mail that is queued again while its job waits replaces it', async () => {
  for (const subject of ['Earlier', 'Later']) {
    await storage.transaction(acme, ({ outbox }) => outbox.append(newMail('set-up.1', { subject })))
    await relay.move()
  }
  expect((await workOff()).map(({ subject }) => subject)).toEqual(['Later'])
})

test('nothing leaves of a transaction that is not committed, or never will be', async () => {
  const undone = storage.transaction(acme, async ({ outbox, mailLog }) => {
    await outbox.append(newMail('set-up.1'))
    // Asks something, so that what was deferred is in the database.
    await mailLog.wasSent('set-up.1')
    expect(await relay.move()).toBe(0)
    throw new Error('Undone')
  })
  await expect(undone).rejects.toThrow('Undone')
  expect(await relay.move()).toBe(0)
  expect(await workOff()).toEqual([])
})

test('an organisation that has sent what it may in an hour waits, untouched, and another’s mail leaves', async () => {
  await noteSent(acme, mailCaps.inAllPerHour - 3, '59 minutes')
  await noteSent(acme, 100, '61 minutes')
  const keys = await queue(acme, 10)
  expect(await relay.move()).toBe(3)
  // Those three are under way, and count.
  expect(await relay.move()).toBe(0)
  expect(keysOf(acme, await workOff())).toEqual(keys.slice(0, 3))
  await noteSent(acme, 3, '0 minutes')

  const rowsOf = () => inside(acme, 'select xmin::text, xmax::text, ctid::text, key from outbox order by id')
  const before = await rowsOf()
  await queue(other, 1)
  expect(await relay.move()).toBe(1)
  expect(keysOf(other, await workOff())).toHaveLength(1)
  expect(await rowsOf()).toEqual(before)

  await inside(acme, "update mail_log set sent_at = sent_at - interval '2 minutes' where sent_at < now() - interval '58 minutes'")
  expect(await relay.move()).toBe(6)
})

test('the flood of one organisation delays no other: each has its turn', async () => {
  await queue(acme, 1_000)
  const crowd = [other]
  while (crowd.length < 20) crowd.push((await makeOrganization(storage)).id)
  for (const organization of crowd) await queue(organization, 2)
  const jobs: Job[] = []
  // 21 organisations, six at a time: in four steps each has had its turn.
  for (let step = 0; step < 4; step += 1) {
    await relay.move()
    jobs.push(...(await workOff()))
  }
  for (const organization of [acme, ...crowd]) expect(keysOf(organization, jobs).length).toBeGreaterThan(0)
  expect(jobs).toHaveLength(24)
})

test('what one organisation has no mails for is left to the others', async () => {
  await queue(acme, 1)
  await queue(other, 100)
  for (let step = 0; step < 2; step += 1) expect(await relay.move()).toBe(6)
  expect(keysOf(acme, await workOff())).toHaveLength(1)
})

test('a step moves six mails at most, and nothing while twelve jobs wait for a worker', async () => {
  await queue(acme, 100)
  expect([await relay.move(), await relay.move(), await relay.move()]).toEqual([6, 6, 0])
  await open.database.knex.raw(
    'delete from graphile_worker._private_jobs where id in (select id from graphile_worker._private_jobs limit 2)',
  )
  expect(await relay.move()).toBe(2)
})

test('jobs that wait for their next attempt hold nothing up', async () => {
  await queue(acme, 100)
  await relay.move()
  await relay.move()
  await open.database.knex.raw("update graphile_worker._private_jobs set run_at = now() + interval '5 minutes', attempts = 1")
  expect(await relay.move()).toBe(6)
})

test('what tells of something that somebody did leaves before the mails of a first synchronisation', async () => {
  const people = Array.from({ length: 10 }, newUserId)
  const [somebody] = people
  const asked = [`set-up.${somebody}.1790000000000`, `sign-in-link.${somebody}.1`]
  const keys = [...people.map((user) => `set-up.${user}`), ...asked]
  await storage.transaction(acme, async ({ outbox }) => {
    for (const key of keys) await outbox.append(newMail(key, { user: people.find((user) => key.includes(user)) ?? null }))
  })
  await relay.move()
  expect(keysOf(acme, await workOff())).toEqual([...asked, ...keys.slice(0, 4)])
})

test('whoever is bound to no organisation sees that mails wait, and neither takes nor makes one; another organisation sees nothing', async () => {
  const keys = await queue(acme, 3)
  const client = await newClient()
  expect((await client.query('select key from outbox')).rowCount).toBe(3)
  expect((await client.query('delete from outbox')).rowCount).toBe(0)
  expect((await client.query("update outbox set key = 'stolen'")).rowCount).toBe(0)
  const insert = `insert into outbox (org_id, is_first_mail, key, mail) values ('${acme}', false, 'made', '{}')`
  await expect(client.query(insert)).rejects.toThrow(/row-level security/)
  await client.query("select set_config('latchkey.organization', $1, false)", [other])
  expect((await client.query('select key from outbox')).rowCount).toBe(0)
  await expect(client.query(insert)).rejects.toThrow(/row-level security/)
  expect(await waiting(acme)).toEqual(keys)
})

test('a relay that is killed in a step loses nothing and doubles nothing', async () => {
  const keys = await queue(acme, 5)
  const blocker = await newClient()
  await blocker.query('begin; lock table graphile_worker._private_jobs')
  const step = relay.move()
  const killed = expect(step).rejects.toThrow(/terminat/)
  await expect.poll(() => relaysBehindLocks()).toHaveLength(1)
  await blocker.query('select pg_terminate_backend($1)', [...(await relaysBehindLocks())])
  await killed
  await blocker.query('rollback')
  expect(await waiting(acme)).toEqual(keys)
  expect(await relay.move()).toBe(5)
  expect(keysOf(acme, await workOff())).toEqual(keys)
})

test('a relay that is stopped finishes its step, and leaves the rest', async () => {
  const keys = await queue(acme, 20)
  const blocker = await newClient()
  await blocker.query('begin; lock table graphile_worker._private_jobs')
  const started = new OutboxRelay({ url: open.url, onError: () => {} })
  started.start()
  await expect.poll(() => relaysBehindLocks()).toHaveLength(1)
  const stopped = started.stop()
  await blocker.query('rollback')
  await stopped
  expect([...keysOf(acme, await workOff()), ...(await waiting(acme))]).toEqual(keys)
  expect(await waiting(acme)).toHaveLength(14)
})

test('a relay whose connection breaks says so and goes on', async () => {
  const errors: Error[] = []
  const started = newRelay((error) => errors.push(error))
  const blocker = await newClient()
  await blocker.query('begin; lock table graphile_worker._private_jobs')
  await queue(acme, 1)
  started.start()
  await expect.poll(() => relaysBehindLocks()).toHaveLength(1)
  await blocker.query('select pg_terminate_backend($1)', [...(await relaysBehindLocks())])
  await blocker.query('rollback')
  await expect.poll(() => waiting(acme), { timeout: 20_000 }).toEqual([])
  expect(errors.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^The outbox waits: /))
  expect(await workOff()).toHaveLength(1)
})

async function relaysBehindLocks(): Promise<readonly number[]> {
  const { rows }: { rows: { pid: number }[] } = await open.database.knex.raw(
    "select pid from pg_stat_activity where datname = current_database() and application_name = 'latchkey-outbox' and wait_event_type = 'Lock'",
  )
  return rows.map(({ pid }) => pid)
}
