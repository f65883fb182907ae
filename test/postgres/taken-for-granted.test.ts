import { knexStorage } from '@latchkey/adapter-knex'
import { type ScimCredential, type Storage, addresses } from '@latchkey/application'
import type { OrganizationId, ScimTokenId, UserId } from '@latchkey/domain'
import { emptyResource } from '@latchkey/scim'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteUser, insertGroup, insertUser, makeOrganization, newDigest, newGroup, newToken, newUser } from '../contracts/rows.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

// What is written rests on what was seen before, and is kept only where that is still so.

let open: TestDatabase
let storage: Storage

beforeAll(async () => {
  open = await testDatabase()
  storage = knexStorage(open.database, { locations: addresses('http://localhost:8080').locations })
})
afterAll(() => open.close())

const staff = async (id: OrganizationId, ...members: readonly UserId[]) =>
  (await insertGroup(storage, id, newGroup('Staff'), members)).group
const groupOf = (id: OrganizationId, { id: group }: Awaited<ReturnType<typeof staff>>) =>
  storage.read(id, ({ groups }) => groups.get(group, { members: true }))

test('members join by what was seen of a group; where it has changed since, it is seen again', async () => {
  const { id } = await makeOrganization(storage)
  const [ada, grace] = [await insertUser(storage, id, newUser('ada')), await insertUser(storage, id, newUser('grace'))]
  const group = await staff(id, ada.user.id)
  const versions: unknown[] = []
  const after = await storage.revise(
    id,
    ({ groups, memberships }) => Promise.all([groups.lock(group.id), memberships.standing(group.id, grace.user.id, 'join')]),
    async ({ groups, memberships }, [seen, standing]) => {
      versions.push(seen?.version)
      if (versions.length === 1) {
        await storage.transaction(id, async (others) => {
          const locked = await others.groups.lock(group.id)
          await others.memberships.leave(group.id, [ada.user.id])
          await others.groups.save(locked!, locked!.group)
        })
      }
      if (!seen || standing.isMember) return undefined
      await memberships.join(group.id, [grace.user.id])
      return groups.save(seen, seen.group)
    },
  )
  expect(versions).toEqual([1, 2])
  const view = await groupOf(id, group)
  expect(view?.record).toEqual(after)
  expect(view?.members?.map((member) => member.id)).toEqual([grace.user.id])
})

test('who is deleted after they were seen does not join', async () => {
  const { id } = await makeOrganization(storage)
  const { user } = await insertUser(storage, id, newUser('ada'))
  const group = await staff(id)
  const seenLive: boolean[] = []
  await storage.revise(
    id,
    ({ groups, memberships }) => Promise.all([groups.lock(group.id), memberships.standing(group.id, user.id, 'join')]),
    async ({ groups, memberships }, [seen, { isLive }]) => {
      seenLive.push(isLive)
      if (seenLive.length === 1) await deleteUser(storage, id, user.id)
      if (!isLive || !seen) return
      await groups.save(seen, seen.group)
      await memberships.join(group.id, [user.id])
    },
  )
  expect(seenLive).toEqual([true, false])
  expect((await groupOf(id, group))?.members).toEqual([])
})

/** Adds a user, and tells what was known of the token each time; `meanwhile` runs between what is known and what is written. */
async function append(id: OrganizationId, token: ScimTokenId, name: string, meanwhile?: () => Promise<unknown>) {
  const user = newUser(name)
  const known: (ScimCredential | undefined)[] = []
  const statements = await open.statementsOf(() =>
    storage.append(id, token, async ({ users }, credential) => {
      known.push(credential)
      if (known.length === 1) await meanwhile?.()
      if (credential?.token.revokedAt === null && credential.organization.scimEnabled) await users.insert(user, emptyResource)
    }),
  )
  return { known, names: statements.map((statement) => statement.name) }
}

async function enabledOrganization() {
  const { id } = await makeOrganization(storage)
  const token = await storage.transaction(id, async ({ organization, scimTokens }) => {
    await organization.save({ ...(await organization.lock()), scimEnabled: true })
    return scimTokens.insert(newToken(), newDigest())
  })
  return { id, token }
}

const usersOf = (id: OrganizationId) => storage.read(id, async ({ users }) => (await users.all(null)).map(({ userName }) => userName))

test('who was let in before is let in by the transaction that writes, in one round trip', async () => {
  const { id, token } = await enabledOrganization()
  expect((await append(id, token.id, 'ada')).names).toEqual([
    'bind-organization',
    'scim-token-credential',
    'bind-and-wait-for-nobody',
    'user-insert',
  ])
  const together = await open.statementsOf(() =>
    Promise.all(['grace', 'jean'].map((name) => storage.append(id, token.id, ({ users }) => users.insert(newUser(name), emptyResource)))),
  )
  expect(together.map(({ name }) => name)).toEqual(['bind-and-wait-for-nobody', 'scim-token-hold', 'user-insert-x2'])
})

test.each<[string, (id: OrganizationId, token: Awaited<ReturnType<typeof enabledOrganization>>['token']) => Promise<unknown>]>([
  ['a token that is revoked', (id, token) => storage.transaction(id, ({ scimTokens }) => scimTokens.save({ ...token, revokedAt: 1 }))],
  [
    'an organisation whose provisioning is off',
    (id) => storage.transaction(id, async ({ organization }) => organization.save({ ...(await organization.lock()), scimEnabled: false })),
  ],
])('%s between what is known and what is written: nobody is added, and neither is anybody after that', async (_what, change) => {
  const { id, token } = await enabledOrganization()
  await append(id, token.id, 'ada')
  const { known } = await append(id, token.id, 'grace', () => change(id, token))
  expect(known).toHaveLength(2)
  await append(id, token.id, 'jean')
  expect(await usersOf(id)).toEqual(['ada'])
})

test('a token that has expired since it was read is asked for', async () => {
  const { id, token } = await enabledOrganization()
  const expiresAt = await storage.transaction(id, async ({ now, scimTokens }) => {
    await scimTokens.save({ ...token, expiresAt: now + 300 })
    return now + 300
  })
  await append(id, token.id, 'ada')
  const { names, known } = await append(id, token.id, 'grace', async () => {
    while ((await storage.read(id, async ({ now }) => now)) <= expiresAt);
  })
  expect(known).toHaveLength(2)
  expect(known[1]!.now).toBeGreaterThan(expiresAt)
  expect(names).toContain('scim-token-credential')
})
