import { expect, test } from 'vitest'
import { changeOf, changesAhead, firstMember, groupId, groups, groupsOf, numbersOf, userBody, userId, usersFor } from './directory.ts'
import { named, operations } from './operations.ts'

test.each(Object.entries(groups).flatMap(([name, size]) => [1, 100].map((members) => ({ name, size, members: members as 1 | 100 }))))(
  'whoever joins a $name group, $members at a time, was no member and leaves it again',
  ({ size, members }) => {
    const joined = new Map<string, Set<string>>()
    for (let turn = 0; turn < 4 * changesAhead; turn += 1) {
      const change = changeOf(size, turn, members)
      const there = joined.get(change.group) ?? new Set()
      joined.set(change.group, there)
      expect(change.members).toHaveLength(members)
      for (const member of change.members) {
        expect(there.has(member)).toBe(!change.joins)
        const number = Number.parseInt(member.slice(-12), 16)
        const group = numbersOf(size).find((one) => groupId(one) === change.group)!
        expect(number).toBeGreaterThanOrEqual(firstMember(size, group) + size.size)
        expect(number).toBeLessThan(usersFor(size))
        if (change.joins) there.add(member)
        else there.delete(member)
      }
    }
    expect(joined.size).toBe(size.changed)
    expect([...joined.values()].every((there) => there.size === 0)).toBe(true)
  },
)

test('no group that is read is changed, and no two groups have one number', () => {
  const all = Object.values(groups).flatMap(numbersOf)
  expect(new Set(all).size).toBe(all.length)
})

test('every operation has a name of its own', () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length)
})

test('a user is answered with the groups it is in, by everybody who tells them', () => {
  const directory = { users: usersFor(groups.middle), cursor: null, tellsGroups: true }
  const groupsTold = [100, 200, 201, 202].map((group) => ({ value: groupId(group), display: `Group ${group}` }))
  const user = { ...userBody(0), id: userId(0) }
  const { isRight } = named('get user')
  expect(groupsOf(0, directory.users)).toEqual([100, 200, 201, 202])
  expect(groupsOf(10_000, directory.users)).toEqual([])
  expect(isRight({ ...user, groups: groupsTold }, 0, directory)).toBe(true)
  expect(isRight({ ...user, groups: groupsTold.slice(1) }, 0, directory)).toBe(false)
  expect(isRight(user, 0, directory)).toBe(false)
  expect(isRight(user, 0, { ...directory, tellsGroups: false })).toBe(true)
})
