import { expect, test } from 'vitest'
import { type OrganizationId, type UserId, organizationId } from '@latchkey/domain'
import { type GlanceStores, type Stores, UniqueNameTaken } from '@latchkey/application'
import { emptyResource } from '@latchkey/scim'
import {
  deleteUser,
  insertGroup,
  insertUser,
  makeOrganization,
  newDigest,
  newGroup,
  newToken,
  newUser,
  newUserId,
  randomness,
  said,
} from './rows.ts'
import type { Subject } from './storage.contract.ts'

const alone = { groups: false }

export function transactionContract(subject: Subject): void {
  test('what a transaction wrote is there when its promise resolves, and its answer is the answer', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const user = newUser('ada')
    const record = await storage.transaction(id, ({ users }) => users.insert(user, emptyResource))
    const view = await storage.read(id, ({ users }) => users.get(user.id, alone))
    expect(view && said(view.record)).toEqual(said(record))
  })

  test('a transaction whose work throws leaves nothing, and throws what the work threw', async () => {
    const { storage, events, queuedMails, ownerLinks } = subject()
    const { id } = await makeOrganization(storage)
    const kept = await insertUser(storage, id, newUser('kept'))
    const user = newUser('ada')
    const group = newGroup('Staff')
    const failure = new Error('The work fails.')
    const work = async (stores: Stores) => {
      await writeEverything(stores, user, group)
      const locked = await stores.users.lock(kept.user.id)
      if (locked) await stores.users.save(locked, { ...locked.user, directory: 'deactivated' }, { displayName: 'Changed' })
      throw failure
    }
    await expect(storage.transaction(id, work)).rejects.toBe(failure)

    await storage.read(id, async (stores) => {
      expect(await stores.users.get(user.id, alone)).toBeUndefined()
      expect(await stores.groups.get(group.id, { members: true })).toBeUndefined()
      const view = await stores.users.get(kept.user.id, { groups: true })
      expect(view && said(view.record)).toEqual(kept)
      expect(await stores.scimTokens.list()).toEqual([])
      expect(await stores.mailLog.wasSent('sent')).toBe(false)
      expect((await stores.organization.get()).scimEnabled).toBe(true)
    })
    expect([await events(id), await queuedMails(id), await ownerLinks(id)]).toEqual([[], [], []])
    // The names are free as before.
    await expect(insertUser(storage, id, newUser('ada'))).resolves.toBeDefined()
  })

  test('a transaction sees what it wrote', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await storage.transaction(id, async (stores) => {
      const user = newUser('ada')
      const group = newGroup('Staff')
      await writeEverything(stores, user, group)
      expect((await stores.users.get(user.id, { groups: true }))?.groups).toEqual([{ id: group.id, displayName: 'Staff' }])
      expect((await stores.groups.get(group.id, { members: true }))?.members).toEqual([{ id: user.id, display: 'ada' }])
      expect(await stores.users.lock(user.id)).toBeDefined()
      expect(await stores.scimTokens.countUsable()).toBe(1)
      expect(await stores.mailLog.wasSent('sent')).toBe(true)
    })
  })

  test('all reads of one `read` see one moment, whatever is committed in between', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const selections = [{ type: 'User', filter: null, sortBy: null }] as const
    const query = {
      selections,
      descending: false,
      page: { kind: 'offset', offset: 0, limit: 10 },
      wants: { groups: true, members: true },
    } as const
    await storage.read(id, async ({ users, directory }) => {
      const before = await directory.list(query)
      await insertUser(storage, id, newUser('grace'))
      await deleteUser(storage, id, user.id)
      expect(await directory.list(query)).toEqual(before)
      expect(await users.get(user.id, { groups: true })).toBeDefined()
    })
    await storage.read(id, async ({ users, directory }) => {
      expect((await directory.list(query)).total).toBe(1)
      expect(await users.get(user.id, { groups: true })).toBeUndefined()
    })
  })

  test('a glance sees what a read sees, for one question', async () => {
    const { storage, locations } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const group = newGroup('Staff')
    await storage.transaction(id, async ({ groups, memberships }) => {
      await groups.insert(group)
      await memberships.add(group.id, [user.id])
    })
    const list = (type: 'User' | 'Group') =>
      ({
        selections: [{ type, filter: null, sortBy: null }],
        descending: false,
        page: { kind: 'offset', offset: 0, limit: 10 },
        wants: { groups: true, members: true },
      }) as const
    for (const organization of [id, other.id]) {
      const asked = <Answer>(question: (stores: GlanceStores) => Promise<Answer>) =>
        Promise.all([storage.glance(organization, question), storage.read(organization, question)])
      for (const [glanced, read] of [
        await asked(({ users }) => users.get(user.id, { groups: true })),
        await asked(({ groups }) => groups.get(group.id, { members: true })),
        await asked(({ groups }) => groups.text(group.id, { locations, membersMax: 1 })),
        await asked(({ directory }) => directory.list(list('User'))),
        await asked(({ directory }) => directory.list(list('Group'))),
      ])
        expect(glanced).toEqual(read)
    }
    expect(await storage.glance(other.id, ({ users }) => users.get(user.id, alone))).toBeUndefined()
    expect((await storage.glance(id, ({ groups }) => groups.get(group.id, { members: true })))?.members).toEqual([
      { id: user.id, display: 'ada' },
    ])
  })

  test('a name that is taken loses the transaction, even for work that goes on as if nothing were', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await insertUser(storage, id, newUser('ada'))
    const first = newUser('first')
    const work = async ({ users }: Stores) => {
      await users.insert(first, emptyResource)
      await users.insert(newUser('ADA'), emptyResource).catch(() => {})
    }
    await expect(storage.transaction(id, work)).rejects.toThrow()
    expect(await storage.read(id, ({ users }) => users.get(first.id, alone))).toBeUndefined()
  })

  test('one moment is the time of a whole transaction, and time does not go back', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const times: number[] = []
    for (const name of ['a', 'b', 'c']) {
      times.push(
        await storage.transaction(id, async ({ users, groups, now }) => {
          const user = await users.insert(newUser(name), emptyResource)
          const group = await groups.insert(newGroup(name))
          expect([user.createdAt, group.createdAt]).toEqual([now, now])
          return now
        }),
      )
    }
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.every(Number.isInteger)).toBe(true)
    expect(await storage.read(id, async ({ now }) => now)).toBeGreaterThanOrEqual(times.at(-1)!)
  })

  test('invariant 8: nothing of one organisation is seen or changed from another', async () => {
    const { storage, events, queuedMails } = subject()
    const mine = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const user = newUser('ada', { externalId: 'ext-1' })
    const group = newGroup('Staff', { externalId: 'ext-2' })
    await storage.transaction(mine.id, (stores) => writeEverything(stores, user, group))
    const before = await everythingOf(subject, mine.id, user.id)

    await storage.transaction(other.id, async ({ users, groups, memberships, scimTokens, mailLog, organization }) => {
      expect((await organization.get()).id).toBe(other.id)
      expect(await users.get(user.id, alone)).toBeUndefined()
      expect(await users.lock(user.id)).toBeUndefined()
      expect(await users.lockLive([user.id])).toEqual(new Set())
      expect(await users.all(null)).toEqual([])
      expect(await groups.get(group.id, { members: true })).toBeUndefined()
      expect(await groups.lock(group.id)).toBeUndefined()
      expect(await memberships.groupsOf(user.id)).toEqual([])
      expect(await memberships.removeUser(user.id)).toEqual([])
      expect(await memberships.remove(group.id, [user.id])).toEqual([])
      expect(await memberships.removeOthers(group.id, [])).toEqual([])
      await groups.touch([group.id])
      expect(await scimTokens.list()).toEqual([])
      expect(await scimTokens.countUsable()).toBe(0)
      expect(await mailLog.wasSent('sent')).toBe(false)
      expect(await mailLog.sentSince({ toAddress: 0, inAll: 0 }, 'ada@example.com')).toEqual({ toAddress: 0, inAll: 0 })
      // The same names are free here.
      await users.insert(newUser('ada', { externalId: 'ext-1' }), emptyResource)
      await groups.insert(newGroup('Staff', { externalId: 'ext-2' }))
    })

    expect(await everythingOf(subject, mine.id, user.id)).toEqual(before)
    expect([await events(other.id), await queuedMails(other.id)]).toEqual([[], []])
  })

  test('nothing is written for an organisation that does not exist', async () => {
    const { storage } = subject()
    const nobody = organizationId(randomness.uuid())
    await expect(insertUser(storage, nobody, newUser('ada'))).rejects.toThrow()
    await expect(storage.read(nobody, ({ organization }) => organization.get())).rejects.toThrow()
    expect(await storage.read(nobody, ({ users }) => users.get(newUserId(), alone))).toBeUndefined()
  })

  test('twenty at once who want one name: one gets it', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => insertUser(storage, id, newUser(index % 2 ? 'ada' : 'ADA'))),
    )
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refusals).toHaveLength(19)
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(UniqueNameTaken)
      expect(refusal).toMatchObject({ attribute: 'userName' })
    }
    expect(await storage.read(id, ({ users }) => users.all(null))).toHaveLength(1)
  })

  test('changes of one user at once wait for one another: none is lost', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const append = (word: string) =>
      storage.transaction(id, async ({ users }) => {
        const before = await users.lock(user.id)
        if (!before) throw new Error('There is no such user.')
        const title = before.attributes['title']
        await users.save(before, before.user, { title: `${typeof title === 'string' ? title : ''}${word}` })
      })
    await Promise.all(Array.from({ length: 10 }, (_, index) => append(String(index))))
    const after = await storage.read(id, ({ users }) => users.get(user.id, alone))
    expect(after?.record.version).toBe(11)
    expect([...String(after?.record.attributes['title'])].toSorted().join('')).toBe('0123456789')
  })

  test('forty at once who each join one group: all are members', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const people = await Promise.all(Array.from({ length: 40 }, (_, index) => insertUser(storage, id, newUser(`user-${index}`))))
    const group = newGroup('Staff')
    await insertGroup(storage, id, group)
    await Promise.all(
      people.map(({ user }) =>
        storage.transaction(id, async ({ groups, users, memberships }) => {
          const before = await groups.lock(group.id)
          if (!before) throw new Error('There is no such group.')
          await users.lockLive([user.id])
          await memberships.add(group.id, [user.id])
          await groups.save(before, before.group)
        }),
      ),
    )
    const after = await storage.read(id, ({ groups }) => groups.get(group.id, { members: true }))
    expect(after?.record.version).toBe(41)
    expect(after?.members?.map((member) => member.id).toSorted()).toEqual(people.map(({ user }) => user.id).toSorted())
  })

  test('a user who is locked stays as answered until the transaction ends', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const order: string[] = []
    let second: Promise<void> = Promise.resolve()
    await storage.transaction(id, async ({ users }) => {
      const before = await users.lock(user.id)
      second = deleteUser(storage, id, user.id).then(() => void order.push('second'))
      for (let look = 0; look < 20; look += 1) {
        const seen = await users.get(user.id, alone)
        expect(seen && said(seen.record)).toEqual(before && said(before))
      }
      order.push('first')
    })
    await second
    expect(order).toEqual(['first', 'second'])
  })

  test('users whom `lockLive` answered cannot be deleted before the transaction ends', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const group = newGroup('Staff')
    await insertGroup(storage, id, group)
    const order: string[] = []
    let second: Promise<void> = Promise.resolve()
    await storage.transaction(id, async ({ users, memberships }) => {
      expect(await users.lockLive([user.id])).toEqual(new Set([user.id]))
      second = deleteUser(storage, id, user.id).then(() => void order.push('second'))
      for (let look = 0; look < 20; look += 1) expect(await users.get(user.id, alone)).toBeDefined()
      await memberships.add(group.id, [user.id])
      order.push('first')
    })
    await second
    expect(order).toEqual(['first', 'second'])
  })

  test('events are kept in order, with who did it and the time of the transaction', async () => {
    const { storage, events } = subject()
    const { id } = await makeOrganization(storage)
    const user = newUserId()
    const first = await storage.transaction(id, async ({ audit, now }) => {
      await audit.append({ kind: 'operator' }, { kind: 'scim-enabled' })
      await audit.append({ kind: 'clock' }, { kind: 'user-provisioned', user, active: true, attributes: ['emails', 'userName'] })
      return now
    })
    const second = await storage.transaction(id, async ({ audit, now }) => {
      await audit.append({ kind: 'operator' }, { kind: 'scim-disabled' })
      return now
    })
    expect(await events(id)).toEqual([
      { at: first, actor: { kind: 'operator' }, event: { kind: 'scim-enabled' } },
      { at: first, actor: { kind: 'clock' }, event: { kind: 'user-provisioned', user, active: true, attributes: ['emails', 'userName'] } },
      { at: second, actor: { kind: 'operator' }, event: { kind: 'scim-disabled' } },
    ])
  })
}

/** One write through every store. */
async function writeEverything(stores: Stores, user: ReturnType<typeof newUser>, group: ReturnType<typeof newGroup>): Promise<void> {
  await stores.users.insert(user, { emails: [{ value: 'ada@example.com' }] })
  await stores.groups.insert(group)
  await stores.memberships.add(group.id, [user.id])
  await stores.scimTokens.insert(newToken(), newDigest())
  await stores.ownerLinks.insert({ user: user.id, digest: newDigest(), expiresAt: stores.now + 1_000 })
  await stores.organization.save({ ...(await stores.organization.lock()), scimEnabled: false })
  await stores.audit.append({ kind: 'operator' }, { kind: 'scim-disabled' })
  await stores.outbox.append({
    key: 'queued',
    user: user.id,
    to: 'ada@example.com',
    subject: 'Hello',
    text: 'Hello',
    html: '<p>Hello</p>',
    messageId: '<queued@example.com>',
  })
  await stores.mailLog.noteSent('sent', 'ada@example.com')
}

async function everythingOf(subject: Subject, id: OrganizationId, user: UserId) {
  const { storage, events, queuedMails, ownerLinks } = subject()
  const seen = await storage.read(id, async ({ users, groups, scimTokens, organization, mailLog }) => {
    const view = await users.get(user, { groups: true })
    const groupViews = []
    for (const group of view?.groups ?? []) groupViews.push(await groups.get(group.id, { members: true }))
    return [
      view,
      groupViews,
      await scimTokens.list(),
      await organization.get(),
      await mailLog.sentSince({ toAddress: 0, inAll: 0 }, 'ada@example.com'),
    ]
  })
  return [seen, await events(id), await queuedMails(id), await ownerLinks(id)]
}
