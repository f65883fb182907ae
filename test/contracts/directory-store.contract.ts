import { expect, test } from 'vitest'
import type { OrganizationId } from '@latchkey/domain'
import type { DirectoryPage, DirectoryStore, Position, Selection, Storage } from '@latchkey/application'
import { groupType, parseFilter, readSortBy, resolveFilter, userType } from '@latchkey/scim'
import { deleteGroup, deleteUser, insertGroup, insertUser, makeOrganization, newGroup, newUser } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const everything = { groups: true, members: true }
const first = (limit: number): DirectoryPage => ({ kind: 'offset', offset: 0, limit })

export function directoryStoreContract(subject: Subject): void {
  test('a list holds the live resources of the types asked for, and the true total', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await fill(storage, id)
    expect(await namesIn(storage, id, [select('User')], first(10))).toEqual([4, ['ada', 'grace', 'jean', 'joan']])
    expect(await namesIn(storage, id, [select('Group')], first(10))).toEqual([2, ['Staff', 'Guests']])
    expect(await namesIn(storage, id, [select('User'), select('Group')], first(10))).toEqual([
      6,
      ['ada', 'grace', 'jean', 'joan', 'Staff', 'Guests'],
    ])
    expect(await namesIn(storage, id, [], first(10))).toEqual([0, []])
  })

  test('pages by offset: a limit of 0 counts, an offset beyond the end is empty, and the total is always true', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await fill(storage, id)
    const page = (offset: number, limit: number) => namesIn(storage, id, [select('User')], { kind: 'offset', offset, limit })
    expect(await page(0, 0)).toEqual([4, []])
    expect(await page(1, 2)).toEqual([4, ['grace', 'jean']])
    expect(await page(3, 2)).toEqual([4, ['joan']])
    expect(await page(4, 2)).toEqual([4, []])
    expect(await page(1_000_000, 2)).toEqual([4, []])
  })

  test('pages by position: every resource once, and no next position on the last page', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await fill(storage, id)
    const pages: (readonly string[])[] = []
    let position: Position | null = null
    do {
      const page: Awaited<ReturnType<DirectoryStore['list']>> = await list(storage, id, [select('User'), select('Group')], {
        kind: 'after',
        position,
        limit: 2,
      })
      expect(page.total).toBe(6)
      pages.push(page.items.map(nameOf))
      position = page.next
    } while (position !== null && pages.length < 10)
    expect(pages).toEqual([
      ['ada', 'grace'],
      ['jean', 'joan'],
      ['Staff', 'Guests'],
    ])
    expect((await list(storage, id, [select('User')], { kind: 'after', position: null, limit: 0 })).next).toBeNull()
    expect((await list(storage, id, [select('User')], first(3))).next).not.toBeNull()
    expect((await list(storage, id, [select('User')], first(5))).next).toBeNull()
  })

  test('a page that is resumed goes on where the last one ended, whoever left before it, and counts what was read', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { ada, joan } = await fill(storage, id)
    for (const descending of [false, true]) {
      for (const sortBy of [null, 'userName']) {
        const selections = [select('User', null, sortBy)]
        const read = await list(storage, id, selections, first(2), descending)
        const resumed = { kind: 'resumed', offset: 2, position: read.next!, limit: 2 } as const
        const rest = await list(storage, id, selections, { kind: 'offset', offset: 2, limit: 2 }, descending)
        expect(await list(storage, id, selections, resumed, descending)).toEqual(rest)
        expect(rest.total).toBe(4)
      }
    }
    const { next } = await list(storage, id, [select('User')], first(2))
    await deleteUser(storage, id, ada)
    const resumed = (offset: number, limit: number) =>
      namesIn(storage, id, [select('User')], { kind: 'resumed', offset, position: next!, limit })
    expect(await resumed(2, 2)).toEqual([4, ['jean', 'joan']])
    await insertUser(storage, id, newUser('mary'))
    expect(await resumed(2, 5)).toEqual([5, ['jean', 'joan', 'mary']])
    await deleteUser(storage, id, joan)
    expect(await resumed(2, 1)).toEqual([4, ['jean']])
    expect(
      await namesIn(storage, id, [select('User'), select('Group')], { kind: 'resumed', offset: 2, position: next!, limit: 9 }),
    ).toEqual([6, ['jean', 'Staff', 'Guests', 'mary']])
  })

  test('a position stays good when what it named is deleted, and shows what was made behind it', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { jean } = await fill(storage, id)
    const { next } = await list(storage, id, [select('User')], { kind: 'after', position: null, limit: 3 })
    await deleteUser(storage, id, jean)
    await insertUser(storage, id, newUser('mary'))
    const rest = await list(storage, id, [select('User')], { kind: 'after', position: next, limit: 3 })
    expect(rest.items.map(nameOf)).toEqual(['joan', 'mary'])
  })

  test('sorting: absent values come last when ascending and first when descending; equal ones by creation', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await fill(storage, id)
    const sorted = async (sortBy: string, descending: boolean, limit = 10) =>
      (await namesIn(storage, id, [select('User', null, sortBy)], first(limit), descending))[1]
    // Titles: ada "b", grace none, jean "B", joan "a".
    expect(await sorted('title', false)).toEqual(['joan', 'ada', 'jean', 'grace'])
    expect(await sorted('title', true)).toEqual(['grace', 'jean', 'ada', 'joan'])
    expect(await sorted('title', true, 2)).toEqual(['grace', 'jean'])
    expect(await sorted('userName', true)).toEqual(['joan', 'jean', 'grace', 'ada'])
    expect(await sorted('meta.created', true)).toEqual(await sorted('id', true))
  })

  test('sorting by a multi-valued attribute goes by the primary value, else by the first', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await insertUser(storage, id, newUser('x'), { emails: [{ value: 'a@example.com' }, { value: 'z@example.com', primary: true }] })
    await insertUser(storage, id, newUser('y'), { emails: [{ value: 'm@example.com' }, { value: 'b@example.com' }] })
    await insertUser(storage, id, newUser('z'))
    expect((await namesIn(storage, id, [select('User', null, 'emails')], first(9)))[1]).toEqual(['y', 'x', 'z'])
  })

  test('a filter selects, by what a resource is and by what others say of it', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { staff, ada } = await fill(storage, id)
    const users = async (filter: string) => (await namesIn(storage, id, [select('User', filter)], first(10)))[1]
    expect(await users('userName eq "ADA"')).toEqual(['ada'])
    expect(await users('title eq "b"')).toEqual(['ada', 'jean'])
    expect(await users('not (title pr)')).toEqual(['grace'])
    expect(await users(`groups.value eq "${staff}"`)).toEqual(['ada', 'grace'])
    expect(await users('groups[display eq "STAFF" and type eq "direct"]')).toEqual(['ada', 'grace'])
    expect(await users('active eq false')).toEqual(['joan'])
    expect((await namesIn(storage, id, [select('Group', `members.value eq "${ada}"`)], first(10)))[1]).toEqual(['Staff'])
    expect(await namesIn(storage, id, [select('User', 'title pr'), select('Group', 'displayName sw "g"')], first(10))).toEqual([
      4,
      ['ada', 'jean', 'joan', 'Guests'],
    ])
  })

  test('of more than the page holds who have one address, the first are shown and all are counted', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    for (const name of ['ada', 'grace', 'jean']) await insertUser(storage, id, newUser(name), { emails: [{ value: 'team@example.com' }] })
    const selections = [select('User', 'emails.value eq "Team@example.com"')]
    const found = (limit: number) =>
      storage.glance(id, async ({ directory }) => {
        const { total, items } = await directory.list({ selections, descending: false, page: first(limit), wants: everything })
        return [total, items.map(nameOf)]
      })
    expect(await found(1)).toEqual([3, ['ada']])
    expect(await found(2)).toEqual([3, ['ada', 'grace']])
    expect(await found(3)).toEqual([3, ['ada', 'grace', 'jean']])
  })

  test('groups and members are read only where they are wanted', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { staff, ada, grace } = await fill(storage, id)
    const both = [select('User', 'userName eq "ada"'), select('Group', 'displayName eq "staff"')]
    const shown = async (wants: typeof everything) =>
      (await storage.read(id, ({ directory }) => directory.list({ selections: both, descending: false, page: first(9), wants }))).items
    expect(await shown(everything)).toMatchObject([
      { type: 'User', view: { groups: [{ id: staff, displayName: 'Staff' }] } },
      {
        type: 'Group',
        view: {
          members: [
            { id: ada, display: 'ada' },
            { id: grace, display: 'grace' },
          ],
        },
      },
    ])
    expect(await shown({ groups: false, members: false })).toMatchObject([
      { type: 'User', view: { groups: [] } },
      { type: 'Group', view: { members: null } },
    ])
  })

  test('what a list shows of a resource is what looking it up shows', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    await fill(storage, id)
    await storage.read(id, async ({ directory, users, groups }) => {
      const { items } = await directory.list({
        selections: [select('User'), select('Group')],
        descending: false,
        page: first(9),
        wants: everything,
      })
      for (const { type, view } of items) {
        expect(view).toEqual(
          type === 'User' ? await users.get(view.record.user.id, everything) : await groups.get(view.record.group.id, everything),
        )
      }
    })
  })
}

function select(type: Selection['type'], filter: string | null = null, sortBy: string | null = null): Selection {
  const resourceType = type === 'User' ? userType : groupType
  return {
    type,
    filter: filter === null ? null : resolveFilter(resourceType, parseFilter(filter, { lengthMax: 1_000 })),
    sortBy: sortBy === null ? null : (readSortBy(resourceType, sortBy) ?? null),
  }
}

/** Four users, two groups, and what is deleted. */
async function fill(storage: Storage, organization: OrganizationId) {
  const user = async (userName: string, title: string | null, facts: Parameters<typeof newUser>[1] = {}) =>
    (await insertUser(storage, organization, newUser(userName, facts), title === null ? {} : { title })).user.id
  const ada = await user('ada', 'b')
  const grace = await user('grace', null)
  const jean = await user('jean', 'B')
  await deleteUser(storage, organization, await user('gone', 'a'))
  const joan = await user('joan', 'a', { directory: 'deactivated' })
  const { group: staff } = await insertGroup(storage, organization, newGroup('Staff'), [ada, grace])
  const { group: gone } = await insertGroup(storage, organization, newGroup('Gone'), [jean])
  await deleteGroup(storage, organization, gone.id)
  await insertGroup(storage, organization, newGroup('Guests'), [joan])
  return { ada, grace, jean, joan, staff: staff.id }
}

function list(storage: Storage, organization: OrganizationId, selections: readonly Selection[], page: DirectoryPage, descending = false) {
  return storage.read(organization, ({ directory }) => directory.list({ selections, descending, page, wants: everything }))
}

async function namesIn(
  storage: Storage,
  organization: OrganizationId,
  selections: readonly Selection[],
  page: DirectoryPage,
  descending = false,
) {
  const { total, items } = await list(storage, organization, selections, page, descending)
  return [total, items.map(nameOf)] as const
}

function nameOf({ type, view }: Awaited<ReturnType<DirectoryStore['list']>>['items'][number]): string {
  return type === 'User' ? view.record.user.userName : view.record.group.displayName
}
