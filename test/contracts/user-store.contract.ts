import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type OrganizationId, type User, type UserStatus, userStatus } from '@latchkey/domain'
import { type Storage, UniqueNameTaken, type UserRecord } from '@latchkey/application'
import { type Resource, emptyResource, enterpriseUserSchema } from '@latchkey/scim'
import { userResources } from '../arbitraries/scim-bodies.ts'
import { users as anyUsers } from '../arbitraries/users.ts'
import { deleteUser, insertGroup, insertUser, makeOrganization, newGroup, newUser, newUserId, said } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const alone = { groups: false }
const withGroups = { groups: true }

export function userStoreContract(subject: Subject): void {
  test('name and role are told of those who are live, in the organisation that asks', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('Ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    await deleteUser(storage, id, grace.id)
    const asked = [grace.id, ada.id, newUserId()]
    expect([...(await storage.read(id, ({ users }) => users.brief(asked)))]).toEqual([[ada.id, { userName: 'Ada', role: null }]])
    const other = await makeOrganization(storage)
    expect((await storage.read(other.id, ({ users }) => users.brief(asked))).size).toBe(0)
  })

  test('a user, whatever became of them, and whatever is known of them are given back as they were saved', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await fc.assert(
      fc.asyncProperty(anyUsers, userResources, userResources, async (user, first, second) => {
        fc.pre(user.directory !== 'deleted')
        const saved = { ...user, id: newUserId(), userName: `${user.userName}-${newUserId()}`, externalId: user.externalId && newUserId() }
        const inserted = await insertUser(storage, id, saved, attributesOf(first))
        expect(await recordOf(storage, id, saved)).toEqual(inserted)
        expect(inserted).toMatchObject({ user: saved, version: 1 })
        const changed = await change(storage, id, saved, (before) => [
          { ...before.user, userName: `${saved.userName}'` },
          attributesOf(second),
        ])
        expect(changed).toMatchObject({ user: { ...saved, userName: `${saved.userName}'` }, attributes: attributesOf(second) })
        expect(await recordOf(storage, id, saved)).toEqual(changed)
      }),
      { numRuns: 50 },
    )
  })

  test('a new user has version 1, and was created and changed now', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await storage.transaction(id, async ({ users, now }) => {
      const record = await users.insert(newUser('ada'), emptyResource)
      expect(record).toMatchObject({ version: 1, createdAt: now, lastModifiedAt: now })
    })
  })

  test('every save is the next version and a later moment, two in one millisecond too', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user, createdAt } = await insertUser(storage, id, newUser('ada'))
    await storage.transaction(id, async ({ users }) => {
      let before = await users.lock(user.id)
      for (let version = 2; version < 6 && before; version += 1) {
        const after: UserRecord = await users.save(before, user, { title: String(version) })
        expect(after).toMatchObject({ version, createdAt })
        expect(after.lastModifiedAt).toBeGreaterThan(before.lastModifiedAt)
        before = after
      }
    })
    expect((await recordOf(storage, id, user))?.version).toBe(5)
  })

  test('no two live users have one name, in whatever spelling', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const ada = await insertUser(storage, id, newUser('Straße@münchen.example'))
    for (const spelling of ['straße@münchen.example', 'STRASSE@MÜNCHEN.EXAMPLE', 'ｓｔｒａｓｓｅ@xn--mnchen-3ya.example']) {
      await expect(insertUser(storage, id, newUser(spelling))).rejects.toMatchObject({ name: 'UniqueNameTaken', attribute: 'userName' })
    }
    const grace = await insertUser(storage, id, newUser('grace'))
    const renamed = change(storage, id, grace.user, ({ user }) => [{ ...user, userName: 'STRASSE@münchen.example' }, emptyResource])
    await expect(renamed).rejects.toBeInstanceOf(UniqueNameTaken)
    expect(await recordOf(storage, id, grace.user)).toEqual(grace)
    // One's own name in another spelling is nobody else's.
    await expect(
      change(storage, id, ada.user, ({ user }) => [{ ...user, userName: 'strasse@MÜNCHEN.example' }, emptyResource]),
    ).resolves.toBeDefined()
  })

  test('no two live users have one externalId; it is compared as it is, and having none is no name', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await insertUser(storage, id, newUser('ada', { externalId: 'Ext-1' }))
    await insertUser(storage, id, newUser('grace'))
    await insertUser(storage, id, newUser('jean', { externalId: 'ext-1' }))
    await insertUser(storage, id, newUser('joan'))
    await expect(insertUser(storage, id, newUser('mary', { externalId: 'Ext-1' }))).rejects.toMatchObject({ attribute: 'externalId' })
  })

  test('where both names are taken, it is the userName that is told', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await insertUser(storage, id, newUser('grace', { externalId: 'ext-1' }))
    await insertUser(storage, id, newUser('ada'))
    await expect(insertUser(storage, id, newUser('ada', { externalId: 'ext-1' }))).rejects.toMatchObject({ attribute: 'userName' })
  })

  test('invariants 2 and 14: a deleted user is unknown and their names are free, for somebody with another id', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada', { externalId: 'ext-1' }))
    await deleteUser(storage, id, user.id)
    await storage.transaction(id, async ({ users }) => {
      expect(await users.get(user.id, withGroups)).toBeUndefined()
      expect(await users.lock(user.id)).toBeUndefined()
      expect(await users.lockLive([user.id])).toEqual(new Set())
      expect(await users.all(null)).toEqual([])
    })
    await insertUser(storage, id, newUser('ada', { externalId: 'ext-1' }))
    await expect(insertUser(storage, id, { ...user, userName: 'grace', externalId: null })).rejects.toThrow()
  })

  test('a view holds the groups in the order of their names, and only where they are wanted', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const groups = ['beta', 'Zulu', 'Alpha', 'ähre', '😀', '\uffee'].map((name) => newGroup(name))
    for (const group of groups) await insertGroup(storage, id, group, [user.id])
    await insertGroup(storage, id, newGroup('Others'))
    await storage.transaction(id, async ({ users }) => {
      const view = await users.get(user.id, withGroups)
      // Folded, and then by code point.
      expect(view?.groups.map(({ displayName }) => displayName)).toEqual(['Alpha', 'beta', 'Zulu', 'ähre', '\uffee', '😀'])
      expect(view?.groups.map((group) => group.id).toSorted()).toEqual(groups.map((group) => group.id).toSorted())
      expect((await users.get(user.id, alone))?.groups).toEqual([])
    })
  })

  test('a view holds the manager who is a live user of this organisation, and no other', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const { user: boss } = await insertUser(storage, id, newUser('boss'), { displayName: 'The Boss' })
    const { user: plain } = await insertUser(storage, id, newUser('plain'))
    const { user: foreign } = await insertUser(storage, other.id, newUser('foreign'), { displayName: 'Foreign' })
    const managerOf = async (value: string) => {
      const { user } = await insertUser(storage, id, newUser(newUserId()), managedBy(value))
      return (await storage.read(id, ({ users }) => users.get(user.id, alone)))?.manager
    }
    expect(await managerOf(boss.id)).toEqual({ id: boss.id, displayName: 'The Boss' })
    expect(await managerOf(boss.id.toUpperCase())).toEqual({ id: boss.id, displayName: 'The Boss' })
    expect(await managerOf(plain.id)).toEqual({ id: plain.id, displayName: null })
    expect(await managerOf(foreign.id)).toBeNull()
    expect(await managerOf('employee 26118915')).toBeNull()
    await deleteUser(storage, id, boss.id)
    expect(await managerOf(boss.id)).toBeNull()
  })

  test('two can be each other’s manager, and one can be one’s own', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const ada = newUser('ada')
    const grace = newUser('grace')
    await storage.transaction(id, async ({ users }) => {
      await users.insert(ada, managedBy(grace.id))
      await users.insert(grace, managedBy(ada.id))
      const jean = newUser('jean')
      await users.insert(jean, managedBy(jean.id))
      expect((await users.get(jean.id, alone))?.manager?.id).toBe(jean.id)
      expect((await users.get(ada.id, alone))?.manager?.id).toBe(grace.id)
      expect((await users.get(grace.id, alone))?.manager?.id).toBe(ada.id)
    })
  })

  test('whoever is called by an address or has it is found by it while enabled, in whatever spelling, and in this organisation alone', async () => {
    const { storage } = subject()
    const [{ id }, { id: elsewhere }] = [await makeOrganization(storage), await makeOrganization(storage)]
    const emails = { emails: [{ value: 'second@acme.example' }, { value: 'Ada@Acme.example' }] }
    const called = await insertUser(storage, id, newUser('ADA@acme.example'))
    const has = await insertUser(storage, id, newUser('lovelace'), emails)
    await insertUser(storage, id, newUser('grace@acme.example'), { emails: [{ value: 'grace@acme.example' }] })
    await insertUser(storage, id, { ...newUser('off'), directory: 'deactivated' }, emails)
    await insertUser(storage, elsewhere, newUser('ada@acme.example'), emails)
    const found = await storage.read(id, ({ users }) => users.byAddress('ada@ACME.example'))
    expect(found.map(({ user }) => user.id).sort()).toEqual([called.user.id, has.user.id].sort())
    expect(found.map(said).find(({ user }) => user.id === has.user.id)).toEqual(has)
    expect(await storage.read(id, ({ users }) => users.byAddress('nobody@acme.example'))).toEqual([])
  })

  test('`lockLive` answers those who live, each once', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace', { directory: 'deactivated' }))
    await storage.transaction(id, async ({ users }) => {
      expect(await users.lockLive([grace.id, newUserId(), ada.id, ada.id])).toEqual(new Set([ada.id, grace.id]))
      expect(await users.lockLive([])).toEqual(new Set())
    })
  })

  test('an operator sees the live users in the order of their creation, all or those of one status', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const samples = fc.sample(anyUsers, { numRuns: 60, seed: 3 })
    const made: User[] = []
    for (const sample of samples) {
      const user = { ...sample, id: newUserId(), userName: newUserId(), externalId: null }
      await insertUser(storage, id, { ...user, directory: 'enabled' })
      if (user.directory === 'deleted') await deleteUser(storage, id, user.id)
      else await change(storage, id, user, () => [user, emptyResource])
      if (user.directory !== 'deleted') made.push(user)
    }
    const all = (status: UserStatus | null) => storage.read(id, ({ users }) => users.all(status))
    expect(await all(null)).toEqual(made)
    for (const status of ['active', 'pending-encryption-key', 'deactivated', 'deleted'] as const) {
      expect(await all(status)).toEqual(made.filter((user) => userStatus(user) === status))
    }
    expect((await all('active')).length).toBeGreaterThan(0)
  })

  test('link and key are saved without a new version, and the rest of the user stays', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const before = await insertUser(storage, id, newUser('ada'), { displayName: 'Ada' })
    const encryptionKey = {
      state: 'registered',
      version: 3,
      publicKeys: { encryption: 'e', signing: 's' },
      fingerprint: 'f',
      protectedPrivateKeys: { version: 2, envelope: '{}' },
      registeredAt: before.createdAt + 5,
      resetRequest: { requestedAt: before.createdAt + 6, effectiveAt: before.createdAt + 7 },
    } as const
    const saved = await storage.transaction(id, async ({ users }) => {
      const locked = await users.lock(before.user.id)
      if (!locked) throw new Error('There is no such user.')
      return users.saveLinkAndKey(locked, { identityLink: null, encryptionKey })
    })
    expect(said(saved)).toEqual({ ...before, user: { ...before.user, encryptionKey } })
    expect(await recordOf(storage, id, before.user)).toEqual(said(saved))
  })
}

function attributesOf({ userName: _name, externalId: _external, active: _active, ...attributes }: Resource): Resource {
  return attributes
}

function managedBy(value: string): Resource {
  return { [enterpriseUserSchema.id]: { manager: { value } } }
}

async function recordOf(storage: Storage, organization: OrganizationId, { id }: User): Promise<UserRecord | undefined> {
  const view = await storage.read(organization, ({ users }) => users.get(id, alone))
  return view && said(view.record)
}

function change(
  storage: Storage,
  organization: OrganizationId,
  { id }: User,
  next: (before: UserRecord) => readonly [User, Resource],
): Promise<UserRecord> {
  return storage.transaction(organization, async ({ users }) => {
    const before = await users.lock(id)
    if (!before) throw new Error('There is no such user.')
    return said(await users.save(before, ...next(before)))
  })
}
