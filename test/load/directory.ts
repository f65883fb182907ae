import { groupSchema, userSchema } from '@latchkey/scim'

/** The people and groups that are measured with. Everything of one follows from its number, so that nobody has to look anything up. */

export const userId = (number: number): string => `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
export const groupId = (number: number): string => `00000000-0000-7000-9000-${number.toString(16).padStart(12, '0')}`

/** A user as a provisioning client sends one: some 600 bytes. */
export function userBody(number: number, title = 'Engineer'): Record<string, unknown> {
  return {
    schemas: [userSchema.id],
    userName: `user${number}@acme.example`,
    externalId: `ext-${number}`,
    name: { givenName: `Given${number}`, familyName: `Family${number}`, formatted: `Given${number} Family${number}` },
    displayName: `Given${number} Family${number}`,
    title,
    preferredLanguage: 'en-US',
    emails: [{ value: `user${number}@acme.example`, type: 'work', primary: true }],
    phoneNumbers: [{ value: `+1 555 ${number}`, type: 'work' }],
    active: true,
  }
}

export function groupBody(number: number, members: readonly number[] = []): Record<string, unknown> {
  return {
    schemas: [groupSchema.id],
    displayName: `Group ${number}`,
    externalId: `gext-${number}`,
    members: members.map((member) => ({ value: userId(member) })),
  }
}

/** A size of groups: one that is read and stays as it is, and some that are changed. */
export interface GroupSize {
  readonly size: number
  /** The number of the group that is read; those that are changed have the numbers behind it. */
  readonly number: number
  readonly changed: number
}

export const groups = {
  small: { size: 10, number: 100, changed: 32 },
  middle: { size: 10_000, number: 200, changed: 2 },
  large: { size: 100_000, number: 300, changed: 2 },
} as const satisfies Record<string, GroupSize>

/** Small groups share nobody, so that a user is in a handful of groups; those that hold nearly everybody begin with the first. */
export const firstMember = ({ size, number }: GroupSize, group: number): number => (size > 100 ? 0 : (group - number) * size)

/** Behind whom nobody is a member. */
const behindMembers = ({ size, changed }: GroupSize): number => (size > 100 ? size : size * (1 + changed))

/** How many changes of members are under way before the first of them is taken back: more than there are clients at once, so that none undoes what is not done. */
export const changesAhead = 32

/** Who joins a group with the change of a turn, and whether they join or leave: everybody joins, one turn after the other, and then leaves. */
export function changeOf(size: GroupSize, turn: number, members: 1 | 100) {
  const { number, changed } = size
  const set = Math.floor((turn % changesAhead) / changed)
  const first = behindMembers(size) + (members === 1 ? set : 100 + set * 100)
  return {
    group: groupId(number + 1 + (turn % changed)),
    joins: Math.floor(turn / changesAhead) % 2 === 0,
    members: Array.from({ length: members }, (_, index) => userId(first + index)),
  }
}

/** How many users it takes for groups of a size and those who join them. */
export const usersFor = (size: GroupSize): number => behindMembers(size) + 100 + (100 * changesAhead) / size.changed

/** The numbers of the groups of one size. */
export const numbersOf = ({ number, changed }: GroupSize): readonly number[] =>
  Array.from({ length: 1 + changed }, (_, index) => number + index)

/** The numbers of the groups that a user is in from the beginning, in a directory of so many users. */
export const groupsOf = (user: number, users: number): readonly number[] =>
  Object.values(groups)
    .filter((size) => usersFor(size) <= users)
    .flatMap((size) => {
      const holds = (group: number) => firstMember(size, group) <= user && user < firstMember(size, group) + size.size
      return numbersOf(size).filter(holds)
    })

/** Users that are made while something is measured have numbers of eight digits, which nobody of the directory has. */
export const madeFrom = 10_000_000
