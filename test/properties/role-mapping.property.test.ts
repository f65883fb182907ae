import fc from 'fast-check'
import { memoryStorage, settableClock } from '@latchkey/adapter-memory'
import { RoleMappings, addresses, effectiveRoles, operatorOf } from '@latchkey/application'
import { type GrantedRole, type Role, type User, isAtLeast, mapRole } from '@latchkey/domain'
import { expect, test } from 'vitest'
import { insertGroup, insertUser, makeOrganization, newGroup, newUser } from '../contracts/rows.ts'

const granted = fc.constantFrom<GrantedRole>('member', 'auditor', 'admin')
const roles = fc.constantFrom<Role>('member', 'auditor', 'admin', 'owner')
const order: readonly Role[] = ['member', 'auditor', 'admin', 'owner']

test('32: the effective role is the highest of one’s own, the default, and the mapped roles of present memberships', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('map' as const), group: fc.nat({ max: 2 }), role: fc.option(granted) }),
    fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), group: fc.nat({ max: 2 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.option(roles), fc.array(step, { maxLength: 12 }), async (own, steps) => {
      const storage = memoryStorage({ locations: addresses('http://localhost').locations, clock: settableClock() })
      const organization = await makeOrganization(storage)
      const { user } = await insertUser(storage, organization.id, newUser('ada', { role: own, managedBy: 'local' }))
      const groups = []
      for (const name of ['One', 'Two', 'Three']) groups.push((await insertGroup(storage, organization.id, newGroup(name))).group.id)
      const mapped = new Map<number, GrantedRole>()
      const joined = new Set<number>()
      const mappings = new RoleMappings({ storage })
      for (const { group, ...what } of steps) {
        const id = groups[group]!
        if (what.kind === 'map') {
          expect((await mappings.save(operatorOf(organization), id, what.role)).ok).toBe(true)
          if (what.role === null) mapped.delete(group)
          else mapped.set(group, what.role)
        } else {
          await storage.transaction(organization.id, async ({ memberships }) => {
            if (what.kind === 'join') await memberships.add(id, [user.id])
            else await memberships.remove(id, [user.id])
          })
          if (what.kind === 'join') joined.add(group)
          else joined.delete(group)
        }
        const ranks = [0, own === null ? 0 : order.indexOf(own), ...[...joined].map((one) => order.indexOf(mapped.get(one) ?? 'member'))]
        const effective = await storage.read(organization.id, (stores) => effectiveRoles(stores, organization, [user]))
        expect(effective.get(user.id)).toBe(order[Math.max(...ranks)])
      }
    }),
    { numRuns: 50 },
  )
})

test('a preview foretells what the mapping then does, to everybody and to nobody else', async () => {
  const person = fc.record({ own: fc.option(granted), groups: fc.uniqueArray(fc.nat({ max: 1 })) })
  const world = fc.record({
    people: fc.array(person, { minLength: 1, maxLength: 6 }),
    mapped: fc.tuple(fc.option(granted), fc.option(granted)),
  })
  await fc.assert(
    fc.asyncProperty(world, fc.option(granted), async ({ people, mapped }, wish) => {
      const storage = memoryStorage({ locations: addresses('http://localhost').locations, clock: settableClock() })
      const organization = await makeOrganization(storage)
      const users: User[] = []
      for (const [index, { own }] of people.entries()) {
        users.push((await insertUser(storage, organization.id, newUser(`user-${index}`, { role: own, managedBy: 'local' }))).user)
      }
      const mappings = new RoleMappings({ storage })
      const by = operatorOf(organization)
      const groups = []
      for (const [index, role] of mapped.entries()) {
        const members = users.filter((_, person) => people[person]?.groups.includes(index)).map(({ id }) => id)
        const { group } = await insertGroup(storage, organization.id, newGroup(`group-${index}`), members)
        await mappings.save(by, group.id, role)
        groups.push(group.id)
      }
      const rolesNow = () => storage.read(organization.id, (stores) => effectiveRoles(stores, organization, users))
      const [before, preview] = [await rolesNow(), await mappings.preview(by, groups[0]!, wish)]
      await mappings.save(by, groups[0]!, wish)
      const after = await rolesNow()
      const changes = users
        .filter(({ id }) => before.get(id) !== after.get(id))
        .map(({ id, userName }) => ({ user: id, userName, before: before.get(id), after: after.get(id) }))
      expect(preview).toEqual({ ok: true, value: { total: changes.length, changes } })
    }),
    { numRuns: 50 },
  )
})

test('nobody maps a role above their own, nor takes one away that they could not have given', () =>
  fc.assert(
    fc.property(fc.option(granted), fc.option(granted), roles, (before, after, by) => {
      const allowed = [before, after].every((role) => role === null || isAtLeast(by, role))
      expect(mapRole(before, after, by)).toEqual(allowed ? { ok: true, value: after } : { ok: false, error: 'above-own-role' })
    }),
  ))

test('a preview tells who would change, and changes nobody', async () => {
  const storage = memoryStorage({ locations: addresses('http://localhost').locations, clock: settableClock() })
  const organization = await makeOrganization(storage)
  const { user: ada } = await insertUser(storage, organization.id, newUser('ada'))
  const { user: grace } = await insertUser(storage, organization.id, newUser('grace', { role: 'admin', managedBy: 'local' }))
  const { group } = await insertGroup(storage, organization.id, newGroup('Admins'), [ada.id, grace.id])
  const mappings = new RoleMappings({ storage })
  const by = operatorOf(organization)
  expect(await mappings.preview(by, group.id, 'admin')).toEqual({
    ok: true,
    value: { total: 1, changes: [{ user: ada.id, userName: 'ada', before: 'member', after: 'admin' }] },
  })
  expect(await mappings.list(by)).toEqual([])
  expect(await mappings.preview(by, newGroup('none').id, 'admin')).toEqual({ ok: false, error: 'group-not-found' })
  expect(await mappings.save({ ...by, role: 'auditor' }, group.id, 'admin')).toEqual({ ok: false, error: 'above-own-role' })
})
