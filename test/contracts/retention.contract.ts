import { expect, test } from 'vitest'
import { RestoreUser, operatorOf } from '@latchkey/application'
import { dayMs } from '@latchkey/domain'
import {
  deleteGroup,
  deleteUser,
  insertGroup,
  insertUser,
  makeOrganization,
  newDigest,
  newGroup,
  newMail,
  newSession,
  newUser,
} from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function retentionContract(subject: Subject): void {
  test('a deleted user is known until erased, and nothing of them is left then', async () => {
    const { storage, queuedMails } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'), { emails: [{ value: 'ada@example.com' }] })
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    await storage.transaction(id, async ({ sessions, mailLog, outbox }) => {
      await sessions.insert(newSession(ada.id), newDigest())
      await mailLog.noteSent(`set-up.${ada.id}`, 'ada@example.com')
      await mailLog.noteSent(`set-up.${grace.id}`, 'grace@example.com')
      await outbox.append(newMail(`sign-in-link.${ada.id}.1`))
      await outbox.append(newMail(`sign-in-link.${grace.id}.1`))
    })
    await deleteUser(storage, id, ada.id)
    const now = await storage.transaction(id, async (stores) => {
      expect(await stores.users.deletedBefore(stores.now - dayMs, 10)).toEqual([])
      expect(await stores.users.deletedBefore(stores.now + dayMs, 10)).toEqual([ada.id])
      const [found] = await stores.users.deleted()
      expect(found?.record.user.userName).toBe('ada')
      expect(found?.deletedAt).toBeLessThanOrEqual(stores.now)
      expect(await stores.users.lockDeleted(ada.id)).toEqual(found)
      expect(await stores.users.lockDeleted(grace.id)).toBeUndefined()
      return stores.now
    })
    await storage.transaction(id, async ({ users, mailLog }) => {
      await users.erase(grace.id)
      await users.erase(ada.id)
      await mailLog.forget(ada.id)
    })
    await storage.transaction(id, async ({ users, mailLog }) => {
      expect(await users.deletedBefore(now + dayMs, 10)).toEqual([])
      expect(await users.lockDeleted(ada.id)).toBeUndefined()
      expect(await users.get(grace.id, { groups: false })).toBeDefined()
      expect(await mailLog.wasSent(`set-up.${ada.id}`)).toBe(false)
      expect(await mailLog.wasSent(`set-up.${grace.id}`)).toBe(true)
    })
    expect((await queuedMails(id)).map(({ key }) => key)).toEqual([`sign-in-link.${grace.id}.1`])
  })

  test('a deleted group is destroyed, and a live one is not', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { group: old } = await insertGroup(storage, id, newGroup('Old'))
    const { group: live } = await insertGroup(storage, id, newGroup('Live'))
    await deleteGroup(storage, id, old.id)
    await storage.transaction(id, async ({ groups, now }) => {
      expect(await groups.deletedBefore(now - dayMs, 10)).toEqual([])
      expect(await groups.deletedBefore(now + dayMs, 10)).toEqual([old.id])
      await groups.erase(old.id)
      await groups.erase(live.id)
      expect(await groups.deletedBefore(now + dayMs, 10)).toEqual([])
      expect(await groups.get(live.id, { members: false })).toBeDefined()
    })
  })

  test('an owner brings a deleted user back: deactivated, the same person, in no group', async () => {
    const { storage, events } = subject()
    const organization = await makeOrganization(storage)
    const { user } = await insertUser(storage, organization.id, newUser('ada'), { displayName: 'Ada' })
    const { group } = await insertGroup(storage, organization.id, newGroup('Crew'), [user.id])
    await deleteUser(storage, organization.id, user.id)
    const restore = new RestoreUser({ storage })
    expect((await restore.candidates(operatorOf(organization))).map(({ record }) => record.user.id)).toEqual([user.id])
    expect(await restore.execute({ ...operatorOf(organization), role: 'admin' }, user.id)).toEqual({ ok: false, error: 'owners-only' })
    expect((await restore.execute(operatorOf(organization), user.id)).ok).toBe(true)
    const view = await storage.read(organization.id, ({ users }) => users.get(user.id, { groups: true }))
    expect(view?.record.user).toEqual({ ...user, directory: 'deactivated' })
    expect(view?.record.attributes).toEqual({ displayName: 'Ada' })
    expect(view?.groups).toEqual([])
    expect((await storage.read(organization.id, ({ groups }) => groups.get(group.id, { members: true })))?.members).toEqual([])
    expect(await restore.execute(operatorOf(organization), user.id)).toEqual({ ok: false, error: 'user-not-found' })
    expect((await events(organization.id)).map(({ event }) => event.kind)).toEqual(['action-refused', 'user-restored'])
  })

  test('nobody is brought back under a name that somebody else has now', async () => {
    const { storage } = subject()
    const organization = await makeOrganization(storage)
    const { user } = await insertUser(storage, organization.id, newUser('ada'))
    await deleteUser(storage, organization.id, user.id)
    await insertUser(storage, organization.id, newUser('ADA'))
    const restored = await new RestoreUser({ storage }).execute(operatorOf(organization), user.id)
    expect(restored).toEqual({ ok: false, error: 'name-taken' })
  })
}
