import { expect, test } from 'vitest'
import { hourMs, minuteMs } from '@latchkey/domain'
import { makeOrganization, newDigest, newToken } from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function scimTokenStoreContract(subject: Subject): void {
  test('tokens are listed in the order of their creation, as they were made', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const now = Date.UTC(2030, 0, 1)
    const wishes = [newToken(), newToken({ expiresAt: now, mode: 'strict', description: 'Entra "ID" 😀' }), newToken()]
    const made = []
    for (const wish of wishes) {
      made.push(
        await storage.transaction(id, async ({ scimTokens, now }) => {
          const token = await scimTokens.insert(wish, newDigest())
          expect(token).toEqual({ ...wish, createdAt: now })
          return token
        }),
      )
    }
    expect(await storage.read(id, ({ scimTokens }) => scimTokens.list())).toEqual(made)
  })

  test('what ends or freezes a token is kept; an unknown one cannot be locked', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const wish = newToken()
    await storage.transaction(id, async ({ scimTokens, now }) => {
      const token = await scimTokens.insert(wish, newDigest())
      const changed = { ...token, expiresAt: now + hourMs, revokedAt: now, frozenAt: now + 1 }
      await scimTokens.save(changed)
      expect(await scimTokens.lock(wish.id)).toEqual(changed)
      expect(await scimTokens.lock(newToken().id)).toBeUndefined()
    })
  })

  test('a token counts as usable while it is neither revoked nor expired', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await storage.transaction(id, async ({ scimTokens, now }) => {
      for (const facts of [{}, { expiresAt: now + minuteMs }, { expiresAt: now }, { expiresAt: now - minuteMs }])
        await scimTokens.insert(newToken(facts), newDigest())
      expect(await scimTokens.countUsable()).toBe(2)
      const [first] = await scimTokens.list()
      if (first) await scimTokens.save({ ...first, revokedAt: now })
      expect(await scimTokens.countUsable()).toBe(1)
    })
  })

  test('a presented token is found by its public id, with its organisation, its digest and the time', async () => {
    const { storage, credentials } = subject()
    const organization = await makeOrganization(storage)
    const digest = newDigest()
    const token = await storage.transaction(organization.id, ({ scimTokens }) => scimTokens.insert(newToken(), digest))
    const found = await credentials.find(token.publicId)
    expect(found).toMatchObject({ organization, token, digest })
    expect(found?.now).toBeGreaterThanOrEqual(token.createdAt)
    expect(await credentials.find(token.publicId.slice(1))).toBeUndefined()
    expect(await credentials.find('')).toBeUndefined()
  })

  test('a revocation counts from the next look-up on, and so does switching SCIM off', async () => {
    const { storage, credentials } = subject()
    const { id } = await makeOrganization(storage)
    const token = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    await storage.transaction(id, async ({ scimTokens, organization, now }) => {
      await scimTokens.save({ ...token, revokedAt: now })
      await organization.save({ ...(await organization.lock()), scimEnabled: false })
    })
    const found = await credentials.find(token.publicId)
    expect(found?.token.revokedAt).not.toBeNull()
    expect(found?.organization.scimEnabled).toBe(false)
  })

  test('a use is noted with its time, and nothing else of the token moves', async () => {
    const { storage, credentials } = subject()
    const { id } = await makeOrganization(storage)
    const token = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    const other = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    await credentials.noteUse(id, token.id, '192.0.2.1')
    const [used, unused] = await storage.read(id, ({ scimTokens }) => scimTokens.list())
    expect(used).toEqual({ ...token, lastUsedAt: used?.lastUsedAt })
    expect(used?.lastUsedAt).toBeGreaterThanOrEqual(token.createdAt)
    expect(unused).toEqual(other)
  })

  test('no organisation notes the use of another one’s token', async () => {
    const { storage, credentials } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const token = await storage.transaction(id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
    await credentials.noteUse(other.id, token.id, '192.0.2.1')
    expect(await storage.read(id, ({ scimTokens }) => scimTokens.list())).toEqual([token])
  })
}
