import { expect, test } from 'vitest'
import type { OrganizationId, UserId } from '@latchkey/domain'
import type { SeenStores, Storage } from '@latchkey/application'
import { type ResolvedFilter, groupType, parseFilter, resolveFilter } from '@latchkey/scim'
import { deleteGroup, deleteUser, insertGroup, insertUser, makeOrganization, newGroup, newUser, newUserId } from './rows.ts'
import type { Subject } from './storage.contract.ts'

export function membershipStoreContract(subject: Subject): void {
  /** Two who are live, one who is deleted, and one of another organisation. */
  const strangers = async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const [ada, grace, gone] = await people(storage, id, 'ada', 'grace', 'gone')
    await deleteUser(storage, id, gone!)
    const [foreign] = await people(storage, other.id, 'grace')
    return { storage, id, other, ada, grace, gone, foreign }
  }

  test('adding answers who was no member yet, and removing who was one: the rest is a no-op', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const [ada, grace, jean] = await people(storage, id, 'ada', 'grace', 'jean')
    const { group } = await insertGroup(storage, id, newGroup('Staff'), [ada!])
    await storage.transaction(id, async ({ memberships }) => {
      expect(await memberships.add(group.id, [ada!, grace!, grace!])).toEqual({ joined: [grace], unknown: [] })
      expect(await memberships.add(group.id, [grace!])).toEqual({ joined: [], unknown: [] })
      expect(await memberships.add(group.id, [])).toEqual({ joined: [], unknown: [] })
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
    const { storage, id, other, ada, grace, gone, foreign } = await strangers()
    const { group } = await insertGroup(storage, id, newGroup('Staff'))
    const { group: deleted } = await insertGroup(storage, id, newGroup('Deleted'))
    await deleteGroup(storage, id, deleted.id)
    const { group: theirs } = await insertGroup(storage, other.id, newGroup('Theirs'))
    await storage.transaction(id, async ({ memberships }) => {
      for (const nobody of [newUserId(), gone!, foreign!]) {
        expect(await memberships.add(group.id, [nobody])).toEqual({ joined: [], unknown: [nobody] })
      }
      for (const none of [newGroup('None').id, deleted.id, theirs.id]) {
        expect(await memberships.add(none, [ada!])).toEqual({ joined: [], unknown: [] })
        expect(await memberships.add(none, [ada!, foreign!])).toEqual({ joined: [], unknown: [foreign] })
      }
      const { joined, unknown } = await memberships.add(group.id, [foreign!, grace!, gone!, ada!])
      expect([joined.toSorted(), unknown.toSorted()]).toEqual([[ada, grace], [foreign, gone].toSorted()])
    })
    expect(await membersOf(storage, id, group.id)).toEqual([grace, ada])
    for (const none of [deleted.id, theirs.id]) expect(await membersOf(storage, id, none)).toEqual([])
    expect(await membersOf(storage, other.id, theirs.id)).toEqual([])
  })

  test('how somebody stands to a group, and who joins and leaves by that', async () => {
    const { storage, id, ada, grace, gone, foreign } = await strangers()
    const { group } = await insertGroup(storage, id, newGroup('Staff'), [ada!])
    const stand = async (user: UserId) => {
      const ask = ({ memberships }: SeenStores) =>
        Promise.all([memberships.standing(group.id, user, 'join'), memberships.standing(group.id, user, 'leave')])
      const locked = await storage.transaction(id, ask)
      expect(await storage.revise(id, ask, async (_stores, seen) => seen)).toEqual(locked)
      expect(locked[1]).toEqual(locked[0])
      return locked[0]
    }
    expect(await stand(ada!)).toEqual({ isLive: true, isMember: true })
    expect(await stand(grace!)).toEqual({ isLive: true, isMember: false })
    for (const nobody of [gone!, foreign!, newUserId()]) expect(await stand(nobody)).toEqual({ isLive: false, isMember: false })

    await storage.transaction(id, async ({ memberships }) => {
      await memberships.join(group.id, [grace!])
      await memberships.join(group.id, [])
      await memberships.leave(group.id, [])
    })
    expect(await membersOf(storage, id, group.id)).toEqual([ada, grace])
    await storage.transaction(id, ({ memberships }) => memberships.leave(group.id, [ada!]))
    expect(await membersOf(storage, id, group.id)).toEqual([grace])
  })

  test('several join in the order in which they are named, and so do the first of a new group', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const all = await people(storage, id, 'a', 'b', 'c', 'd')
    const order = [all[2]!, all[0]!, all[3]!, all[1]!]
    const { group } = await insertGroup(storage, id, newGroup('Staff'))
    const second = newGroup('Second')
    await storage.transaction(id, async ({ groups, memberships }) => {
      expect((await memberships.add(group.id, order)).joined.toSorted()).toEqual(all)
      await groups.insert(second)
      await memberships.fill(second.id, order)
      await memberships.fill(second.id, [])
    })
    expect(await membersOf(storage, id, group.id)).toEqual(order)
    expect(await membersOf(storage, id, second.id)).toEqual(order)
  })

  test('those who are live are told as members are shown, in the order in which they are named', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const [foreign] = await people(storage, other.id, 'foreign')
    const [gone, grace] = await people(storage, id, 'gone', 'grace')
    const { user: ada } = await insertUser(storage, id, newUser('ada'), { displayName: 'Ada "L" 😀' })
    await deleteUser(storage, id, gone!)
    await storage.transaction(id, async ({ memberships }) => {
      expect(await memberships.live([])).toEqual([])
      expect(await memberships.live([ada.id, foreign!, gone!, newUserId(), grace!])).toEqual([
        { id: ada.id, display: 'Ada "L" 😀' },
        { id: grace, display: 'grace' },
      ])
    })
  })

  test.each(['add', 'live', 'standing'] as const)(
    'users whom `%s` found live cannot be deleted before the transaction ends',
    async (what) => {
      const { storage } = subject()
      const { id } = await makeOrganization(storage)
      const [ada, grace, jean] = await people(storage, id, 'ada', 'grace', 'jean')
      for (const named of [[ada!], [grace!, jean!]]) {
        const { group } = await insertGroup(storage, id, newGroup(`Staff ${named.length}`))
        const order: string[] = []
        let second: Promise<void> = Promise.resolve()
        await storage.transaction(id, async ({ users, memberships }) => {
          if (what === 'standing')
            for (const user of named) expect(await memberships.standing(group.id, user, 'join')).toMatchObject({ isLive: true })
          else if (what === 'live') expect(await memberships.live(named)).toHaveLength(named.length)
          else expect((await memberships.add(group.id, named)).joined).toHaveLength(named.length)
          second = deleteUser(storage, id, named.at(-1)!).then(() => void order.push('second'))
          for (let look = 0; look < 20; look += 1) expect(await users.get(named.at(-1)!, { groups: false })).toBeDefined()
          order.push('first')
        })
        await second
        expect(order).toEqual(['first', 'second'])
      }
    },
  )

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
