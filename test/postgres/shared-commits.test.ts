import { isUnavailable, knexStorage, migrate, openDatabase } from '@latchkey/adapter-knex'
import { type Storage, UniqueNameTaken, addresses } from '@latchkey/application'
import type { OrganizationId, User } from '@latchkey/domain'
import { ownEmbeddedPostgres } from '@latchkey/embedded-postgres'
import { emptyResource } from '@latchkey/scim'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertUser, makeOrganization, newUser } from '../contracts/rows.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

const { locations } = addresses('http://localhost:8080')
const alone = { groups: false }
let open: TestDatabase
let storage: Storage

beforeAll(async () => {
  open = await testDatabase({ poolMax: 4 })
  storage = knexStorage(open.database, { locations })
})
afterAll(() => open.close())

function create(storage: Storage, id: OrganizationId, user: User): Promise<User> {
  return storage.revise(
    id,
    async () => {},
    async ({ users }) => (await users.insert(user, emptyResource)).user,
  )
}

function deactivate(storage: Storage, id: OrganizationId, user: User): Promise<unknown> {
  return storage.revise(
    id,
    ({ users }) => users.lock(user.id),
    async ({ users }, seen) => seen && users.save(seen, { ...seen.user, directory: 'deactivated' }, seen.attributes),
  )
}

test('changes at once go four in a transaction, in which what goes into one table goes in one statement', async () => {
  const { id } = await makeOrganization(storage)
  const people = Array.from({ length: 6 }, (_, index) => newUser(`person-${index}`))
  const together = await open.statementsOf(() => Promise.all(people.map((user) => create(storage, id, user))))
  const names = together.map(({ name }) => name).filter((name) => name !== 'bind-organization' && name !== 'now')
  expect(names).toEqual(['bind-and-wait-for-nobody', 'user-insert-x4', 'bind-and-wait-for-nobody', 'user-insert-x2'])

  const single = (await open.statementsOf(() => create(storage, id, newUser('single')))).map(({ name }) => name)
  expect(single.slice(-2)).toEqual(['bind-and-wait-for-nobody', 'user-insert'])
})

test('where one of them is refused each is a transaction of its own, and nobody goes with it', async () => {
  const { id } = await makeOrganization(storage)
  await insertUser(storage, id, newUser('taken'))
  const names = ['first', 'taken', 'second', 'Taken', 'third']
  const results = await Promise.allSettled(names.map((name) => create(storage, id, newUser(name))))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(UniqueNameTaken)
  const all = await storage.read(id, ({ users }) => users.all(null))
  expect(all.map(({ userName }) => userName).toSorted()).toEqual(['first', 'second', 'taken', 'third'])
})

test('one that cannot even be sent takes nobody with it', async () => {
  const { id } = await makeOrganization(storage)
  const unspeakable = { ...newUser('unspeakable'), externalId: [5] as never }
  const results = await Promise.allSettled([newUser('first'), unspeakable, newUser('second')].map((user) => create(storage, id, user)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const all = await storage.read(id, ({ users }) => users.all(null))
  expect(all.map(({ userName }) => userName).toSorted()).toEqual(['first', 'second'])
})

test('whoever goes with one who is locked by somebody else does not wait for the lock, and the other is changed when it is free', async () => {
  const { id } = await makeOrganization(storage)
  const [locked, free] = [newUser('locked'), newUser('free')]
  for (const user of [locked, free]) await insertUser(storage, id, user)
  const holder = new Client({ connectionString: open.url })
  await holder.connect()
  await holder.query('begin')
  await holder.query("select set_config('latchkey.organization', $1, true)", [id])
  await holder.query('select id from users where id = $1 for update', [locked.id])

  const waiting = deactivate(storage, id, locked)
  await deactivate(storage, id, free)
  const directoryOf = async ({ id: user }: User) => (await storage.read(id, ({ users }) => users.get(user, alone)))?.record.user.directory
  expect([await directoryOf(locked), await directoryOf(free)]).toEqual(['enabled', 'deactivated'])

  await holder.query('commit')
  await holder.end()
  await waiting
  expect(await directoryOf(locked)).toBe('deactivated')
})

test('the next transaction goes out on the same connection before anybody is told of the last, unless somebody else waits for one', async () => {
  const single = await testDatabase({ poolMax: 1 })
  try {
    const lone = knexStorage(single.database, { locations })
    const [busy, quiet] = [(await makeOrganization(lone)).id, (await makeOrganization(lone)).id]
    const told: string[] = []
    const createAll = (names: readonly string[]) =>
      Promise.all(names.map((name) => create(lone, busy, newUser(name)).then(({ userName }) => told.push(userName))))
    const first = ['a', 'b', 'c', 'd']
    const more = ['e', 'f', 'g', 'h']
    const toldWhenSent: number[] = []
    await single.statementsOf(
      () => createAll([...first, ...more]),
      ({ name }) => name === 'user-insert-x4' && toldWhenSent.push(told.length),
    )
    expect(toldWhenSent).toEqual([0, 0])
    expect(told).toEqual([...first, ...more])

    // Whoever waits has the connection next, however many others there are.
    const rest = Array.from({ length: 40 }, (_, index) => `person-${index}`)
    let toldBefore: Promise<number> | undefined
    const readBeside = () => lone.read(quiet, async ({ users }) => users.all(null)).then(() => told.length)
    told.length = 0
    await single.statementsOf(
      () => createAll(rest),
      ({ name }) => {
        if (name === 'user-insert-x4') toldBefore ??= readBeside()
      },
    )
    expect(await toldBefore).toBe(4)
  } finally {
    await single.close()
  }
})

test('where the connection of a batch breaks everybody in it is told so, and what has gathered goes out on another', async () => {
  const single = await testDatabase({ poolMax: 1 })
  try {
    await single.database.knex.raw(`
      create function break_connection() returns trigger language plpgsql as $$
        begin
          perform pg_terminate_backend(pg_backend_pid());
          return new;
        end
      $$;
      create trigger break_connection before insert on users for each row when (new.user_name = 'breaks') execute function break_connection()`)
    const lone = knexStorage(single.database, { locations })
    const { id } = await makeOrganization(lone)
    const names = ['breaks', 'b', 'c', 'd', 'e', 'f']
    const results = await Promise.allSettled(names.map((name) => create(lone, id, newUser(name))))
    expect(results.map(({ status }) => status)).toEqual([...Array(4).fill('rejected'), 'fulfilled', 'fulfilled'])
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toSatisfy(isUnavailable)
    const all = await lone.read(id, ({ users }) => users.all(null))
    expect(all.map(({ userName }) => userName).toSorted()).toEqual(['e', 'f'])
  } finally {
    await single.close()
  }
})

test('transactions at once leave the flush to one behind them, and one alone has its own', async () => {
  const { id } = await makeOrganization(storage)
  const people = Array.from({ length: 6 }, (_, index) => newUser(`person-${index}`))
  const together = await open.statementsOf(() => Promise.all(people.map((user) => insertUser(storage, id, user))))
  const names = together.map(({ name }) => name)
  expect(names.filter((name) => name === 'leave-flush-to-others').length).toBeGreaterThan(1)
  expect(names.lastIndexOf('flush')).toBeGreaterThan(names.lastIndexOf('leave-flush-to-others'))

  const single = (await open.statementsOf(() => insertUser(storage, id, newUser('single')))).map(({ name }) => name)
  expect(single).not.toContain('leave-flush-to-others')
  expect(single).not.toContain('flush')
})

test.each([
  ['changes that are sent at once', (storage: Storage, id: OrganizationId, user: User) => create(storage, id, user)],
  ['transactions', (storage: Storage, id: OrganizationId, user: User) => insertUser(storage, id, user)],
])('%s that were acknowledged are there after PostgreSQL ended without a word', async (_name, write) => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-test-'))
  let postgres = await ownEmbeddedPostgres({ dataFolder: folder })
  try {
    const first = openDatabase({ url: postgres.url, poolMax: 4, onError: () => {} })
    await migrate(first, postgres.url)
    const storage = knexStorage(first, { locations })
    const { id } = await makeOrganization(storage)
    const people = Array.from({ length: 40 }, (_, index) => newUser(`person-${index}`))
    const [pid] = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
    await Promise.all(people.map((user) => write(storage, id, user)))
    // At once, and with nothing written that was not written before.
    process.kill(Number(pid), 'SIGQUIT')
    await first.close()
    await postgres.stop()

    postgres = await ownEmbeddedPostgres({ dataFolder: folder })
    const second = openDatabase({ url: postgres.url, poolMax: 4, onError: () => {} })
    const all = await knexStorage(second, { locations }).read(id, ({ users }) => users.all(null))
    expect(all.map(({ userName }) => userName).toSorted()).toEqual(people.map(({ userName }) => userName).toSorted())
    await second.close()
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
