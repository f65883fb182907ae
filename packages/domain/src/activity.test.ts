import { expect, test } from 'vitest'
import { askedFor, changeOf, groupChange } from './activity.ts'
import { groupId, userId } from './ids.ts'

const user = userId('00000000-0000-4000-8000-000000000001')
const group = groupId('00000000-0000-4000-8000-000000000002')

test('what was done reads as a person would say it', () => {
  const changed = { kind: 'user-changed', user, adopted: false, attributes: ['active'] } as const
  const say = (event: Parameters<typeof askedFor>[0]) => {
    const asked = askedFor(event, 'ada@example.com')
    return asked && `${asked.verb} ${asked.name}`
  }
  expect(say({ ...changed, directory: 'deactivated' })).toBe('deactivate ada@example.com')
  expect(say({ ...changed, directory: 'reactivated' })).toBe('reactivate ada@example.com')
  expect(say({ ...changed, directory: 'unchanged', attributes: ['title', 'emails'] })).toBe('change title and emails of ada@example.com')
  expect(say({ kind: 'user-deleted', user, groups: [] })).toBe('delete ada@example.com')
  expect(say({ kind: 'scim-enabled' })).toBeNull()
  expect(askedFor({ kind: 'group-created', group, joined: [] }, 'Crew')).toEqual({
    action: 'create-group',
    verb: 'create group',
    subject: group,
    name: 'Crew',
  })
})

test('changes of groups tell how many came and went', () => {
  expect(groupChange({ attributes: [], joined: [user], left: [] })).toBe('add 1 member to group')
  expect(groupChange({ attributes: ['displayName'], joined: [user, user], left: [user] })).toBe(
    'rename, add 2 members to and remove 1 member from group',
  )
})

test('long lists are cut short, and URNs are left out', () => {
  expect(changeOf(['a', 'b', 'c', 'd', 'e'])).toBe('change a, b, c and 2 more of')
  expect(changeOf(['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'])).toBe('change User of')
})
