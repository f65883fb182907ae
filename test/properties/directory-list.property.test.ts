import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type DirectoryItem,
  type DirectoryPage,
  type Position,
  type Selection,
  type Storage,
  type Stores,
  addresses,
} from '@latchkey/application'
import { knexStorage } from '@latchkey/adapter-knex'
import { memoryStorage, sequentialRandomness, settableClock } from '@latchkey/adapter-memory'
import { type OrganizationId, organizationId } from '@latchkey/domain'
import { formatFilter, groupType, parseFilter, readSortBy, resolveFilter, resourceTypes, userType } from '@latchkey/scim'
import { type Directory, directories } from '../arbitraries/directories.ts'
import { type Known, filtersOn, sortableNames } from '../arbitraries/filters.ts'
import { said } from '../contracts/rows.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

/** One list that can be asked for. */
interface Question {
  readonly types: readonly Selection['type'][]
  readonly filter: string | null
  readonly sortBy: string | null
  readonly descending: boolean
  readonly limit: number
  readonly offset: number
}

const { locations } = addresses('http://localhost:8080')
const everything = { groups: true, members: true }
const randomness = sequentialRandomness(99)

let opened: TestDatabase | undefined
beforeAll(async () => {
  opened = await testDatabase({ poolMax: 2 })
})
afterAll(() => opened?.close())

test('invariant 7: PostgreSQL and the filter’s own meaning select the same resources, in the same order, on the same pages', async () => {
  const postgres = knexStorage(opened!.database, { locations })
  await fc.assert(
    fc.asyncProperty(directories, fc.gen(), async (directory, generate) => {
      const clock = settableClock(0)
      const memory = memoryStorage({ locations, clock })
      const organization = organizationId(randomness.uuid())
      for (const step of steps(organization, directory)) {
        const now = await postgres.transaction(organization, async (stores) => {
          await step(stores)
          return stores.now
        })
        clock.advance(now - clock.now())
        await memory.transaction(organization, step)
      }

      const dates = await datesIn(memory, organization)
      const questions = generate(() =>
        fc.array(questionsAbout({ ids: idsOf(directory), addresses: placesOf(directory), dates }), { minLength: 40, maxLength: 40 }),
      )
      for (const question of questions) {
        const expected = await ask(memory, organization, question, { kind: 'offset', offset: 0, limit: 100 })
        const context = JSON.stringify(question)
        expect(await ask(postgres, organization, question, { kind: 'offset', offset: 0, limit: 100 }), context).toEqual(expected)
        const { offset, limit } = question
        const page = { total: expected.total, items: expected.items.slice(offset, offset + limit) }
        for (const storage of [postgres, memory]) {
          const { next, ...shown } = await ask(storage, organization, question, { kind: 'offset', offset, limit })
          expect(shown, context).toEqual(page)
          expect(next === null, context).toBe(shown.items.length < limit)
          if (next === null) continue
          // Nobody came or went, so to go on from where a page ended is to count from the beginning.
          const counted = await ask(storage, organization, question, { kind: 'offset', offset: offset + limit, limit })
          const resumed = { kind: 'resumed', offset: offset + limit, position: next, limit } as const
          expect(await ask(storage, organization, question, resumed), context).toEqual(counted)
        }
        for (const storage of [postgres, memory])
          expect(await walk(storage, organization, question), context).toEqual(expected.items.map(idOf))
      }
    }),
    { numRuns: 25, endOnFailure: true },
  )
}, 180_000)

/** The directory as transactions that one storage can carry out after another: made, changed a little, and some of it deleted. */
function steps(id: OrganizationId, { users: people, groups: gatherings }: Directory): readonly ((stores: Stores) => Promise<void>)[] {
  return [
    async ({ organization }) => {
      await organization.insert({ id, slug: `org-${id.slice(0, 13)}`, name: 'Acme', scimEnabled: true })
    },
    async ({ users }) => {
      for (const { user, attributes } of people)
        await users.insert({ ...user, directory: user.directory === 'deleted' ? 'enabled' : user.directory }, attributes)
    },
    async ({ groups, memberships }) => {
      for (const { group, members } of gatherings) {
        await groups.insert(group)
        await memberships.add(group.id, members)
      }
    },
    async ({ users, groups, memberships }) => {
      for (const { user, attributes } of people) {
        if (user.directory !== 'deleted') continue
        await groups.touch(await memberships.removeUser(user.id))
        const before = await users.lock(user.id)
        if (before) await users.save(before, user, attributes)
      }
    },
    async ({ groups }) => {
      for (const { group, members } of gatherings) {
        const before = members.length === 2 ? await groups.lock(group.id) : undefined
        if (before) await groups.delete(before)
      }
    },
  ]
}

function questionsAbout(known: Known): fc.Arbitrary<Question> {
  return fc.constantFrom([userType], [groupType], resourceTypes).chain((types) =>
    fc.record({
      types: fc.constant(types.map(({ name }) => name)),
      filter: fc.option(
        fc
          .constantFrom(...types)
          .chain((type) => filtersOn(type, known))
          .map(formatFilter),
        { freq: 8 },
      ),
      sortBy: fc.option(fc.constantFrom(...types.flatMap(sortableNames))),
      descending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 5 }),
      offset: fc.nat(8),
    }),
  )
}

async function ask(storage: Storage, organization: OrganizationId, { types, filter, sortBy, descending }: Question, page: DirectoryPage) {
  const selections = resourceTypes
    .filter(({ name }) => types.includes(name))
    .map((type): Selection => {
      return {
        type: type.name,
        // Over several types, an attribute that one of them lacks has no value there.
        filter:
          filter === null
            ? null
            : resolveFilter(type, parseFilter(filter, { lengthMax: 100_000 }), types.length === 1 ? 'refuse' : 'no-value'),
        sortBy: sortBy === null ? null : (readSortBy(type, sortBy) ?? null),
      }
    })
  const list = { selections, descending, page, wants: everything }
  const { items, ...listed } = await storage.read(organization, ({ directory }) => directory.list(list))
  return { ...listed, items: items.map(shown) }
}

function shown(item: DirectoryItem): DirectoryItem {
  return item.type === 'User' ? { ...item, view: { ...item.view, record: said(item.view.record) } } : item
}

/** The ids on all pages, one page after the other. */
async function walk(storage: Storage, organization: OrganizationId, question: Question): Promise<readonly string[]> {
  const ids: string[] = []
  let position: Position | null = null
  do {
    const page: Awaited<ReturnType<typeof ask>> = await ask(storage, organization, question, {
      kind: 'after',
      position,
      limit: question.limit,
    })
    ids.push(...page.items.map(idOf))
    position = page.next
  } while (position !== null && ids.length < 100)
  return ids
}

function idOf({ type, view }: DirectoryItem): string {
  return type === 'User' ? view.record.user.id : view.record.group.id
}

function idsOf({ users, groups }: Directory): readonly string[] {
  return [...users.map(({ user }) => user.id), ...groups.map(({ group }) => group.id)]
}

function placesOf({ users, groups }: Directory): readonly string[] {
  return [...users.map(({ user }) => locations.user(user.id)), ...groups.map(({ group }) => locations.group(group.id))]
}

/** Every moment that a filter could be about, and those beside it. */
function datesIn(storage: Storage, organization: OrganizationId): Promise<readonly string[]> {
  return storage.read(organization, async ({ directory }) => {
    const selections = (['User', 'Group'] as const).map((type) => ({ type, filter: null, sortBy: null }))
    const { items } = await directory.list({
      selections,
      descending: false,
      page: { kind: 'offset', offset: 0, limit: 100 },
      wants: everything,
    })
    const moments = items.flatMap(({ view: { record } }) => [record.createdAt, record.lastModifiedAt, record.lastModifiedAt + 1])
    return moments.map((moment) => new Date(moment).toISOString())
  })
}
