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

/** The groups that are measured with: their number, and how many members they have. */
export const groups = { small: { number: 1, size: 10 }, middle: { number: 2, size: 10_000 }, large: { number: 3, size: 100_000 } } as const
