import { bulkRequestSchema, patchSchema } from '@latchkey/scim'
import { type GroupSize, changeOf, groups, groupId, groupsOf, madeFrom, userBody, userId, usersFor } from './directory.ts'

/** What a request is made of; the contestant adds where it goes and who asks. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

export interface Directory {
  readonly users: number
  /** Where page 1,000 of ten users each begins: nobody knows but who has walked there. Null where nobody can. */
  readonly cursor: string | null
  /** Whether users are answered with the groups they are in (RFC 7643 §4.1.2). */
  readonly tellsGroups: boolean
}

/** The body of an answer, whatever it is. */
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into.
export type Body = any

/** Something a provisioning client does, over and over. */
export interface Operation {
  readonly name: string
  /** What the must-hold list wants of the floor's rate; null where it wants nothing. */
  readonly floorRatioMin: number | null
  /** The request of each turn. `turn` counts from 0 and never comes twice. */
  ask(turn: number, directory: Directory): Asked
  /** The status of a good answer. */
  readonly status: number
  /** Whether an answer says what was asked for. Asked of some answers only, and never while the clock runs. */
  isRight(body: Body, turn: number, directory: Directory): boolean
  /** For what answers without a body: where to look for what was done, and whether it was. */
  readonly after?: (turn: number) => { readonly path: string; readonly isDone: (body: Body) => boolean }
  /** Whether a directory holds what it takes. */
  readonly usersMin: number
  /** Whether it leaves users behind that were not there. */
  readonly makesUsers: boolean
  /** Whether many at once are more than a server has to answer in time: a thousand creates, a hundred thousand members. */
  readonly isLarge: boolean
  /** Whether it takes pages by cursor (RFC 9865). */
  readonly byCursor: boolean
}

const operation = (
  name: string,
  floorRatioMin: number | null,
  ask: Operation['ask'],
  isRight: Operation['isRight'],
  more: Partial<Pick<Operation, 'status' | 'usersMin' | 'makesUsers' | 'isLarge' | 'byCursor' | 'after'>> = {},
): Operation => ({
  name,
  floorRatioMin,
  ask,
  isRight,
  status: 200,
  usersMin: 0,
  makesUsers: false,
  isLarge: false,
  byCursor: false,
  ...more,
})

/** A user far from the one before, as in a directory that is not read in order. */
const spread = (turn: number, users: number): number => (turn * 7_919) % users

/** Whether this is the user of a number. Whoever joins a group while others are changed is in more groups than those of the beginning. */
function isUser({ id, groups: told = [] }: Body, number: number, { users, tellsGroups }: Directory): boolean {
  const isTold = (group: number) => told.some(({ value, display }: Body) => value === groupId(group) && display === `Group ${group}`)
  return id === userId(number) && (!tellsGroups || groupsOf(number, users).every(isTold))
}

/** The one user whom a filter names. */
const lookUp = (attribute: string, value: (number: number) => string): Operation =>
  operation(
    `look up ${attribute}`,
    0.6,
    (turn, { users }) => ({
      method: 'GET',
      path: `/Users?filter=${encodeURIComponent(`${attribute} eq "${value(spread(turn, users))}"`)}`,
    }),
    (body, turn, directory) => body.totalResults === 1 && isUser(body.Resources[0], spread(turn, directory.users), directory),
  )

/** A page of a list that begins with a certain user. */
const isPage =
  (count: number, first: number): Operation['isRight'] =>
  ({ Resources, totalResults }, _turn, directory) =>
    Resources.length === count &&
    Resources.every((user: Body, index: number) => isUser(user, first + index, directory)) &&
    totalResults >= directory.users

const patch = (path: string, ...operations: readonly object[]): Asked => ({
  method: 'PATCH',
  path,
  body: { schemas: [patchSchema], Operations: operations },
})

const changeMembers = (size: GroupSize, members: 1 | 100): Operation =>
  operation(
    `PATCH group of ${size.size.toLocaleString('en-GB')}, ${members} ${members === 1 ? 'member' : 'members'}`,
    members === 1 ? 0.5 : null,
    (turn) => {
      const { group, joins, members: who } = changeOf(size, turn, members)
      const value = who.map((id) => ({ value: id }))
      if (joins) return patch(`/Groups/${group}`, { op: 'add', path: 'members', value })
      return members === 1
        ? patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${who[0]}"]` })
        : patch(`/Groups/${group}`, { op: 'remove', path: 'members', value })
    },
    () => true,
    {
      status: 204,
      usersMin: usersFor(size),
      after: (turn) => {
        const { group, joins, members: who } = changeOf(size, turn, members)
        return {
          path: `/Groups/${group}`,
          isDone: (body) => {
            const there = new Set((body.members as readonly { value: string }[]).map(({ value }) => value))
            return there.size >= size.size && who.every((id) => there.has(id) === joins)
          },
        }
      },
    },
  )

const getGroup = (size: GroupSize): Operation =>
  operation(
    `get group of ${size.size.toLocaleString('en-GB')}`,
    null,
    () => ({ method: 'GET', path: `/Groups/${groupId(size.number)}` }),
    ({ id, members }) => id === groupId(size.number) && members.length === size.size,
    { usersMin: usersFor(size), isLarge: size.size === 100_000 },
  )

const getGroupWithoutMembers = (size: GroupSize): Operation =>
  operation(
    `get group of ${size.size.toLocaleString('en-GB')} without members`,
    null,
    () => ({ method: 'GET', path: `/Groups/${groupId(size.number)}?excludedAttributes=members` }),
    ({ id, members }) => id === groupId(size.number) && members === undefined,
    { usersMin: usersFor(size) },
  )

export const operations: readonly Operation[] = [
  operation(
    'get user',
    0.6,
    (turn, { users }) => ({ method: 'GET', path: `/Users/${userId(spread(turn, users))}` }),
    (body, turn, directory) => {
      const number = spread(turn, directory.users)
      return isUser(body, number, directory) && body.externalId === `ext-${number}`
    },
  ),
  lookUp('userName', (number) => `user${number}@acme.example`),
  lookUp('externalId', (number) => `ext-${number}`),
  lookUp('emails.value', (number) => `user${number}@acme.example`),
  operation('list 100', 0.5, () => ({ method: 'GET', path: '/Users?count=100' }), isPage(100, 0)),
  operation('list 10 by index, page 1', null, () => ({ method: 'GET', path: '/Users?count=10' }), isPage(10, 0)),
  operation('list 10 by index, page 1,000', null, () => ({ method: 'GET', path: '/Users?count=10&startIndex=9991' }), isPage(10, 9_990), {
    usersMin: 10_000,
  }),
  operation('list 10 by cursor, page 1', null, () => ({ method: 'GET', path: '/Users?count=10&cursor=' }), isPage(10, 0), {
    byCursor: true,
  }),
  operation(
    'list 10 by cursor, page 1,000',
    null,
    (_turn, { cursor }) => ({ method: 'GET', path: `/Users?count=10&cursor=${encodeURIComponent(cursor ?? '')}` }),
    isPage(10, 9_990),
    { usersMin: 10_010, byCursor: true },
  ),
  operation(
    'create user',
    0.5,
    (turn) => ({ method: 'POST', path: '/Users', body: userBody(madeFrom + turn) }),
    ({ id, externalId }, turn) => typeof id === 'string' && externalId === `ext-${madeFrom + turn}`,
    { status: 201, makesUsers: true },
  ),
  operation(
    'PUT user',
    0.5,
    (turn, { users }) => {
      const number = spread(turn, users)
      return { method: 'PUT', path: `/Users/${userId(number)}`, body: userBody(number, `Engineer ${turn}`) }
    },
    (body, turn, directory) => isUser(body, spread(turn, directory.users), directory) && body.title === `Engineer ${turn}`,
  ),
  operation(
    'PATCH active',
    0.5,
    (turn, { users }) =>
      patch(`/Users/${userId(spread(turn, users))}`, { op: 'replace', path: 'active', value: becomesActive(turn, users) }),
    (body, turn, directory) =>
      isUser(body, spread(turn, directory.users), directory) && body.active === becomesActive(turn, directory.users),
  ),
  ...[groups.small, groups.middle, groups.large].flatMap((size) => [changeMembers(size, 1), changeMembers(size, 100)]),
  ...[groups.small, groups.middle, groups.large].flatMap((size) => [getGroup(size), getGroupWithoutMembers(size)]),
  operation(
    'bulk of 1,000 creates',
    null,
    (turn) => ({ method: 'POST', path: '/Bulk', body: bulkOfCreates(turn) }),
    ({ Operations }) => Operations.length === 1_000 && Operations.every(({ status }: { status: unknown }) => String(status) === '201'),
    { makesUsers: true, isLarge: true },
  ),
]

/** Everybody is deactivated, and then everybody comes back. */
function becomesActive(turn: number, users: number): boolean {
  return Math.floor(turn / users) % 2 === 1
}

/** Far away from what is created one by one. */
function bulkOfCreates(turn: number) {
  const Operations = Array.from({ length: 1_000 }, (_, index) => {
    const number = 2 * madeFrom + turn * 1_000 + index
    return { method: 'POST', path: '/Users', bulkId: `b${number}`, data: userBody(number) }
  })
  return { schemas: [bulkRequestSchema], Operations }
}

export function named(name: string): Operation {
  const found = operations.find((one) => one.name === name)
  if (!found) throw new Error(`Nothing is called ${name}.`)
  return found
}
