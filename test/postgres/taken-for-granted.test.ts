import { knexStorage } from '@latchkey/adapter-knex'
import { type GroupRecord, type ScimCredential, type Storage, type UserRecord, addresses } from '@latchkey/application'
import type { Group, GroupId, OrganizationId, ScimTokenId, UserId } from '@latchkey/domain'
import { emptyResource, enterpriseUserSchema } from '@latchkey/scim'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteUser, insertGroup, insertUser, makeOrganization, newDigest, newGroup, newToken, newUser, said } from '../contracts/rows.ts'
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
const groupOf = (id: OrganizationId, { id: group }: Pick<Group, 'id'>) =>
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
    storage.revise(
      id,
      ({ scimTokens }) => scimTokens.credential(token),
      async ({ users }, credential) => {
        known.push(credential)
        if (known.length === 1) await meanwhile?.()
        if (credential?.token.revokedAt === null && credential.organization.scimEnabled) await users.insert(user, emptyResource)
      },
    ),
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
    Promise.all(
      ['grace', 'jean'].map((name) =>
        storage.revise(
          id,
          ({ scimTokens }) => scimTokens.credential(token.id),
          ({ users }) => users.insert(newUser(name), emptyResource),
        ),
      ),
    ),
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

/** One user joins or leaves a group by its memory, if there is one: how each stood to the group in every run, and what was sent. */
async function move(id: OrganizationId, group: GroupId, user: UserId, to: 'join' | 'leave', meanwhile?: () => Promise<unknown>) {
  const runs: (number | undefined)[] = []
  let after: GroupRecord | undefined
  const statements = await open.statementsOf(async () => {
    after = await storage.revise(
      id,
      ({ groups, memberships }) => Promise.all([groups.lock(group), memberships.standing(group, user, to)]),
      async ({ groups, memberships }, [seen, { isLive, isMember }]) => {
        runs.push(seen?.version)
        if (runs.length === 1) await meanwhile?.()
        if (!seen || isMember === (to === 'join') || (to === 'join' && !isLive)) return seen
        const saved = await groups.save(seen, seen.group)
        await memberships[to](group, [user])
        return saved
      },
    )
  })
  return { runs, after, names: statements.map((statement) => statement.name) }
}

const membersOf = async (id: OrganizationId, group: Pick<Group, 'id'>) => (await groupOf(id, group))?.members?.map((member) => member.id)

test('a group that was written here is changed in one round trip, and is what the database says it is', async () => {
  const { id } = await makeOrganization(storage)
  const [ada, grace] = [await insertUser(storage, id, newUser('ada')), await insertUser(storage, id, newUser('grace'))]
  const group = await staff(id)
  expect((await move(id, group.id, ada.user.id, 'join')).names).toEqual([
    'bind-organization',
    'group-see',
    'member-standing',
    'bind-and-wait-for-nobody',
    'group-save-guarded',
    'user-hold-live',
    'member-join',
  ])
  expect((await move(id, group.id, grace.user.id, 'join')).names).toEqual([
    'bind-and-wait-for-nobody',
    'group-save-guarded',
    'user-hold-live',
    'member-join',
  ])
  const { after, names } = await move(id, group.id, ada.user.id, 'leave')
  expect(names).toEqual(['bind-and-wait-for-nobody', 'group-save-guarded', 'member-leave-held'])
  expect(after).toEqual((await groupOf(id, group))?.record)
  expect(await membersOf(id, group)).toEqual([grace.user.id])
})

test.each<[string, 'join' | 'leave', (members: { readonly inside: UserId; readonly outside: UserId }) => UserId]>([
  ['who is a member joins', 'join', ({ inside }) => inside],
  ['who is none leaves', 'leave', ({ outside }) => outside],
])('%s a remembered group: nothing is written, and the group is asked for', async (_what, to, of) => {
  const { id } = await makeOrganization(storage)
  const [ada, grace] = [await insertUser(storage, id, newUser('ada')), await insertUser(storage, id, newUser('grace'))]
  const group = await staff(id)
  const { after } = await move(id, group.id, ada.user.id, 'join')
  const moved = await move(id, group.id, of({ inside: ada.user.id, outside: grace.user.id }), to)
  expect(moved.runs).toEqual([2, 2])
  expect(moved.names).toContain('group-see')
  expect((await groupOf(id, group))?.record).toEqual(after)
  expect(await membersOf(id, group)).toEqual([ada.user.id])
})

test('who was deleted does not join a remembered group', async () => {
  const { id } = await makeOrganization(storage)
  const [ada, gone] = [await insertUser(storage, id, newUser('ada')), await insertUser(storage, id, newUser('gone'))]
  const group = await staff(id)
  await move(id, group.id, ada.user.id, 'join')
  await deleteUser(storage, id, gone.user.id)
  expect((await move(id, group.id, gone.user.id, 'join')).runs).toEqual([2, 2])
  expect(await membersOf(id, group)).toEqual([ada.user.id])
})

test.each<[string, (id: OrganizationId, group: Group) => Promise<unknown>, number | undefined]>([
  [
    'renamed',
    (id, group) =>
      storage.transaction(id, async ({ groups }) => groups.save((await groups.lock(group.id))!, { ...group, displayName: 'Others' })),
    3,
  ],
  ['deleted', (id, group) => storage.transaction(id, async ({ groups }) => groups.delete((await groups.lock(group.id))!)), undefined],
  [
    'renamed by hand',
    (id, group) =>
      open.database.knex.transaction(async (transaction) => {
        await transaction.raw("select set_config('latchkey.organization', ?, true)", [id])
        await transaction.raw("update groups set display_name = 'Others' where id = ?", [group.id])
      }),
    2,
  ],
])('a remembered group that was %s since is asked for', async (_what, change, version) => {
  const { id } = await makeOrganization(storage)
  const [ada, grace] = [await insertUser(storage, id, newUser('ada')), await insertUser(storage, id, newUser('grace'))]
  const group = await staff(id)
  await move(id, group.id, ada.user.id, 'join')
  const { runs, after } = await move(id, group.id, grace.user.id, 'join', () => change(id, group))
  expect(runs).toEqual([2, version])
  expect((await groupOf(id, group))?.record).toEqual(after)
})

test('a group is remembered for its own organisation only', async () => {
  const { id } = await makeOrganization(storage)
  const other = await makeOrganization(storage)
  const ada = await insertUser(storage, id, newUser('ada'))
  const eve = await insertUser(storage, other.id, newUser('eve'))
  const group = await staff(id)
  await move(id, group.id, ada.user.id, 'join')
  expect((await move(other.id, group.id, eve.user.id, 'join')).runs).toEqual([undefined])
  expect(await membersOf(id, group)).toEqual([ada.user.id])
})

test('what rests on a remembered group and does not write it is asked for', async () => {
  const { id } = await makeOrganization(storage)
  const ada = await insertUser(storage, id, newUser('ada'))
  const group = await staff(id)
  await move(id, group.id, ada.user.id, 'join')
  const names = await open.statementsOf(() =>
    storage.revise(
      id,
      ({ groups }) => groups.lock(group.id),
      ({ audit }) => audit.append({ kind: 'operator' }, { kind: 'scim-enabled' }),
    ),
  )
  expect(names.map(({ name }) => name)).toEqual(['bind-organization', 'group-see', 'bind-and-wait-for-nobody', 'audit-append'])
})

/** Gives a user a title by their memory, if there is one: the version that each run rested on, and what was sent. */
async function entitle(id: OrganizationId, user: UserId, title: string, meanwhile?: () => Promise<unknown>) {
  const runs: (number | undefined)[] = []
  let after: UserRecord | undefined
  const statements = await open.statementsOf(async () => {
    after = await storage.revise(
      id,
      ({ users }) => users.lock(user),
      async ({ users }, seen) => {
        runs.push(seen?.version)
        if (runs.length === 1) await meanwhile?.()
        if (!seen || seen.attributes['title'] === title) return seen
        return users.save(seen, seen.user, { ...seen.attributes, title })
      },
    )
  })
  return { runs, after, names: statements.map((statement) => statement.name) }
}

const userOf = async (id: OrganizationId, user: UserId) =>
  (await storage.read(id, ({ users }) => users.get(user, { groups: false })))?.record

test('a user who was written here is changed in one round trip, and is what the database says they are', async () => {
  const { id } = await makeOrganization(storage)
  const { user } = await insertUser(storage, id, newUser('ada'))
  expect((await entitle(id, user.id, 'Engineer')).runs).toEqual([1])
  const { names, after } = await entitle(id, user.id, 'Director')
  expect(names[0]).toBe('bind-and-wait-for-nobody')
  expect(names).not.toContain('user-see')
  const stored = await userOf(id, user.id)
  expect(stored && said(stored)).toEqual(after && said(after))
  const again = await entitle(id, user.id, 'Director')
  expect([again.runs, again.names]).toEqual([
    [3, 3],
    ['bind-organization', 'user-see'],
  ])
})

test('what is around a user is told with the change of them, as it is behind it', async () => {
  const { id } = await makeOrganization(storage)
  const [boss, { user }] = [await insertUser(storage, id, newUser('boss')), await insertUser(storage, id, newUser('ada'))]
  const group = await staff(id, user.id)
  for (const title of ['Engineer', 'Director']) {
    const { around } = (await storage.revise(
      id,
      ({ users }) => users.lock(user.id),
      async ({ users }, seen) => {
        if (!seen) return undefined
        await users.save(seen, seen.user, { title, [enterpriseUserSchema.id]: { manager: { value: boss.user.id } } })
        const around = users.around(user.id, { groups: true })
        return { around }
      },
    ))!
    expect(await around).toMatchObject({ groups: [{ id: group.id, displayName: 'Staff' }], manager: { id: boss.user.id } })
  }
})

test.each<[string, (id: OrganizationId, user: UserId) => Promise<unknown>, number | undefined]>([
  ['made an owner', (id, user) => storage.transaction(id, async ({ users }) => users.saveRole((await users.lock(user))!, 'owner')), 2],
  ['deleted', (id, user) => deleteUser(storage, id, user), undefined],
])('a remembered user who was %s since is asked for', async (_what, change, version) => {
  const { id } = await makeOrganization(storage)
  const { user } = await insertUser(storage, id, newUser('ada'))
  await entitle(id, user.id, 'Engineer')
  const { runs, after } = await entitle(id, user.id, 'Director', () => change(id, user.id))
  expect(runs).toEqual([2, version])
  expect((await userOf(id, user.id))?.user.role).toEqual(after?.user.role)
})

test('a user is remembered for their own organisation only, and not at all when they are deleted', async () => {
  const { id } = await makeOrganization(storage)
  const other = await makeOrganization(storage)
  const { user } = await insertUser(storage, id, newUser('ada'))
  await entitle(id, user.id, 'Engineer')
  expect((await entitle(other.id, user.id, 'Spy')).runs).toEqual([undefined])
  await storage.revise(
    id,
    ({ users }) => users.lock(user.id),
    async ({ users }, seen) => seen && users.save(seen, { ...seen.user, directory: 'deleted' }, seen.attributes),
  )
  expect((await entitle(id, user.id, 'Director')).runs).toEqual([undefined])
})

test.each<[string, (id: OrganizationId, user: UserId) => Promise<unknown>]>([
  ['gives another role', (id, user) => storage.transaction(id, async ({ users }) => users.saveRole((await users.lock(user))!, 'auditor'))],
  ['deletes', (id, user) => deleteUser(storage, id, user)],
])('a user whom this process %s in another way is asked for at once', async (_what, change) => {
  const { id } = await makeOrganization(storage)
  const { user } = await insertUser(storage, id, newUser('ada'))
  await entitle(id, user.id, 'Engineer')
  await change(id, user.id)
  expect((await entitle(id, user.id, 'Director')).names.slice(0, 2)).toEqual(['bind-organization', 'user-see'])
})

test.each<[string, (id: OrganizationId, group: Group) => Promise<unknown>]>([
  ['saves', (id, group) => storage.transaction(id, async ({ groups }) => groups.save((await groups.lock(group.id))!, group))],
  ['touches', (id, group) => storage.transaction(id, ({ groups }) => groups.touch([group.id]))],
  ['deletes', (id, group) => storage.transaction(id, async ({ groups }) => groups.delete((await groups.lock(group.id))!))],
])('a group that this process %s in another way is asked for at once', async (_what, change) => {
  const { id } = await makeOrganization(storage)
  const [ada, grace] = [await insertUser(storage, id, newUser('ada')), await insertUser(storage, id, newUser('grace'))]
  const group = await staff(id)
  await move(id, group.id, ada.user.id, 'join')
  await change(id, group)
  expect((await move(id, group.id, grace.user.id, 'join')).names.slice(0, 2)).toEqual(['bind-organization', 'group-see'])
})

test('changes of one user from two processes, each by its own memory, all happen one after the other', async () => {
  const { id } = await makeOrganization(storage)
  const { user } = await insertUser(storage, id, newUser('ada'))
  const elsewhere = knexStorage(open.database, { locations: addresses('http://localhost:8080').locations })
  const count = (by: Storage) =>
    by.revise(
      id,
      ({ users }) => users.lock(user.id),
      async ({ users }, seen) =>
        seen && users.save(seen, seen.user, { displayName: String(Number(seen.attributes['displayName'] ?? 0) + 1) }),
    )
  for (let round = 0; round < 5; round += 1) await Promise.all([count(storage), count(elsewhere), count(storage), count(elsewhere)])
  expect(await userOf(id, user.id)).toMatchObject({ version: 21, attributes: { displayName: '20' } })
})
