import {
  ChangeGroup,
  type ChangeStep,
  CreateGroup,
  type GroupRecord,
  type Precondition,
  type ScimCaller,
  addresses,
  groupResource,
} from '@latchkey/application'
import { type UserId, scimTokenId } from '@latchkey/domain'
import { type MemberOperation, ScimError, parsePatch, splitMemberOperations } from '@latchkey/scim'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deleteUser, insertGroup, insertUser, makeOrganization, newGroup, newUser, newUserId, randomness } from './rows.ts'
import type { Subject } from './storage.contract.ts'
import { admittedTo } from '../admitted.ts'

const always: Precondition = () => true
const quietly = { members: false }

/** An operation on a group of four people, who are named by their numbers. */
type Asked =
  | { readonly kind: 'add' | 'remove' | 'replace-all'; readonly users: readonly number[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'remove-where'; readonly user: number }
  | { readonly kind: 'replace-where'; readonly user: number; readonly by: number }

const whom = fc.nat(3)
const operations: fc.Arbitrary<readonly Asked[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('add' as const, 'remove' as const, 'replace-all' as const),
      users: fc.array(whom, { maxLength: 3 }),
    }),
    fc.constant({ kind: 'clear' } as const),
    fc.record({ kind: fc.constant('remove-where' as const), user: whom }),
    fc.record({ kind: fc.constant('replace-where' as const), user: whom, by: whom }),
  ),
  { maxLength: 5 },
)

function carriedOut(members: readonly number[] | 'no target', asked: Asked): readonly number[] | 'no target' {
  if (members === 'no target') return members
  switch (asked.kind) {
    case 'add':
      return [...members, ...asked.users]
    case 'remove':
      return members.filter((user) => !asked.users.includes(user))
    case 'replace-all':
      return asked.users
    case 'clear':
      return []
    case 'remove-where':
      return members.filter((user) => user !== asked.user)
    case 'replace-where':
      return members.includes(asked.user) ? [...members.filter((user) => user !== asked.user), asked.by] : 'no target'
  }
}

/** What a provider does to groups, on every adapter. */
export function groupChangesContract(subject: Subject): void {
  const made = async ({ isEntitled = true } = {}) => {
    const { storage, events } = subject()
    const organization = await makeOrganization(storage)
    const caller: ScimCaller = {
      organization,
      token: scimTokenId(randomness.uuid()),
      mode: 'tolerant',
      admission: admittedTo(organization, { isEntitled }),
      request: { id: 'test', provider: () => null, elapsedMs: () => 1 },
    }
    const people: UserId[] = []
    for (const name of ['ada', 'grace', 'jean', 'joan']) people.push((await insertUser(storage, organization.id, newUser(name))).user.id)
    const changeGroup = new ChangeGroup({ storage })
    return {
      storage,
      organization,
      people,
      caller,
      createGroup: new CreateGroup({ storage, randomness }),
      change: (
        { group }: Pick<GroupRecord, 'group'>,
        members: readonly MemberOperation[],
        { precondition = always, steps = [] as readonly ChangeStep[] } = {},
      ) => changeGroup.execute({ caller, id: group.id, steps, members, precondition, wants: quietly }),
      /** Everything that a change may move. */
      state: async ({ group }: Pick<GroupRecord, 'group'>) => ({
        view: await storage.read(organization.id, ({ groups }) => groups.get(group.id, { members: true })),
        events: (await events(organization.id)).map(({ event }) => event),
        activity: await storage.read(organization.id, ({ activity }) => activity.firsts()),
      }),
    }
  }

  test('a change that is refused leaves nothing, whatever it named', async () => {
    const { storage, organization, people, change, state } = await made()
    const [ada, grace, jean, joan] = people
    await deleteUser(storage, organization.id, joan!)
    const staff = await insertGroup(storage, organization.id, newGroup('Staff'), [ada!])
    const local = await insertGroup(storage, organization.id, newGroup('Local', { managedBy: 'local' }), [ada!])
    const other = await made()
    const theirs = await insertGroup(other.storage, other.organization.id, newGroup('Theirs'), [other.people[0]!])
    const everyWay: readonly (readonly MemberOperation[])[] = [
      [{ kind: 'add', ids: [grace!] }],
      [{ kind: 'add', ids: [grace!, jean!] }],
      [{ kind: 'remove', ids: [ada!] }],
      [{ kind: 'clear' }],
      [{ kind: 'replace-all', ids: [grace!, jean!] }],
      [{ kind: 'add', ids: [grace!] }, ...filtered('remove', 'members[display eq "ada"]')],
    ]
    const before = { staff: await state(staff), local: await state(local), theirs: await other.state(theirs) }

    for (const members of everyWay) {
      expect(await change({ group: newGroup('None') }, members)).toEqual({ ok: false, error: { kind: 'group-not-found' } })
      expect(await change(theirs, members)).toEqual({ ok: false, error: { kind: 'group-not-found' } })
      expect(await change(local, members)).toEqual({ ok: false, error: { kind: 'group-managed-locally' } })
      expect(await change(staff, members, { precondition: (version) => version > 1 })).toEqual({
        ok: false,
        error: { kind: 'version-moved' },
      })
      const unnamed = change(staff, members, { steps: [{ names: 'displayName', apply: (resource) => ({ ...resource, displayName: '' }) }] })
      expect(await unnamed).toMatchObject({ ok: false, error: { kind: 'name-unusable' } })
      const broken = new ScimError(400, 'invalidValue', 'No.')
      const apply = () => {
        throw broken
      }
      await expect(change(staff, members, { steps: [{ names: 'x', apply }] })).rejects.toBe(broken)
      for (const nobody of [newUserId(), joan!, other.people[0]!, 'no-id']) {
        const refused = { ok: false, error: { kind: 'members-not-found', values: [nobody] } }
        expect(await change(staff, [...members, { kind: 'add', ids: [nobody] }])).toEqual(refused)
        expect(await change(staff, [{ kind: 'replace-all', ids: [grace!, nobody] }, ...members])).toEqual(refused)
        // Even one whom a later operation takes out again.
        expect(await change(staff, [{ kind: 'add', ids: [nobody] }, { kind: 'remove', ids: [nobody] }, ...members])).toEqual(refused)
        expect(await change(staff, [...members, ...filtered('remove', 'members[display eq "x"]'), { kind: 'add', ids: [nobody] }])).toEqual(
          refused,
        )
      }
    }
    const replace = [{ kind: 'add', ids: [grace!] } as const, ...filtered('replace', 'members[display eq "nobody"]', { value: jean! })]
    await expect(change(staff, replace)).rejects.toMatchObject({ status: 400, scimType: 'noTarget' })

    expect({ staff: await state(staff), local: await state(local), theirs: await other.state(theirs) }).toEqual(before)
  })

  test('unknown members are told as they were sent, the first ten', async () => {
    const { storage, organization, people, change } = await made()
    const staff = await insertGroup(storage, organization.id, newGroup('Staff'))
    const unknown = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? `strange ${index}` : newUserId().toUpperCase()))
    expect(await change(staff, [{ kind: 'add', ids: [people[0]!, ...unknown, unknown[1]!] }])).toEqual({
      ok: false,
      error: { kind: 'members-not-found', values: unknown.slice(0, 10) },
    })
  })

  test('who may not provision may remove, and whatever would add somebody leaves nothing', async () => {
    const { storage, organization, people, change, state } = await made({ isEntitled: false })
    const [ada, grace] = people
    const staff = await insertGroup(storage, organization.id, newGroup('Staff'), [ada!, grace!])
    const before = await state(staff)
    const refused = { ok: false, error: { kind: 'not-entitled' } }
    expect(await change(staff, [{ kind: 'replace-all', ids: [ada!, people[2]!] }])).toEqual(refused)
    expect(await change(staff, [...filtered('remove', 'members[display eq "ada"]'), { kind: 'add', ids: [people[2]!] }])).toEqual(refused)
    expect(await state(staff)).toEqual(before)
    expect(await change(staff, [{ kind: 'add', ids: [ada!] }])).toMatchObject({ ok: true, value: { record: { version: 1 } } })
    expect(await change(staff, [{ kind: 'replace-all', ids: [ada!] }])).toMatchObject({ ok: true, value: { record: { version: 2 } } })
    expect((await state(staff)).view?.members?.map(({ id }) => id)).toEqual([ada])
  })

  test('adding a member, and removing who is none, is no change: no version, no event', async () => {
    const { storage, organization, people, change, state } = await made()
    const [ada, grace, jean] = people
    const staff = await insertGroup(storage, organization.id, newGroup('Staff'), [ada!, grace!])
    const before = await state(staff)
    const nothing: readonly (readonly MemberOperation[])[] = [
      [{ kind: 'add', ids: [ada!] }],
      [{ kind: 'add', ids: [grace!, ada!, ada!] }],
      [{ kind: 'remove', ids: [jean!] }],
      [{ kind: 'remove', ids: [jean!, newUserId(), 'no-id'] }],
      [{ kind: 'replace-all', ids: [grace!, ada!] }],
      [
        { kind: 'add', ids: [jean!] },
        { kind: 'remove', ids: [jean!] },
      ],
      filtered('remove', 'members[display eq "jean"]'),
      [],
    ]
    for (const members of nothing) expect(await change(staff, members)).toMatchObject({ ok: true, value: { record: staff } })
    expect(await state(staff)).toEqual(before)
  })

  const names = ['ada', 'grace', 'jean', 'joan']

  test('the operations of one PATCH are carried out in their order (RFC 7644 §3.5.2), and the event says who came and went', async () => {
    const { storage, organization, people, change, state } = await made()
    await fc.assert(
      fc.asyncProperty(operations, fc.subarray([0, 1, 2, 3]), async (asked, first) => {
        const group = await insertGroup(
          storage,
          organization.id,
          newGroup(randomness.uuid()),
          first.map((index) => people[index]!),
        )
        const members = asked.reduce<readonly number[] | 'no target'>(carriedOut, first)
        const before = await state(group)
        const result = change(
          group,
          asked.flatMap((one): readonly MemberOperation[] => {
            if ('users' in one) return [{ kind: one.kind, ids: one.users.map((index) => people[index]!) }]
            if (one.kind === 'clear') return [{ kind: 'clear' }]
            const path = `members[display eq "${names[one.user]}"]`
            return one.kind === 'remove-where' ? filtered('remove', path) : filtered('replace', path, { value: people[one.by]! })
          }),
        )
        if (members === 'no target') {
          await expect(result).rejects.toMatchObject({ scimType: 'noTarget' })
          expect(await state(group)).toEqual(before)
          return
        }
        expect((await result).ok).toBe(true)
        const after = await state(group)
        const ids = (indexes: readonly number[]) => [...new Set(indexes)].map((index) => people[index]!).sort()
        expect(after.view?.members?.map(({ id }) => id).toSorted()).toEqual(ids(members))
        const joined = ids(members.filter((user) => !first.includes(user)))
        const left = ids(first.filter((user) => !members.includes(user)))
        const moves = joined.length + left.length > 0
        expect(after.view?.record.version).toBe(moves ? 2 : 1)
        const told = after.events.slice(before.events.length)
        expect(
          told.map((event) =>
            event.kind === 'group-changed' ? { ...event, joined: event.joined.toSorted(), left: event.left.toSorted() } : event,
          ),
        ).toEqual(moves ? [{ kind: 'group-changed', group: group.group.id, attributes: [], joined, left }] : [])
      }),
      { numRuns: 60 },
    )
  })

  test('a new group has the members that were named, in their order; who is unknown leaves no group', async () => {
    const { storage, organization, people, caller, createGroup, state } = await made()
    const [ada, grace, jean] = people
    const resource = { schemas: [], displayName: 'Staff' }
    const nobody = newUserId()
    expect(await createGroup.execute(caller, resource, [ada!, nobody, 'x'], { members: true })).toEqual({
      ok: false,
      error: { kind: 'members-not-found', values: [nobody, 'x'] },
    })
    const result = await createGroup.execute(caller, resource, [jean!, ada!.toUpperCase(), jean!, grace!], { members: true })
    if (!result.ok) throw new Error(result.error.kind)
    const { view, events } = await state(result.value.record)
    expect(result.value).toEqual(view)
    const { locations } = addresses('http://localhost:8080')
    expect(groupResource(result.value, locations)['members']).toMatchObject([{ value: jean }, { value: ada }, { value: grace }])
    expect(events).toEqual([{ kind: 'group-created', group: result.value.record.group.id, joined: [jean, ada, grace] }])
    expect(await createGroup.execute(caller, resource, [], { members: true })).toMatchObject({ ok: false, error: { kind: 'name-taken' } })
    const groups = await storage.transaction(organization.id, ({ memberships }) => memberships.groupsOf(ada!))
    expect(groups).toEqual([result.value.record.group.id])
  })

  test('whoever changes one group at the same time, nothing is lost and every change is one version', async () => {
    const { storage, organization, people, change, state } = await made()
    const staff = await insertGroup(storage, organization.id, newGroup('Staff'))
    const crowd: UserId[] = []
    for (let index = 0; index < 30; index += 1) crowd.push((await insertUser(storage, organization.id, newUser(`crowd-${index}`))).user.id)
    const results = await Promise.all([
      ...crowd.map((user) => change(staff, [{ kind: 'add', ids: [user] }])),
      change(staff, [{ kind: 'add', ids: people }]),
    ])
    expect(results.every(({ ok }) => ok)).toBe(true)
    const removals = await Promise.all(crowd.slice(0, 15).map((user) => change(staff, [{ kind: 'remove', ids: [user] }])))
    expect(removals.every(({ ok }) => ok)).toBe(true)
    const { view } = await state(staff)
    expect(view?.record.version).toBe(1 + 31 + 15)
    expect(view?.members?.map(({ id }) => id).toSorted()).toEqual([...crowd.slice(15), ...people].sort())
  })
}

function filtered(op: 'remove' | 'replace', path: string, value?: { readonly value: string }): readonly MemberOperation[] {
  const Operations = [value ? { op, path, value } : { op, path }]
  return splitMemberOperations(parsePatch({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })).members
}
