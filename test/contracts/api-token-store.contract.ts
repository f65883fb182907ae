import { expect, test } from 'vitest'
import { type ApiToken, apiTokenId } from '@latchkey/domain'
import { makeOrganization, newDigest, randomness } from './rows.ts'
import type { Subject } from './storage.contract.ts'

function newApiToken(facts: Partial<ApiToken> = {}): Omit<ApiToken, 'createdAt'> {
  const { createdAt: _made, ...rest } = { createdAt: 0, ...facts }
  return {
    id: apiTokenId(randomness.uuid()),
    description: 'Backups 😀',
    publicId: randomness.uuid().replaceAll('-', '').slice(0, 17),
    role: 'admin',
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...rest,
  }
}

export function apiTokenStoreContract(subject: Subject): void {
  test('a token is found by its public id, with its organisation and digest, from the next look on as it was saved', async () => {
    const { storage, apiCredentials } = subject()
    const organization = await makeOrganization(storage)
    const wish = newApiToken({ expiresAt: Date.UTC(2030, 0, 1), role: 'auditor' })
    const digest = newDigest()
    const token = await storage.transaction(organization.id, async ({ apiTokens, now }) => {
      const made = await apiTokens.insert(wish, digest)
      expect(made).toEqual({ ...wish, createdAt: now })
      return made
    })
    const found = await apiCredentials.find(wish.publicId)
    expect(found).toMatchObject({ organization, token, digest })
    expect(found?.now).toBeGreaterThanOrEqual(token.createdAt)
    expect(await apiCredentials.find('nothing')).toBeUndefined()

    await apiCredentials.noteUse(organization.id, token.id)
    await storage.transaction(organization.id, async ({ apiTokens, now }) => {
      const locked = await apiTokens.lock(token.id)
      expect(locked?.lastUsedAt).toBeGreaterThanOrEqual(token.createdAt)
      await apiTokens.save({ ...token, revokedAt: now })
    })
    expect((await apiCredentials.find(wish.publicId))?.token.revokedAt).not.toBeNull()
  })

  test('tokens are listed in the order of their creation, and no organisation sees or changes another one’s', async () => {
    const { storage, apiCredentials } = subject()
    const [mine, other] = [await makeOrganization(storage), await makeOrganization(storage)]
    const tokens = [newApiToken(), newApiToken()]
    for (const token of tokens) await storage.transaction(mine.id, ({ apiTokens }) => apiTokens.insert(token, newDigest()))
    const list = await storage.read(mine.id, ({ apiTokens }) => apiTokens.list())
    expect(list.map(({ id }) => id)).toEqual(tokens.map(({ id }) => id))
    const [first] = list
    await storage.transaction(other.id, async ({ apiTokens, now }) => {
      expect(await apiTokens.list()).toEqual([])
      expect(await apiTokens.lock(first!.id)).toBeUndefined()
      await apiTokens.save({ ...first!, revokedAt: now })
    })
    await apiCredentials.noteUse(other.id, first!.id)
    expect((await apiCredentials.find(first!.publicId))?.token).toEqual(first)
  })
}
