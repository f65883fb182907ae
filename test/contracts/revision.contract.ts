import { expect, test } from 'vitest'
import type { OrganizationId, ScimTokenId, User, UserId } from '@latchkey/domain'
import { type ScimCredential, type SeenStores, UniqueNameTaken, type UserRecord, type WriteStores } from '@latchkey/application'
import { emptyResource } from '@latchkey/scim'
import { deleteUser, insertUser, makeOrganization, newDigest, newSession, newToken, newUser, newUserId, said } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const alone = { groups: false }

/** What `Storage.revise` promises. */
export function revisionContract(subject: Subject): void {
  /** Changes a user to what follows from what was seen of them. */
  const change = (id: OrganizationId, user: UserId, to: (before: User) => Partial<User>): Promise<UserRecord | undefined> =>
    subject().storage.revise(
      id,
      ({ users }) => users.lock(user),
      async ({ users }, seen) =>
        seen && users.save(seen, { ...seen.user, ...to(seen.user) }, { displayName: to(seen.user).userName ?? '' }),
    )

  test('a revision writes what follows from what it saw, and is there when its promise resolves', async () => {
    const { storage, events } = subject()
    const { id } = await makeOrganization(storage)
    const before = await insertUser(storage, id, newUser('ada'))
    const saved = await storage.revise(
      id,
      ({ users }) => users.lock(before.user.id),
      async ({ users, audit, now }, seen) => {
        expect(seen).toMatchObject(before)
        expect(now).toBeGreaterThanOrEqual(before.lastModifiedAt)
        await audit.append({ kind: 'operator' }, { kind: 'scim-enabled' })
        return seen && users.save(seen, { ...before.user, directory: 'deactivated' }, { displayName: 'Ada' })
      },
    )
    expect(saved).toMatchObject({ version: 2, user: { directory: 'deactivated' }, attributes: { displayName: 'Ada' } })
    const view = await storage.read(id, ({ users }) => users.get(before.user.id, alone))
    expect(view && said(view.record)).toEqual(saved && said(saved))
    expect(await events(id)).toHaveLength(1)
  })

  test('what a change leaves as it was stays as it was', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const registered = newUser('ada', { externalId: 'x', role: 'auditor' })
    const { user } = await storage.transaction(id, ({ users }) => users.insert(registered, { displayName: 'Ada', title: 'Engineer' }))
    await storage.revise(
      id,
      ({ users }) => users.lock(user.id),
      async ({ users }, seen) => seen && users.save(seen, { ...seen.user, directory: 'deactivated' }, seen.attributes),
    )
    const view = await storage.read(id, ({ users }) => users.get(user.id, alone))
    expect(view?.record.user).toEqual({ ...user, directory: 'deactivated' })
    expect(view?.record.attributes).toEqual({ displayName: 'Ada', title: 'Engineer' })
  })

  test('changes of one user at once all happen, one after the other', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const versions = await Promise.all(
      Array.from({ length: 12 }, async () => (await change(id, user.id, ({ userName }) => ({ userName: `${userName}.` })))?.version),
    )
    expect(versions.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, index) => index + 2))
    expect((await storage.read(id, ({ users }) => users.get(user.id, alone)))?.record).toMatchObject({
      version: 13,
      user: { userName: 'ada............' },
    })
  })

  test('a name that is taken takes everything of the revision back', async () => {
    const { storage, events, queuedMails } = subject()
    const { id } = await makeOrganization(storage)
    await insertUser(storage, id, newUser('grace'))
    const { user } = await insertUser(storage, id, newUser('ada'))
    const session = await storage.transaction(id, ({ sessions }) => sessions.insert(newSession(user.id), newDigest()))
    const revised = storage.revise(
      id,
      ({ users }) => users.lock(user.id),
      async (stores, seen) => {
        await stores.audit.append({ kind: 'operator' }, { kind: 'scim-enabled' })
        await stores.sessions.end(user.id, 'all')
        await stores.outbox.append(mail)
        return seen && stores.users.save(seen, { ...seen.user, userName: 'GRACE' }, emptyResource)
      },
    )
    await expect(revised).rejects.toMatchObject({ attribute: 'userName' })
    await expect(revised).rejects.toBeInstanceOf(UniqueNameTaken)
    expect([await events(id), await queuedMails(id)]).toEqual([[], []])
    expect(await storage.read(id, ({ sessions }) => sessions.list(user.id))).toEqual([session])
    expect((await storage.read(id, ({ users }) => users.get(user.id, alone)))?.record.version).toBe(1)
  })

  test('a revision whose work throws leaves nothing', async () => {
    const { storage, events } = subject()
    const { id } = await makeOrganization(storage)
    const failure = new Error('The work fails.')
    const write = async ({ users, audit }: WriteStores) => {
      await users.insert(newUser('ada'), emptyResource)
      await audit.append({ kind: 'operator' }, { kind: 'scim-enabled' })
      throw failure
    }
    await expect(storage.revise(id, async () => {}, write)).rejects.toBe(failure)
    expect(await events(id)).toEqual([])
    await expect(insertUser(storage, id, newUser('ada'))).resolves.toBeDefined()
  })

  test('sessions of whoever is deactivated end with the same revision', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    await storage.transaction(id, ({ sessions }) => sessions.insert(newSession(user.id), newDigest()))
    await storage.revise(
      id,
      async () => {},
      ({ sessions }) => sessions.end(user.id, 'all'),
    )
    expect(await storage.read(id, ({ sessions }) => sessions.list(user.id))).toEqual([])
  })

  test('who is relied on must be live: whoever is not is found missing, and what rested on them is not kept', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const manager = await insertUser(storage, id, newUser('manager'))
    const hire = (name: string, under: UserId) => {
      const user = newUser(name)
      return storage.revise(
        id,
        async () => {},
        async ({ users }) => {
          if (!(await users.lockLive([under])).has(under)) return 'manager unknown'
          await users.insert(user, emptyResource)
          return 'hired'
        },
      )
    }
    expect(await hire('ada', manager.user.id)).toBe('hired')
    expect(await hire('grace', newUserId())).toBe('manager unknown')
    await deleteUser(storage, id, manager.user.id)
    expect(await hire('hedy', manager.user.id)).toBe('manager unknown')
    const names = await storage.read(id, async ({ users }) => (await users.all(null)).map(({ userName }) => userName))
    expect(names.toSorted()).toEqual(['ada'])
  })

  /** A user whom a token adds, if it is not revoked, and what was known of it last. */
  const appended = async (id: OrganizationId, token: ScimTokenId, name: string) => {
    const known: (ScimCredential | undefined)[] = []
    const record = await subject().storage.revise(
      id,
      ({ scimTokens }) => scimTokens.credential(token),
      async ({ users }, credential) => {
        known.push(credential)
        return credential?.token.revokedAt === null ? users.insert(newUser(name), emptyResource) : undefined
      },
    )
    return { record, last: known.at(-1) }
  }

  test('what is appended rests on the token as it is, however often it was used before', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const token = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    for (const name of ['ada', 'grace', 'jean']) {
      const before = await storage.read(id, async ({ now }) => now)
      const { record, last } = await appended(id, token.id, name)
      expect(record).toMatchObject({ version: 1, user: { userName: name } })
      expect(last).toMatchObject({ token, organization: { id } })
      expect(Math.abs(record!.createdAt - before)).toBeLessThan(60_000)
      expect(Math.abs(record!.createdAt - last!.now)).toBeLessThan(60_000)
    }
    await storage.transaction(id, ({ scimTokens }) => scimTokens.save({ ...token, description: 'Renamed' }))
    expect((await appended(id, token.id, 'joan')).last?.token.description).toBe('Renamed')
    await storage.transaction(id, async ({ organization }) => organization.save({ ...(await organization.lock()), scimEnabled: true }))
    expect((await appended(id, token.id, 'hedy')).last?.organization.scimEnabled).toBe(true)
    await storage.transaction(id, ({ scimTokens }) => scimTokens.save({ ...token, revokedAt: 1 }))
    for (const name of ['kay', 'kay']) {
      const { record, last } = await appended(id, token.id, name)
      expect([record, last?.token.revokedAt]).toEqual([undefined, 1])
    }
    const names = await storage.read(id, async ({ users }) => (await users.all(null)).map(({ userName }) => userName))
    expect(names.toSorted()).toEqual(['ada', 'grace', 'hedy', 'jean', 'joan'])
  })

  test('a token of another organisation is none, and a name that is taken takes back what was appended', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const token = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    await appended(id, token.id, 'ada')
    expect(await appended(other.id, token.id, 'ada')).toEqual({ record: undefined, last: undefined })
    await expect(appended(id, token.id, 'ADA')).rejects.toMatchObject({ attribute: 'userName' })
    await expect(appended(id, token.id, 'grace')).resolves.toMatchObject({ record: { user: { userName: 'grace' } } })
    expect(await storage.read(other.id, ({ users }) => users.all(null))).toEqual([])
  })

  test('an append whose work throws leaves nothing', async () => {
    const { storage, events } = subject()
    const { id } = await makeOrganization(storage)
    const token = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    await appended(id, token.id, 'ada')
    const failure = new Error('The work fails.')
    const write = async ({ audit }: WriteStores) => {
      await audit.append({ kind: 'operator' }, { kind: 'scim-enabled' })
      throw failure
    }
    await expect(storage.revise(id, ({ scimTokens }) => scimTokens.credential(token.id), write)).rejects.toBe(failure)
    expect(await events(id)).toEqual([])
  })

  test('nobody is seen who is deleted or of another organisation, and a token is seen with its organisation', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const gone = await insertUser(storage, id, newUser('gone'))
    await deleteUser(storage, id, gone.user.id)
    const foreign = await insertUser(storage, other.id, newUser('foreign'))
    const token = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    const see = async ({ users, scimTokens }: SeenStores) =>
      Promise.all([users.lock(gone.user.id), users.lock(foreign.user.id), scimTokens.credential(token.id)])
    const [first, second, credential] = await storage.revise(id, see, async (_stores, seen) => seen)
    expect([first, second]).toEqual([undefined, undefined])
    expect(credential).toMatchObject({ token, organization: { id } })
    expect(await storage.glance(other.id, ({ scimTokens }) => scimTokens.credential(token.id))).toBeUndefined()
  })
}

const mail = {
  key: 'set-up.1',
  user: null,
  to: 'ada@example.com',
  subject: 'Hello',
  text: 'Hello',
  html: '<p>Hello</p>',
  messageId: '<1@example.com>',
}
