import { expect, test } from 'vitest'
import type { OrganizationId, UserId } from '@latchkey/domain'
import type { Storage } from '@latchkey/application'
import { type ResolvedFilter, groupType, parseFilter, resolveFilter } from '@latchkey/scim'
import { insertGroup, insertUser, makeOrganization, newGroup, newUser, newUserId } from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function membershipStoreContract(subject: Subject): void {
  test('adding answers who was no member yet, and removing who was one: the rest is a no-op', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const [ada, grace, jean] = await people(storage, id, 'ada', 'grace', 'jean')
    const { group } = await insertGroup(storage, id, newGroup('Staff'), [ada!])
    await storage.transaction(id, async ({ memberships }) => {
      expect((await memberships.add(group.id, [ada!, grace!, grace!])).toSorted()).toEqual([grace])
      expect(await memberships.add(group.id, [])).toEqual([])
      expect(await memberships.remove(group.id, [jean!, newUserId()])).toEqual([])
      expect(await memberships.remove(group.id, [])).toEqual([])
      expect(await memberships.remove(group.id, [ada!, jean!])).toEqual([ada])
    })
    expect(await membersOf(storage, id, group.id)).toEqual([grace])
  })

  test('removing the others leaves those who are named, and adds nobody', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const [ada, grace, jean] = await people(storage, id, 'ada', 'grace', 'jean')
    const { group } = await insertGroup(storage, id, newGroup('Staff'), [ada!, grace!])
    const { group: other } = await insertGroup(storage, id, newGroup('Other'), [ada!, grace!])
    await storage.transaction(id, async ({ memberships }) => {
      expect(await memberships.removeOthers(group.id, [grace!, jean!])).toEqual([ada])
      expect(await memberships.removeOthers(group.id, [grace!])).toEqual([])
    })
    expect(await membersOf(storage, id, group.id)).toEqual([grace])
    await storage.transaction(id, async ({ memberships }) => {
      expect(await memberships.removeOthers(group.id, [])).toEqual([grace])
    })
    expect(await membersOf(storage, id, group.id)).toEqual([])
    expect(await membersOf(storage, id, other.id)).toEqual([ada, grace])
  })

  test('nobody becomes a member who is nobody, nor of what is no group', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const [ada] = await people(storage, id, 'ada')
    const [foreign] = await people(storage, other.id, 'grace')
    const { group } = await insertGroup(storage, id, newGroup('Staff'))
    for (const nobody of [newUserId(), foreign!]) {
      await expect(storage.transaction(id, ({ memberships }) => memberships.add(group.id, [nobody]))).rejects.toThrow()
    }
    await expect(storage.transaction(id, ({ memberships }) => memberships.add(newGroup('None').id, [ada!]))).rejects.toThrow()
    expect(await membersOf(storage, id, group.id)).toEqual([])
  })

  test('a filter selects members by id, name, type and address, as SCIM compares them', async () => {
    const { storage, locations } = subject()
    const { id } = await makeOrganization(storage)
    const [ada, grace] = await people(storage, id, 'Ada', 'Grace')
    const { user: strasse } = await insertUser(storage, id, newUser('user-3'), { displayName: 'Straße' })
    const { group } = await insertGroup(storage, id, newGroup('Staff'), [ada!, grace!, strasse.id])
    const matching = (filter: string) =>
      storage.transaction(id, async ({ memberships }) => (await memberships.matching(group.id, onMembers(filter))).toSorted())
    const all = [ada!, grace!, strasse.id].toSorted()
    expect(await matching(`value eq "${ada}"`)).toEqual([ada])
    expect(await matching(`value ne "${ada}"`)).toEqual([grace, strasse.id].toSorted())
    expect(await matching('display sw "gr"')).toEqual([grace])
    expect(await matching('display eq "STRASSE"')).toEqual([strasse.id])
    expect(await matching('display co "A" and not (display eq "ada")')).toEqual([grace, strasse.id].toSorted())
    expect(await matching('type eq "user"')).toEqual(all)
    expect(await matching('type eq "Group"')).toEqual([])
    expect(await matching('display pr')).toEqual(all)
    expect(await matching(`$ref eq "${locations.user(grace!)}"`)).toEqual([grace])
    expect(await matching('display gt "b"')).toEqual([grace, strasse.id].toSorted())
  })

  test('the groups of a user come in the order of their ids, and all end together', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const [ada, grace] = await people(storage, id, 'ada', 'grace')
    const groups = ['c', 'a', 'b'].map((name) => newGroup(name))
    for (const group of groups.toReversed()) await insertGroup(storage, id, group, [ada!, grace!])
    const ids = groups.map((group) => group.id)
    await storage.transaction(id, async ({ memberships }) => {
      expect(await memberships.groupsOf(ada!)).toEqual(ids)
      expect(await memberships.removeUser(ada!)).toEqual(ids)
      expect(await memberships.removeUser(ada!)).toEqual([])
      expect(await memberships.groupsOf(ada!)).toEqual([])
      expect(await memberships.groupsOf(grace!)).toEqual(ids)
    })
  })
}

async function people(storage: Storage, organization: OrganizationId, ...userNames: readonly string[]): Promise<readonly UserId[]> {
  const records = []
  for (const userName of userNames) records.push(await insertUser(storage, organization, newUser(userName)))
  return records.map(({ user }) => user.id)
}

async function membersOf(
  storage: Storage,
  organization: OrganizationId,
  group: Parameters<typeof insertGroup>[2]['id'],
): Promise<readonly UserId[]> {
  const view = await storage.read(organization, ({ groups }) => groups.get(group, { members: true }))
  return (view?.members ?? []).map(({ id }) => id)
}

/** What stands in the brackets of `members[…]`. */
function onMembers(text: string): ResolvedFilter {
  const resolved = resolveFilter(groupType, parseFilter(`members[${text}]`, { lengthMax: 1_000 }))
  if (resolved.kind !== 'element') throw new Error('A filter on members is a filter on elements.')
  return resolved.filter
}
