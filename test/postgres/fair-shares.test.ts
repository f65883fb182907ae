import { isUnavailable, knexScimCredentials, knexStorage } from '@latchkey/adapter-knex'
import { UniqueNameTaken, addresses } from '@latchkey/application'
import { type OrganizationId, organizationId } from '@latchkey/domain'
import { emptyResource } from '@latchkey/scim'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newUser } from '../contracts/rows.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

const { locations } = addresses('http://localhost:8080')
let open: TestDatabase
let storage: ReturnType<typeof knexStorage>

beforeAll(async () => {
  open = await testDatabase({ poolMax: 4 })
  storage = knexStorage(open.database, { locations })
})
afterAll(() => open.close())

async function newOrganization(): Promise<OrganizationId> {
  const id = organizationId(randomUUID())
  await storage.transaction(id, ({ organization }) =>
    organization.insert({ id, slug: `org-${id.slice(0, 8)}`, name: 'Acme', scimEnabled: true }),
  )
  return id
}

/** A promise that others settle. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

test('work that is not done by its deadline is unavailable, leaves nothing, and gives its connection back', async () => {
  const hasty = await testDatabase({ workMsMax: 300 })
  const hurried = knexStorage(hasty.database, { locations })
  const id = organizationId(randomUUID())
  await hurried.transaction(id, ({ organization }) => organization.insert({ id, slug: 'acme', name: 'Acme', scimEnabled: true }))
  const user = newUser('late')
  const { opened, open: release } = gate()
  const holding = gate()
  const holder = hasty.database.knex.transaction(async (transaction) => {
    await transaction.raw('select 1 from organizations for update')
    holding.open()
    await opened
  })
  await holding.opened
  const late = hurried.transaction(id, async ({ users, organization }) => {
    await users.insert(user, emptyResource)
    await organization.lock()
  })
  await expect(late).rejects.toSatisfy(isUnavailable)
  release()
  await holder
  expect(await hurried.read(id, ({ users }) => users.get(user.id, { groups: false }))).toBeUndefined()
  expect(hasty.database.pool.counts).toMatchObject({ awaited: 0 })
  await hasty.close()
})

test('while one organisation holds all it may, another is served, and so are tokens', async () => {
  const [flood, quiet] = [await newOrganization(), await newOrganization()]
  const { opened, open: release } = gate()
  const done: number[] = []
  const slow = Array.from({ length: 50 }, (_, index) => storage.read(flood, () => opened).then(() => done.push(index)))
  await storage.transaction(quiet, ({ users }) => users.insert(newUser('ada'), emptyResource))
  await knexScimCredentials(open.database).find('unknown')
  expect(done).toHaveLength(0)
  expect(open.database.pool.counts.awaited).toBe(47)
  release()
  await Promise.all(slow)
  expect(done).toHaveLength(50)
})

test('a statement that was refused can be asked again on the same connection, prepared or not', async () => {
  for (const namesStatements of [true, false]) {
    const single = await testDatabase({ poolMax: 1, namesStatements })
    const alone = knexStorage(single.database, { locations })
    const id = organizationId(randomUUID())
    await alone.transaction(id, ({ organization }) => organization.insert({ id, slug: 'acme', name: 'Acme', scimEnabled: true }))
    const insert = (name: string) =>
      alone.transaction(id, ({ users }) => users.insert(newUser(name), { emails: [{ value: `${name}@x.example` }] }))
    await insert('ada')
    for (const _again of [1, 2]) await expect(insert('ada')).rejects.toBeInstanceOf(UniqueNameTaken)
    await insert('grace')
    expect(await alone.read(id, ({ users }) => users.all(null))).toHaveLength(2)
    await single.close()
  }
})

test('with four connections or one, forty requests at once are answered', async () => {
  for (const poolMax of [4, 1]) {
    const some = await testDatabase({ poolMax })
    const crowded = knexStorage(some.database, { locations })
    const id = organizationId(randomUUID())
    await crowded.transaction(id, ({ organization }) => organization.insert({ id, slug: 'acme', name: 'Acme', scimEnabled: true }))
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        index % 2 === 0
          ? crowded.transaction(id, ({ users }) => users.insert(newUser(`user-${index}`), emptyResource))
          : crowded.read(id, ({ users }) => users.all(null)),
      ),
    )
    expect(await crowded.read(id, ({ users }) => users.all(null))).toHaveLength(20)
    await some.close()
  }
})
