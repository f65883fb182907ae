import { expect, test } from 'vitest'
import { askedByWrite } from './asked-by.ts'

const id = '00000000-0000-4000-8000-000000000001'
const user = { type: 'User', id } as const

test.each([
  [{ ...user, kind: 'modify', data: { Operations: [{ op: 'replace', path: 'active', value: false }] } }, 'deactivate'],
  [{ ...user, kind: 'modify', data: { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] } }, 'deactivate'],
  [{ ...user, kind: 'modify', data: { Operations: [{ op: 'replace', value: { active: false } }] } }, 'deactivate'],
  [{ ...user, kind: 'modify', data: { Operations: [{ op: 'replace', path: 'active', value: true }] } }, 'reactivate'],
  [{ ...user, kind: 'modify', data: { Operations: 'no list' } }, 'change'],
  [{ ...user, kind: 'replace', data: { userName: 'ada', active: false } }, 'deactivate'],
  [{ ...user, kind: 'replace', data: { userName: 'ada', active: true } }, 'change'],
  [{ ...user, kind: 'delete', data: null }, 'delete'],
  [
    { type: 'Group', id, kind: 'modify', data: { Operations: [{ op: 'Add', path: 'members', value: [{ value: id }] }] } },
    'add 1 member to group',
  ],
  [
    { type: 'Group', id, kind: 'modify', data: { Operations: [{ op: 'remove', path: `members[value eq "${id}"]` }] } },
    'remove 1 member from group',
  ],
] as const)('%j asks to %s', (write, verb) => {
  expect(askedByWrite(write)).toMatchObject({ verb, subject: id })
})

test('a create is named by what it would have created', () => {
  expect(askedByWrite({ type: 'User', kind: 'create', id: null, data: { userName: 'ada@example.com' } })).toEqual({
    action: 'create-user',
    verb: 'create',
    subject: null,
    name: 'ada@example.com',
  })
})
