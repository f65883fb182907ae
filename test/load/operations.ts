import { bulkRequestSchema, patchSchema } from '@latchkey/scim'
import { groups, groupId, userBody, userId } from './directory.ts'

/** What a request is made of; the contestant adds where it goes and who asks. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/** Something a provisioning client does, over and over. */
export interface Operation {
  readonly name: string
  /** Whether the must-hold list compares it with the floor, and what it must reach. */
  readonly floorRatioMin: number | null
  /** The request of each turn. `turn` counts from 0 and never comes twice. */
  ask(turn: number, directory: { readonly users: number; readonly cursors: Cursors }): Asked
  /** The status of a good answer. */
  readonly status: number
  /** Whether a directory holds what it takes. */
  readonly usersMin: number
  /** Whether it leaves mails to be delivered. */
  readonly queuesMail: boolean
  /** Contestants that cannot do it. */
  readonly without: readonly string[]
}

/** Where the pages of a list begin, for each size of page: nobody knows but who has walked there. */
export interface Cursors {
  readonly page1000: string | null
}

const operation = (
  name: string,
  status: number,
  floorRatioMin: number | null,
  ask: Operation['ask'],
  more: { readonly usersMin?: number; readonly without?: readonly string[]; readonly queuesMail?: boolean } = {},
): Operation => ({
  name,
  status,
  floorRatioMin,
  ask,
  usersMin: more.usersMin ?? 0,
  without: more.without ?? [],
  queuesMail: more.queuesMail ?? false,
})

/** A user far from the one before, as in a directory that is not read in order. */
const spread = (turn: number, users: number): number => (turn * 7_919) % users

const look = (filter: string): Asked => ({ method: 'GET', path: `/Users?filter=${encodeURIComponent(filter)}` })
const patch = (path: string, ...operations: readonly object[]): Asked => ({
  method: 'PATCH',
  path,
  body: { schemas: [patchSchema], Operations: operations },
})
const members = (numbers: readonly number[]) => numbers.map((number) => ({ value: userId(number) }))

/** One member, in and out by turns; members 1 and up are of the directory, and those behind the group's size are no members yet. */
const oneMember =
  (group: { readonly number: number; readonly size: number }): Operation['ask'] =>
  (turn, { users }) => {
    const member =
      group.size >= users ? Math.floor(turn / 2) % users : group.size + (Math.floor(turn / 2) % Math.min(64, users - group.size))
    const path = `/Groups/${groupId(group.number)}`
    return turn % 2 === 0
      ? patch(path, { op: 'add', path: 'members', value: members([member]) })
      : patch(path, { op: 'remove', path: `members[value eq "${userId(member)}"]` })
  }

const hundredMembers: Operation['ask'] = (turn, { users }) => {
  const numbers = Array.from({ length: 100 }, (_, index) => (groups.small.size + 200 + index) % users)
  const path = `/Groups/${groupId(groups.small.number)}`
  return turn % 2 === 0
    ? patch(path, { op: 'add', path: 'members', value: members(numbers) })
    : patch(path, { op: 'remove', path: 'members', value: members(numbers) })
}

/** Users that are made here have numbers that the directory has not. */
const madeFrom = 10_000_000

export const operations: readonly Operation[] = [
  operation('get user', 200, 0.6, (turn, { users }) => ({ method: 'GET', path: `/Users/${userId(spread(turn, users))}` })),
  operation('look up userName', 200, 0.6, (turn, { users }) => look(`userName eq "user${spread(turn, users)}@acme.example"`)),
  operation('look up externalId', 200, 0.6, (turn, { users }) => look(`externalId eq "ext-${spread(turn, users)}"`)),
  operation('look up emails.value', 200, 0.6, (turn, { users }) => look(`emails.value eq "user${spread(turn, users)}@acme.example"`)),
  operation('list 100', 200, 0.5, () => ({ method: 'GET', path: '/Users?count=100' })),
  operation('list 10 by index, page 1', 200, null, () => ({ method: 'GET', path: '/Users?count=10' })),
  operation('list 10 by index, page 1,000', 200, null, () => ({ method: 'GET', path: '/Users?count=10&startIndex=9991' }), {
    usersMin: 10_000,
  }),
  operation('list 10 by cursor, page 1', 200, null, () => ({ method: 'GET', path: '/Users?count=10&cursor=' }), {
    without: ['floor', 'peer'],
  }),
  operation(
    'list 10 by cursor, page 1,000',
    200,
    null,
    (_turn, { cursors }) => ({ method: 'GET', path: `/Users?count=10&cursor=${encodeURIComponent(cursors.page1000 ?? '')}` }),
    { usersMin: 10_010, without: ['floor', 'peer'] },
  ),
  operation('create user', 201, 0.5, (turn) => ({ method: 'POST', path: '/Users', body: userBody(madeFrom + turn) }), { queuesMail: true }),
  operation('PUT user', 200, 0.5, (turn, { users }) => {
    const number = spread(turn, users)
    return { method: 'PUT', path: `/Users/${userId(number)}`, body: userBody(number, `Engineer ${turn}`) }
  }),
  operation('PATCH active', 200, 0.5, (turn, { users }) =>
    patch(`/Users/${userId(spread(turn, users))}`, { op: 'replace', path: 'active', value: Math.floor(turn / users) % 2 === 1 }),
  ),
  operation('PATCH group of 10, 1 member', 204, 0.5, oneMember(groups.small)),
  operation('PATCH group of 10, 100 members', 204, null, hundredMembers),
  operation('PATCH group of 10,000, 1 member', 204, 0.5, oneMember(groups.middle), { usersMin: 10_100 }),
  operation('PATCH group of 100,000, 1 member', 204, 0.5, oneMember(groups.large), { usersMin: 100_100, without: ['peer'] }),
  operation('get group of 10', 200, null, () => ({ method: 'GET', path: `/Groups/${groupId(groups.small.number)}` })),
  operation('get group of 10,000', 200, null, () => ({ method: 'GET', path: `/Groups/${groupId(groups.middle.number)}` }), {
    usersMin: 10_100,
  }),
  operation(
    'get group of 10,000 without members',
    200,
    null,
    () => ({ method: 'GET', path: `/Groups/${groupId(groups.middle.number)}?excludedAttributes=members` }),
    { usersMin: 10_100 },
  ),
  operation('bulk of 1,000 creates', 200, null, bulkOfCreates, { without: ['floor', 'peer'], queuesMail: true }),
]

/** Twice as far away as what is created one by one. */
function bulkOfCreates(turn: number): Asked {
  const Operations = Array.from({ length: 1_000 }, (_, index) => {
    const number = 2 * madeFrom + turn * 1_000 + index
    return { method: 'POST', path: '/Users', bulkId: `b${number}`, data: userBody(number) }
  })
  return { method: 'POST', path: '/Bulk', body: { schemas: [bulkRequestSchema], Operations } }
}
