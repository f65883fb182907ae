import { expect, test } from 'vitest'
import type { Session } from '@latchkey/domain'
import { insertUser, makeOrganization, newDigest, newSession, newUser } from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function sessionStoreContract(subject: Subject): void {
  test('a session begins at the time of its transaction, not unlocked, and is found by the digest of its token', async () => {
    const { storage, sessionCredentials } = subject()
    const organization = await makeOrganization(storage)
    const { user } = await insertUser(storage, organization.id, newUser('ada'))
    const digest = newDigest()
    const wish = newSession(user.id, { via: 'owner-proof', userAgent: '😀 "Browser"' })
    const session = await storage.transaction(organization.id, async ({ sessions, now }) => {
      const made = await sessions.insert(wish, digest)
      expect(made).toEqual({ ...wish, authenticatedAt: now, lastUsedAt: now, unlockedAt: null })
      expect(await sessions.lock(wish.id)).toEqual(made)
      return made
    })
    const found = await sessionCredentials.find(digest)
    expect(found).toMatchObject({ organization, session })
    expect(found?.now).toBeGreaterThanOrEqual(session.authenticatedAt)
    expect(await sessionCredentials.find(newDigest())).toBeUndefined()
    expect(await sessionCredentials.find({ ...digest, keyId: 'another key' })).toBeUndefined()
  })

  test('a session under another token is found by that one only', async () => {
    const { storage, sessionCredentials } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const [before, after] = [newDigest(), newDigest()]
    const wish = newSession(user.id)
    await storage.transaction(id, async ({ sessions }) => {
      await sessions.insert(wish, before)
      await sessions.rotate(wish.id, after)
    })
    expect(await sessionCredentials.find(before)).toBeUndefined()
    expect((await sessionCredentials.find(after))?.session.id).toBe(wish.id)
  })

  test('ending some of a person’s sessions leaves the others, and ending all leaves none; nobody else’s end', async () => {
    const { storage, sessionCredentials } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const mine = [newSession(ada.id), newSession(ada.id), newSession(ada.id)] as const
    const hers = newSession(grace.id)
    const digest = newDigest()
    await storage.transaction(id, async ({ sessions }) => {
      await sessions.insert(mine[0], digest)
      for (const session of [mine[1], mine[2], hers]) await sessions.insert(session, newDigest())
    })
    const idsOf = (sessions: readonly Session[]) => sessions.map((session) => session.id)
    await storage.transaction(id, async ({ sessions }) => {
      expect(await sessions.end(ada.id, [mine[0].id, hers.id])).toEqual([mine[0].id])
      expect(idsOf(await sessions.list(ada.id))).toEqual([mine[1].id, mine[2].id])
      expect(await sessions.end(ada.id, [])).toEqual([])
      expect(await sessions.end(ada.id, 'all')).toEqual([mine[1].id, mine[2].id])
      expect(await sessions.end(ada.id, 'all')).toEqual([])
      expect(await sessions.lock(mine[1].id)).toBeUndefined()
      expect(idsOf(await sessions.list(grace.id))).toEqual([hers.id])
    })
    expect(await sessionCredentials.find(digest)).toBeUndefined()
  })

  test('a use and an unlocking are noted with their times, and nothing else moves', async () => {
    const { storage, sessionCredentials } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const session = await storage.transaction(id, ({ sessions }) => sessions.insert(newSession(user.id), newDigest()))
    await sessionCredentials.noteUse(id, session.id, '198.51.100.7')
    const unlockedAt = await storage.transaction(id, async ({ sessions, now }) => {
      await sessions.noteUnlocked(session.id)
      return now
    })
    const [after] = await storage.read(id, ({ sessions }) => sessions.list(user.id))
    expect(after).toEqual({ ...session, unlockedAt, lastUsedAt: after?.lastUsedAt, address: '198.51.100.7' })
    expect(after?.lastUsedAt).toBeGreaterThanOrEqual(session.lastUsedAt)
  })

  test('no organisation sees, uses or ends another one’s sessions', async () => {
    const { storage, sessionCredentials } = subject()
    const [mine, other] = [await makeOrganization(storage), await makeOrganization(storage)]
    const { user } = await insertUser(storage, mine.id, newUser('ada'))
    const digest = newDigest()
    const session = await storage.transaction(mine.id, ({ sessions }) => sessions.insert(newSession(user.id), digest))
    await storage.transaction(other.id, async ({ sessions }) => {
      expect(await sessions.list(user.id)).toEqual([])
      expect(await sessions.lock(session.id)).toBeUndefined()
      await sessions.rotate(session.id, newDigest())
      await sessions.noteUnlocked(session.id)
      expect(await sessions.end(user.id, 'all')).toEqual([])
      await sessions.removeExpired()
    })
    await sessionCredentials.noteUse(other.id, session.id, '198.51.100.7')
    expect((await sessionCredentials.find(digest))?.session).toEqual(session)
  })
}
