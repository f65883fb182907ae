import { expect, test } from 'vitest'
import { deleteGroup, deleteUser, insertGroup, insertUser, makeOrganization, newGroup, newUser } from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function roleMappingStoreContract(subject: Subject): void {
  test('roles follow memberships and mappings at once', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const { group: admins } = await insertGroup(storage, id, newGroup('Admins'), [ada.id])
    const { group: auditors } = await insertGroup(storage, id, newGroup('Auditors'), [ada.id, grace.id])
    const both = [ada.id, grace.id]
    await storage.transaction(id, async ({ roleMappings, memberships }) => {
      expect(await roleMappings.list()).toEqual([])
      expect((await roleMappings.rolesOf(both)).size).toBe(0)
      expect((await roleMappings.rolesOf([])).size).toBe(0)
      await roleMappings.save(admins.id, 'auditor')
      await roleMappings.save(admins.id, 'admin')
      await roleMappings.save(auditors.id, 'auditor')
      expect(await roleMappings.list()).toEqual([
        { group: admins.id, role: 'admin' },
        { group: auditors.id, role: 'auditor' },
      ])
      expect(new Map(await roleMappings.rolesOf(both))).toEqual(
        new Map([
          [ada.id, ['admin', 'auditor']],
          [grace.id, ['auditor']],
        ]),
      )
      expect(await roleMappings.holders('auditor')).toEqual([ada.id, grace.id])
      expect(await roleMappings.holders('admin')).toEqual([ada.id])
      await memberships.remove(admins.id, [ada.id])
      expect(await roleMappings.holders('admin')).toEqual([])
      await roleMappings.save(auditors.id, null)
      expect((await roleMappings.rolesOf(both)).size).toBe(0)
    })
  })

  test('a deleted group gives no role, and a deleted user has none', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const { group: first } = await insertGroup(storage, id, newGroup('First'), [ada.id])
    const { group: second } = await insertGroup(storage, id, newGroup('Second'), [grace.id])
    await storage.transaction(id, async ({ roleMappings }) => {
      await roleMappings.save(first.id, 'admin')
      await roleMappings.save(second.id, 'admin')
    })
    await deleteGroup(storage, id, first.id)
    await deleteUser(storage, id, grace.id)
    await storage.read(id, async ({ roleMappings }) => {
      expect(await roleMappings.list()).toEqual([{ group: second.id, role: 'admin' }])
      expect(await roleMappings.holders('admin')).toEqual([])
    })
  })

  test('no organisation sees or changes another one’s mappings', async () => {
    const { storage } = subject()
    const [mine, other] = [await makeOrganization(storage), await makeOrganization(storage)]
    const { user } = await insertUser(storage, mine.id, newUser('ada'))
    const { group } = await insertGroup(storage, mine.id, newGroup('Admins'), [user.id])
    await storage.transaction(mine.id, ({ roleMappings }) => roleMappings.save(group.id, 'admin'))
    await storage.transaction(other.id, async ({ roleMappings }) => {
      expect(await roleMappings.list()).toEqual([])
      expect((await roleMappings.rolesOf([user.id])).size).toBe(0)
      await roleMappings.save(group.id, null)
    })
    expect(await storage.read(mine.id, ({ roleMappings }) => roleMappings.list())).toHaveLength(1)
  })
}
