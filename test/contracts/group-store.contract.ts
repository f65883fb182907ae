import { expect, test } from 'vitest'
import { UniqueNameTaken, groupResource } from '@latchkey/application'
import type { GroupId, UserId } from '@latchkey/domain'
import { deleteGroup, insertGroup, insertUser, makeOrganization, newGroup, newGroupId, newUser } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const alone = { members: false }
const withMembers = { members: true }

export function groupStoreContract(subject: Subject): void {
  test('a new group has version 1, was created and changed now, and has no members', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const group = newGroup('Ärzte & "Co" 😀', { externalId: 'Ext-1', managedBy: 'local' })
    const record = await storage.transaction(id, async ({ groups, now }) => {
      const inserted = await groups.insert(group)
      expect(inserted).toEqual({ group, version: 1, createdAt: now, lastModifiedAt: now })
      return inserted
    })
    await storage.transaction(id, async ({ groups }) => {
      expect(await groups.get(group.id, withMembers)).toEqual({ record, members: [] })
      expect(await groups.get(group.id, alone)).toEqual({ record, members: null })
      expect(await groups.lock(group.id)).toEqual(record)
      expect(await groups.lock(newGroupId())).toBeUndefined()
      expect(await groups.get(newGroupId(), withMembers)).toBeUndefined()
    })
  })

  test('members are shown in the order in which they joined, by displayName or else by userName', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'), { displayName: 'Ada Lovelace' })
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const { user: jean } = await insertUser(storage, id, newUser('jean'))
    const group = newGroup('Staff')
    await insertGroup(storage, id, group, [jean.id])
    for (const user of [ada, grace]) await storage.transaction(id, ({ memberships }) => memberships.add(group.id, [user.id]))
    await storage.transaction(id, async ({ memberships }) => {
      // Leaving and coming back is joining anew.
      await memberships.remove(group.id, [ada.id])
      await memberships.add(group.id, [jean.id, ada.id])
    })
    expect((await storage.read(id, ({ groups }) => groups.get(group.id, withMembers)))?.members).toEqual([
      { id: jean.id, display: 'jean' },
      { id: grace.id, display: 'grace' },
      { id: ada.id, display: 'Ada Lovelace' },
    ])
  })

  test('members as text are what the resource shows of them, whatever they are called', async () => {
    const { storage, locations } = subject()
    const { id } = await makeOrganization(storage)
    const names = ['Ada', '"q" \\ /', 'a\u2028b\u2029<&>', '\u0001\u001f\u007f\t\n\r\b\f', '', 'Ärzte 😀', "O'Brien, {}[]"]
    const people = []
    for (const [index, displayName] of names.entries()) {
      people.push((await insertUser(storage, id, newUser(`user-${index}`), { displayName })).user.id)
    }
    people.push((await insertUser(storage, id, newUser('jürgen "j"'))).user.id)
    const { group } = await insertGroup(storage, id, newGroup('Staff'), people)
    const asked = { locations, membersMax: people.length }
    const [view, text] = await storage.read(id, ({ groups }) =>
      Promise.all([groups.get(group.id, withMembers), groups.text(group.id, asked)]),
    )
    if (!view) throw new Error('The group is not there.')
    expect(text?.record).toEqual(view.record)
    expect(`[${text?.members}]`).toBe(JSON.stringify(groupResource(view, locations)['members']))
  })

  test('members as text are told unless they are too many, and of no group that is not there', async () => {
    const { storage, locations } = subject()
    const { id } = await makeOrganization(storage)
    const other = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const { group: staff } = await insertGroup(storage, id, newGroup('Staff'), [ada.id, grace.id])
    const { group: empty } = await insertGroup(storage, id, newGroup('Empty'))
    const { group: gone } = await insertGroup(storage, id, newGroup('Gone'), [ada.id])
    await deleteGroup(storage, id, gone.id)
    const read = (group: GroupId, membersMax: number, organization = id) =>
      storage.glance(organization, ({ groups }) => groups.text(group, { locations, membersMax }))
    expect((await read(staff.id, 2))?.members).toContain(grace.id)
    expect((await read(staff.id, 1))?.members).toBeNull()
    expect((await read(empty.id, 0))?.members).toBe('')
    for (const nothing of [read(gone.id, 9), read(newGroupId(), 9), read(staff.id, 9, other.id)]) expect(await nothing).toBeUndefined()
    for (const [organization, group] of [[other.id, staff.id] as const, [id, gone.id] as const, [id, newGroupId()] as const]) {
      const portion = await storage.read(organization, ({ groups }) => groups.portion(group, { locations, after: 0, limit: 9 }))
      expect(portion).toEqual({ text: '', next: null })
    }
  })

  test('portion after portion is every member once, in the order in which they joined', async () => {
    const { storage, locations } = subject()
    const { id } = await makeOrganization(storage)
    const people: UserId[] = []
    for (let index = 0; index < 7; index += 1) people.push((await insertUser(storage, id, newUser(`user-${index}`))).user.id)
    const order = [3, 0, 6, 1, 5, 2, 4].map((index) => people[index]!)
    const { group } = await insertGroup(storage, id, newGroup('Staff'), order)
    await insertGroup(storage, id, newGroup('Others'), people)
    for (const limit of [1, 3, 7, 8]) {
      await storage.read(id, async ({ groups }) => {
        const sizes: number[] = []
        const seen: string[] = []
        for (let after: number | null = 0; after !== null; ) {
          const { text, next } = await groups.portion(group.id, { locations, after, limit })
          const members: { value: string }[] = JSON.parse(`[${text}]`)
          seen.push(...members.map(({ value }) => value))
          sizes.push(members.length)
          after = next
        }
        expect(seen).toEqual(order)
        expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true)
      })
    }
  })

  test('every save and every touch is the next version and a later moment, two in one millisecond too', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const group = newGroup('Staff')
    const untouched = await insertGroup(storage, id, newGroup('Others'))
    const inserted = await insertGroup(storage, id, group)
    await storage.transaction(id, async ({ groups }) => {
      const renamed = { ...group, displayName: 'Everybody', externalId: 'ext-1' }
      const saved = await groups.save(inserted, renamed)
      expect(saved).toMatchObject({ group: renamed, version: 2, createdAt: inserted.createdAt })
      expect(saved.lastModifiedAt).toBeGreaterThan(inserted.lastModifiedAt)
      await groups.touch([group.id])
      await groups.touch([])
      const touched = await groups.lock(group.id)
      expect(touched).toMatchObject({ group: renamed, version: 3, createdAt: inserted.createdAt })
      expect(touched?.lastModifiedAt).toBeGreaterThan(saved.lastModifiedAt)
      expect(await groups.lock(untouched.group.id)).toEqual(untouched)
    })
  })

  test('no two live groups have one name, in whatever spelling; a deleted one gives it back', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const first = await insertGroup(storage, id, newGroup('Straße', { externalId: 'ext-1' }))
    await expect(insertGroup(storage, id, newGroup('STRASSE'))).rejects.toMatchObject({ name: 'UniqueNameTaken', attribute: 'displayName' })
    await expect(insertGroup(storage, id, newGroup('Other', { externalId: 'ext-1' }))).rejects.toMatchObject({ attribute: 'externalId' })
    const second = await insertGroup(storage, id, newGroup('Other', { externalId: 'EXT-1' }))
    const rename = storage.transaction(id, ({ groups }) => groups.save(second, { ...second.group, displayName: 'ｓtrasse' }))
    await expect(rename).rejects.toBeInstanceOf(UniqueNameTaken)
    await expect(
      storage.transaction(id, ({ groups }) => groups.save(first, { ...first.group, displayName: 'strasse' })),
    ).resolves.toBeDefined()
    await deleteGroup(storage, id, first.group.id)
    await expect(insertGroup(storage, id, newGroup('STRASSE', { externalId: 'ext-1' }))).resolves.toBeDefined()
    await expect(insertGroup(storage, id, { ...first.group, displayName: 'New', externalId: null })).rejects.toThrow()
  })

  test('deleting a group answers who were members, and ends their memberships', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const { group } = await insertGroup(storage, id, newGroup('Staff'), [ada.id, grace.id])
    const { group: kept } = await insertGroup(storage, id, newGroup('Kept'), [ada.id])
    expect((await deleteGroup(storage, id, group.id)).toSorted()).toEqual([ada.id, grace.id])
    await storage.transaction(id, async ({ groups, users, memberships }) => {
      expect(await groups.get(group.id, withMembers)).toBeUndefined()
      expect(await groups.lock(group.id)).toBeUndefined()
      expect((await users.get(ada.id, { groups: true }))?.groups).toEqual([{ id: kept.id, displayName: 'Kept' }])
      expect(await memberships.groupsOf(grace.id)).toEqual([])
    })
  })

  test('transactions that lock the same groups in whatever order all come to an end', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const made = await Promise.all(['a', 'b', 'c'].map((name) => insertGroup(storage, id, newGroup(name))))
    const ids = made.map(({ group }) => group.id)
    const orders = [ids, ids.toReversed(), [ids[1]!, ids[0]!, ids[2]!]]
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        storage.transaction(id, async ({ groups }) => {
          const order = orders[index % 3]!
          await groups.lockAll(order)
          await groups.touch(order)
        }),
      ),
    )
    await storage.read(id, async ({ groups }) => {
      for (const group of ids) expect((await groups.get(group, alone))?.record.version).toBe(13)
    })
  })
}
