import fc from 'fast-check'
import { expect } from 'vitest'
import { canonicalName, canonicalText } from '@latchkey/domain'
import type { DirectoryItem } from '@latchkey/application'
import { type JsonObject, enterpriseUserSchema, isArray, isObject } from '@latchkey/scim'
import { type Dialect, groupBody, patchGroupBody, patchUserBody, strictDialects, tolerantDialects, userBody } from './directory-dialects.ts'
import {
  type Body,
  type Gathering,
  type MemberWish,
  type OrganizationModel,
  type Person,
  type Wish,
  actInPerson,
  changeGathering,
  changePerson,
  createGathering,
  createPerson,
  deleteGathering,
  deletePerson,
  mayCreateGathering,
  mayCreatePerson,
  noFacts,
  sorted,
} from './directory-model.ts'
import type { OrganizationWorld } from './directory-world.ts'

/** Two organisations, side by side. */
export interface Model {
  readonly organizations: readonly [OrganizationModel, OrganizationModel]
  /** Every id there ever was, of either, deleted ones too. */
  readonly userIds: string[]
  readonly groupIds: string[]
}

export interface World {
  readonly organizations: readonly [OrganizationWorld, OrganizationWorld]
  /** What was seen last of every resource. */
  readonly seen: Map<string, { readonly version: number; readonly lastModified: number }>
}

type Command = fc.AsyncCommand<Model, World>

/** Whom a command is about: mostly somebody whom the provider made, sometimes anybody of either organisation, dead or alive. */
interface Pick {
  readonly among: 'provisioned' | 'live' | 'all'
  readonly index: number
}

const pick: fc.Arbitrary<Pick> = fc.record({
  among: fc.oneof(
    { weight: 8, arbitrary: fc.constant('provisioned' as const) },
    { weight: 1, arbitrary: fc.constantFrom('live' as const, 'all' as const) },
  ),
  index: fc.nat(20),
})

const userNames = fc.constantFrom(
  'ada',
  'ADA',
  'grace@example.com',
  'Grace@Example.com',
  'jürgen',
  'JU\u0308RGEN',
  'straße',
  'STRASSE',
  'joan@münchen.example',
  'owner',
  'local',
)
const externalIds = fc.option(fc.constantFrom('ext-1', 'Ext-1', 'ext-2'))
const someText = fc.constantFrom('Ada', 'ADA', 'Engineering', '工程', 'O\'Brien "x" \\ %_')
const workEmail = fc.constantFrom('ada@example.com', 'ADA@example.com', 'grace@example.com')

const facts = fc.record({
  displayName: fc.option(someText),
  title: fc.option(someText),
  givenName: fc.option(someText),
  department: fc.option(someText),
  workEmail: fc.option(workEmail),
})

const bodies: fc.Arbitrary<Body> = fc.record({
  userName: userNames,
  externalId: externalIds,
  active: fc.option(fc.boolean()),
  facts: fc.oneof(fc.constant(noFacts), facts),
})

const textAttributes = fc.constantFrom('displayName', 'title', 'givenName', 'department')

const wishes: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('set'), attribute: textAttributes, value: fc.option(someText) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('set'), attribute: fc.constant('workEmail'), value: fc.option(workEmail) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set'), attribute: fc.constant('externalId'), value: externalIds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename'), value: userNames }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('active'), value: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('invalid'),
      operation: fc.constantFrom(
        { op: 'replace', path: 'id', value: 'mine' },
        { op: 'replace', path: 'active', value: 'perhaps' },
        { op: 'remove', path: 'userName' },
        { op: 'replace', path: 'userName', value: '' },
        { op: 'add', path: 'emails[type eq "work"', value: 'ada@example.com' },
        { op: 'add', path: 'groups', value: 'Staff' },
      ),
    }),
  },
)

const memberLists = fc.array(pick, { minLength: 1, maxLength: 3 })
const memberWishes = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('add', 'remove', 'replace'), members: memberLists }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const, members: [] }) },
)
const groupNames = fc.constantFrom('Staff', 'STAFF', 'Straße', 'strasse', 'Guests', 'Local')
const groupNaming = fc.record({ displayName: groupNames, externalId: externalIds })
const side = fc.constantFrom(0 as const, 1 as const)
const dialects = fc.nat(tolerantDialects.length - 1)

const createUser: fc.Arbitrary<Command> = fc.tuple(side, bodies).map(([at, body]) =>
  command('create user', [at, body], async (model, world) => {
    const organization = model.organizations[at]
    const expected = mayCreatePerson(organization, body)
    const { outcome, view } = await world.organizations[at].createUser(userBody(body))
    expect(outcome).toBe(expected)
    if (!view) return
    // Invariant 2: an id was nobody's before.
    expect(model.userIds).not.toContain(view.record.user.id)
    createPerson(organization, view.record.user.id, body)
    model.userIds.push(view.record.user.id)
  }),
)

const userCommands: readonly fc.Arbitrary<Command>[] = [
  fc.tuple(side, pick, bodies).map(([at, whom, body]) =>
    command('replace user', [at, whom, body], async (model, world) => {
      const id = userOf(model, at, whom)
      await twice(
        model,
        world,
        at,
        () => changePerson(model.organizations[at], id, body),
        () => world.organizations[at].replaceUser(id, userBody(body)),
      )
    }),
  ),
  fc.tuple(side, pick, fc.array(wishes, { minLength: 1, maxLength: 4 }), dialects).map(([at, whom, asked, n]) =>
    command('patch user', [at, whom, asked, n], async (model, world) => {
      const id = userOf(model, at, whom)
      const body = patchUserBody(asked, dialectOf(model, at, n))
      await twice(
        model,
        world,
        at,
        () => changePerson(model.organizations[at], id, asked),
        () => world.organizations[at].patchUser(id, body),
      )
    }),
  ),
  fc.tuple(side, pick).map(([at, whom]) =>
    command('put user back', [at, whom], async (model, world) => {
      const id = userOf(model, at, whom)
      const view = await world.organizations[at].getUser(id)
      expect(view !== undefined).toBe(model.organizations[at].people.has(id))
      if (!view || model.organizations[at].people.get(id)?.managedBy === 'local') return
      // Invariant 3: what was given out, given back, changes nothing.
      const { outcome, view: after } = await world.organizations[at].replaceUser(
        id,
        world.organizations[at].representation({ type: 'User', view }),
      )
      expect([outcome, after]).toEqual(['ok', view])
    }),
  ),
  fc.tuple(side, pick).map(([at, whom]) =>
    command('delete user', [at, whom], async (model, world) => {
      const id = userOf(model, at, whom)
      expect((await world.organizations[at].deleteUser(id)).outcome).toBe(deletePerson(model.organizations[at], id))
    }),
  ),
  fc.tuple(side, pick).map(([at, whom]) =>
    command('act in person', [at, whom], async (model, world) => {
      const id = userOf(model, at, whom)
      await world.organizations[at].actInPerson(id)
      actInPerson(model.organizations[at], id)
    }),
  ),
]

const createGroup: fc.Arbitrary<Command> = fc.tuple(side, groupNaming, fc.array(pick, { maxLength: 3 })).map(([at, naming, picks]) =>
  command('create group', [at, naming, picks], async (model, world) => {
    const organization = model.organizations[at]
    const members = picks.map((whom) => userOf(model, at, whom))
    const expected = mayCreateGathering(organization, naming, members)
    const { outcome, view } = await world.organizations[at].createGroup(groupBody(naming, members))
    expect(outcome).toBe(expected)
    if (!view) return
    expect(model.groupIds).not.toContain(view.record.group.id)
    createGathering(organization, view.record.group.id, naming, members)
    model.groupIds.push(view.record.group.id)
  }),
)

const groupCommands: readonly fc.Arbitrary<Command>[] = [
  fc
    .tuple(side, pick, fc.option(groupNaming), fc.array(memberWishes, { minLength: 1, maxLength: 3 }), dialects)
    .map(([at, which, naming, asked, n]) =>
      command('patch group', [at, which, naming, asked, n], async (model, world) => {
        const id = groupOf(model, at, which)
        const wished = asked.map(
          ({ kind, members }): MemberWish => (kind === 'clear' ? { kind } : { kind, ids: members.map((whom) => userOf(model, at, whom)) }),
        )
        const body = patchGroupBody(naming ?? {}, wished, dialectOf(model, at, n))
        await twice(
          model,
          world,
          at,
          () => changeGathering(model.organizations[at], id, naming ?? {}, wished),
          () => world.organizations[at].patchGroup(id, body),
        )
      }),
    ),
  fc.tuple(side, pick, groupNaming, fc.option(fc.array(pick, { maxLength: 3 }))).map(([at, which, naming, picks]) =>
    command('replace group', [at, which, naming, picks], async (model, world) => {
      const id = groupOf(model, at, which)
      const members = picks && picks.map((whom) => userOf(model, at, whom))
      // A PUT that does not name members asks nothing of them.
      const asked: readonly MemberWish[] = members === null ? [] : [{ kind: 'replace', ids: members }]
      const body = groupBody(naming, members)
      await twice(
        model,
        world,
        at,
        () => changeGathering(model.organizations[at], id, naming, asked),
        () => world.organizations[at].replaceGroup(id, body),
      )
    }),
  ),
  fc.tuple(side, pick).map(([at, which]) =>
    command('put group back', [at, which], async (model, world) => {
      const id = groupOf(model, at, which)
      const view = await world.organizations[at].getGroup(id)
      expect(view !== undefined).toBe(model.organizations[at].gatherings.has(id))
      if (!view || view.record.group.managedBy === 'local') return
      const { outcome, view: after } = await world.organizations[at].replaceGroup(
        id,
        world.organizations[at].representation({ type: 'Group', view }),
      )
      expect([outcome, after]).toEqual(['ok', view])
    }),
  ),
  fc.tuple(side, pick).map(([at, which]) =>
    command('delete group', [at, which], async (model, world) => {
      const id = groupOf(model, at, which)
      expect((await world.organizations[at].deleteGroup(id)).outcome).toBe(deleteGathering(model.organizations[at], id))
    }),
  ),
]

interface Question<Resource> {
  readonly filter: string
  holds(resource: Resource): boolean
}

const userQuestions = fc.oneof(
  userNames.map((name): Question<Person> => {
    return { filter: `userName eq ${JSON.stringify(name)}`, holds: (person) => canonicalName(person.userName) === canonicalName(name) }
  }),
  fc.boolean().map((active): Question<Person> => ({ filter: `active eq ${active}`, holds: (person) => person.active === active })),
  someText.map(
    (text): Question<Person> => ({ filter: `title eq ${JSON.stringify(text)}`, holds: (person) => says(person.facts.title, text) }),
  ),
  someText.map((text): Question<Person> => {
    return { filter: `not (displayName eq ${JSON.stringify(text)})`, holds: (person) => !says(person.facts.displayName, text) }
  }),
  workEmail.map((address): Question<Person> => {
    return { filter: `emails[type eq "work" and value eq "${address}"]`, holds: (person) => says(person.facts.workEmail, address) }
  }),
  fc.constant<Question<Person>>({ filter: 'externalId pr', holds: ({ externalId }) => externalId !== null }),
)

const groupQuestions = fc.oneof(
  groupNames.map(
    (name): Question<Gathering> => ({ filter: `displayName eq "${name}"`, holds: ({ displayName }) => says(displayName, name) }),
  ),
  fc.constant<Question<Gathering>>({ filter: 'members pr', holds: ({ members }) => members.size > 0 }),
)

function says(value: string | null, text: string): boolean {
  return value !== null && canonicalText(value) === canonicalText(text)
}

const listCommands: readonly fc.Arbitrary<Command>[] = [
  fc.tuple(side, fc.option(userQuestions), fc.integer({ min: 1, max: 3 })).map(([at, question, count]) =>
    command('list users', [at, question?.filter, count], async (model, world) => {
      const found = [...model.organizations[at].people.values()].filter((person) => question?.holds(person) ?? true)
      await expectPages(world.organizations[at], 'User', question?.filter ?? null, count, found)
    }),
  ),
  fc.tuple(side, fc.option(groupQuestions), fc.integer({ min: 1, max: 3 })).map(([at, question, count]) =>
    command('list groups', [at, question?.filter, count], async (model, world) => {
      const found = [...model.organizations[at].gatherings.values()].filter((gathering) => question?.holds(gathering) ?? true)
      await expectPages(world.organizations[at], 'Group', question?.filter ?? null, count, found)
    }),
  ),
]

/** In the proportions in which they are drawn. */
export const commands = [
  createUser,
  createUser,
  createUser,
  ...userCommands,
  ...userCommands,
  createGroup,
  ...groupCommands,
  ...listCommands,
]

/** Invariant 7: by index and by cursor, every resource once, in order of creation, with the true total. */
async function expectPages(
  world: OrganizationWorld,
  type: 'User' | 'Group',
  filter: string | null,
  count: number,
  found: readonly { readonly id: string }[],
): Promise<void> {
  const expected = sorted(found.map(({ id }) => id))
  const byIndex: string[] = []
  const byCursor: string[] = []
  for (let startIndex = 1; startIndex <= expected.length + 1; startIndex += count) {
    const { total, items } = await world.list(type, filter, { kind: 'index', startIndex, count })
    expect(total).toBe(expected.length)
    byIndex.push(...items.map(idOf))
  }
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Awaited<ReturnType<OrganizationWorld['list']>> = await world.list(type, filter, { kind: 'cursor', cursor, count })
    expect(page.total).toBe(expected.length)
    byCursor.push(...page.items.map(idOf))
    cursor = page.next
  }
  expect([byIndex, byCursor]).toEqual([expected, expected])
}

/** Invariant 4: the same twice is once. The second time the model changes nothing, so neither may the product. */
async function twice(
  model: Model,
  world: World,
  at: 0 | 1,
  expected: () => string,
  act: () => Promise<{ readonly outcome: string }>,
): Promise<void> {
  expect((await act()).outcome).toBe(expected())
  const before = JSON.stringify(await world.organizations[at].list('User', null, { kind: 'index', startIndex: 1, count: 500 }))
  const { events } = model.organizations[at]
  const again = expected()
  // What is refused to an owner's account is noted each time, and changes nothing.
  if (again !== 'user-is-owner' && model.organizations[at].events !== events) return
  expect((await act()).outcome).toBe(again)
  expect(JSON.stringify(await world.organizations[at].list('User', null, { kind: 'index', startIndex: 1, count: 500 }))).toBe(before)
}

function command(name: string, details: readonly unknown[], run: (model: Model, world: World) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      await run(model, world)
      await expectSame(model, world)
    },
    toString: () => `${name} ${JSON.stringify(details)}`,
  }
}

/** Everything of both organisations is as the model says, and nothing else moved (invariants 1, 6 and 8). */
async function expectSame(model: Model, world: World): Promise<void> {
  for (const at of [0, 1] as const) {
    const organization = model.organizations[at]
    const { list, representation, countEvents, queuedMails } = world.organizations[at]
    const users = await list('User', null, { kind: 'index', startIndex: 1, count: 500 })
    const groups = await list('Group', null, { kind: 'index', startIndex: 1, count: 500 })
    expect(users.items.map((item) => personIn(item, representation(item)))).toEqual(
      [...organization.people.values()].map((person) => withGroups(person, organization)),
    )
    expect(groups.items.map(gatheringIn)).toEqual(
      [...organization.gatherings.values()].map((gathering) => ({ ...gathering, members: sorted(gathering.members) })),
    )
    expect(await countEvents()).toBe(organization.events)
    expect(sorted(await queuedMails())).toEqual(sorted(organization.mails))
    for (const item of [...users.items, ...groups.items]) expectLater(world, item)
  }
}

/** A version never stands for two states, and every change is later than the one before. */
function expectLater({ seen }: World, item: DirectoryItem): void {
  const { version, lastModifiedAt: lastModified } = item.view.record
  const before = seen.get(idOf(item))
  if (before?.version === version) expect(lastModified).toBe(before.lastModified)
  else if (before) {
    expect(version).toBeGreaterThan(before.version)
    expect(lastModified).toBeGreaterThan(before.lastModified)
  }
  seen.set(idOf(item), { version, lastModified })
}

function withGroups(person: Person, { gatherings }: OrganizationModel) {
  return { ...person, groups: sorted([...gatherings.values()].flatMap(({ id, members }) => (members.has(person.id) ? [id] : []))) }
}

/** What a representation says of a person, in the words of the model. */
function personIn(item: DirectoryItem, resource: JsonObject) {
  if (item.type !== 'User') throw new Error('A list of users holds users.')
  const { user, version } = item.view.record
  const { name, emails, groups, [enterpriseUserSchema.id]: enterprise } = resource
  const email = isArray(emails) ? emails[0] : undefined
  return {
    id: user.id,
    userName: resource['userName'],
    externalId: resource['externalId'] ?? null,
    active: resource['active'],
    managedBy: user.managedBy,
    isOwner: user.role === 'owner',
    isLinked: user.identityLink !== null,
    hasKey: user.encryptionKey.state === 'registered',
    isMailQueued: user.setUpMailQueued,
    facts: {
      displayName: resource['displayName'] ?? null,
      title: resource['title'] ?? null,
      givenName: (isObject(name) ? name['givenName'] : undefined) ?? null,
      department: (isObject(enterprise) ? enterprise['department'] : undefined) ?? null,
      workEmail: (isObject(email) ? email['value'] : undefined) ?? null,
    },
    version,
    groups: sorted(isArray(groups) ? groups.map((group) => (isObject(group) ? String(group['value']) : '')) : []),
  }
}

function gatheringIn(item: DirectoryItem) {
  if (item.type !== 'Group') throw new Error('A list of groups holds groups.')
  const { record, members } = item.view
  return { ...record.group, members: sorted((members ?? []).map(({ id }) => id)), version: record.version }
}

function idOf({ type, view }: DirectoryItem): string {
  return type === 'User' ? view.record.user.id : view.record.group.id
}

function userOf(model: Model, at: 0 | 1, whom: Pick): string {
  return chosen(model.organizations[at].people, model.userIds, whom)
}

function groupOf(model: Model, at: 0 | 1, which: Pick): string {
  return chosen(model.organizations[at].gatherings, model.groupIds, which)
}

/** Small numbers are drawn most, so they mean who came last. */
function chosen(live: ReadonlyMap<string, Person | Gathering>, all: readonly string[], { among, index }: Pick): string {
  const provisioned = [...live.values()].flatMap((one) => (one.managedBy === 'scim' ? [one.id] : []))
  const ids = { provisioned, live: [...live.keys()], all }[among]
  return ids.at(-1 - (index % Math.max(ids.length, 1))) ?? '00000000-0000-7000-8000-00000000dead'
}

function dialectOf(model: Model, at: 0 | 1, index: number): Dialect {
  const spoken = model.organizations[at].mode === 'tolerant' ? tolerantDialects : strictDialects
  return spoken[index % spoken.length]!
}
