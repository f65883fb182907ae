import { expect, test } from 'vitest'
import { UniqueNameTaken } from '@latchkey/application'
import { insertUser, makeOrganization, newDigest, newUser } from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function organizationStoreContract(subject: Subject): void {
  test('an organisation is given back as it was made, with the time of its making', async () => {
    const { storage } = subject()
    const made = await makeOrganization(storage, { name: 'Ädams & Söhne "Ltd" 😀' })
    await storage.transaction(made.id, async ({ organization, now }) => {
      expect(await organization.get()).toEqual(made)
      expect(await organization.lock()).toEqual(made)
      expect(made.createdAt).toBeLessThanOrEqual(now)
    })
  })

  test('its settings can be changed', async () => {
    const { storage } = subject()
    const made = await makeOrganization(storage)
    await storage.transaction(made.id, async ({ organization }) =>
      organization.save({ ...(await organization.lock()), scimEnabled: false }),
    )
    expect(await storage.read(made.id, ({ organization }) => organization.get())).toEqual({ ...made, scimEnabled: false })
  })

  test('no two organisations have one slug', async () => {
    const { storage } = subject()
    const { slug } = await makeOrganization(storage)
    const second = makeOrganization(storage, { slug })
    await expect(second).rejects.toBeInstanceOf(UniqueNameTaken)
    await expect(second).rejects.toMatchObject({ attribute: 'slug' })
  })

  test('who locks an organisation has it alone: of two fifth tokens at once there is one', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const countUp = () =>
      storage.transaction(id, async ({ organization }) => {
        const before = await organization.lock()
        await organization.save({ ...before, name: `${before.name}.` })
      })
    await Promise.all(Array.from({ length: 8 }, countUp))
    expect((await storage.read(id, ({ organization }) => organization.get())).name).toBe(`Acme${'.'.repeat(8)}`)
  })

  test('the register knows every organisation, by slug too', async () => {
    const { storage, register } = subject()
    const first = await makeOrganization(storage)
    const second = await makeOrganization(storage)
    const known = (await register.list()).filter(({ id }) => id === first.id || id === second.id)
    expect(known).toEqual([first, second])
    expect(await register.findBySlug(second.slug)).toEqual(second)
    expect(await register.findBySlug(second.slug.toUpperCase())).toBeUndefined()
    expect(await register.findBySlug('nobody')).toBeUndefined()
  })

  test('a new owner link ends every earlier one of the same user, and of nobody else', async () => {
    const { storage, ownerLinks } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada', { role: 'owner', managedBy: 'local' }))
    const { user: grace } = await insertUser(storage, id, newUser('grace', { role: 'owner', managedBy: 'local' }))
    const digests = [newDigest(), newDigest(), newDigest()] as const
    for (const [user, digest] of [
      [ada.id, digests[0]],
      [grace.id, digests[1]],
      [ada.id, digests[2]],
    ] as const) {
      await storage.transaction(id, (stores) => stores.ownerLinks.insert({ user, digest, expiresAt: stores.now + 1_000 }))
    }
    const links = (await ownerLinks(id)).map(({ user, digest }) => [user, digest.hmac]).toSorted()
    expect(links).toEqual(
      [
        [ada.id, digests[2].hmac],
        [grace.id, digests[1].hmac],
      ].toSorted(),
    )
  })
}
