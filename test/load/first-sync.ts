import { enterpriseUserSchema, groupSchema, patchSchema, userSchema } from '@latchkey/scim'
import type { Contestant } from './contestant.ts'
import { Wire, rawRequest } from './wire.ts'

export interface FirstSync {
  readonly provider: Provider
  readonly users: number
  readonly groups: number
  readonly requests: number
  readonly seconds: number
}

export type Provider = 'Entra' | 'Okta'

/** How a provider words its requests; recorded conversations are in test/conformance. */
interface Habits {
  /** A look-up by a name, as a query. */
  readonly find: (type: 'Users' | 'Groups', attribute: string, value: string) => string
  readonly user: (number: number) => object
  readonly group: (number: number) => object
  /** What a PATCH adds at once, and how. */
  readonly membersAtOnce: number
  readonly member: (id: string, number: number) => object
  readonly add: string
}

const userName = (number: number) => `user${number}@acme.example`
const name = (number: number) => ({ givenName: `Given${number}`, familyName: `Family${number}` })
const emails = (number: number) => [{ primary: true, type: 'work', value: userName(number) }]

const habits: Readonly<Record<Provider, Habits>> = {
  Entra: {
    find: (type, attribute, value) =>
      `/${type}?${type === 'Groups' ? 'excludedAttributes=members&' : ''}filter=${attribute}+eq+%22${encodeURIComponent(value)}%22`,
    user: (number) => ({
      schemas: [userSchema.id, enterpriseUserSchema.id],
      externalId: `ext-${number}`,
      userName: userName(number),
      active: true,
      displayName: `Given${number} Family${number}`,
      emails: emails(number),
      meta: { resourceType: 'User' },
      name: { formatted: `Given${number} Family${number}`, ...name(number) },
      roles: [],
      [enterpriseUserSchema.id]: { department: 'Finance', employeeNumber: String(number) },
    }),
    group: (number) => ({
      schemas: [groupSchema.id, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: `team-${number}`,
      displayName: `Team ${number}`,
      meta: { resourceType: 'Group' },
    }),
    membersAtOnce: 1,
    member: (id) => ({ $ref: null, value: id }),
    add: 'Add',
  },
  Okta: {
    find: (type, attribute, value) => `/${type}?filter=${attribute}%20eq%20%22${encodeURIComponent(value)}%22&startIndex=1&count=100`,
    user: (number) => ({
      schemas: [userSchema.id],
      userName: userName(number),
      name: name(number),
      emails: emails(number),
      displayName: `Given${number} Family${number}`,
      locale: 'en-US',
      externalId: `ext-${number}`,
      groups: [],
      password: '1mz050nq',
      active: true,
    }),
    group: (number) => ({ schemas: [groupSchema.id], displayName: `Team ${number}`, members: [] }),
    membersAtOnce: 100,
    member: (id, number) => ({ value: id, display: userName(number) }),
    add: 'add',
  },
}

/**
 * An organisation that is new to us, as its provider brings it: each person is looked for and then created; each group is looked for, created empty, and
 * filled. Throws at the first answer that is not the expected one, and if anybody is missing, there twice, or in another group at the end.
 */
export async function firstSync(
  { url, token }: Contestant,
  provider: Provider,
  { users, groups, concurrency }: { readonly users: number; readonly groups: number; readonly concurrency: number },
  progress: (line: string) => void,
): Promise<FirstSync> {
  const { find, user, group, membersAtOnce, member, add } = habits[provider]
  const prefix = new URL(url).pathname
  const began = performance.now()
  const ids: string[] = []
  const groupIds: string[] = []
  let requests = 0

  const send = async (wire: Wire, expected: number, method: string, path: string, body?: unknown) => {
    const answer = await wire.send(rawRequest(method, `${prefix}${path}`, token, body))
    requests += 1
    if (answer.status !== expected) throw new Error(`${provider}, ${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`)
    return answer.body === '' ? null : JSON.parse(answer.body)
  }
  const membersOf = (number: number) =>
    Array.from({ length: Math.ceil((users - number) / groups) }, (_, index) => number + index * groups).map((one) => ({
      id: ids[one] ?? '',
      number: one,
    }))

  return Wire.many(url, concurrency, async (wires) => {
    const inTurns = async (what: string, count: number, work: (wire: Wire, number: number) => Promise<void>) => {
      const start = performance.now()
      let told = start
      let next = 0
      await Promise.all(
        wires.map(async (wire) => {
          while (next < count) {
            const number = next
            next += 1
            await work(wire, number)
            const now = performance.now()
            if (now - told < 8_000) continue
            told = now
            const perSecond = next / ((now - start) / 1_000)
            progress(
              `${provider}: ${next.toLocaleString('en-GB')} of ${count.toLocaleString('en-GB')} ${what}, ${Math.round(perSecond)} a second, ${Math.round((count - next) / perSecond)} s to go`,
            )
          }
        }),
      )
    }

    await inTurns('users', users, async (wire, number) => {
      const found = await send(wire, 200, 'GET', find('Users', 'userName', userName(number)))
      if (found.totalResults !== 0) throw new Error('Somebody new was found.')
      ids[number] = (await send(wire, 201, 'POST', '/Users', user(number))).id
    })
    await inTurns('groups', groups, async (wire, number) => {
      const found = await send(wire, 200, 'GET', find('Groups', 'displayName', `Team ${number}`))
      if (found.totalResults !== 0) throw new Error('A new group was found.')
      const { id } = await send(wire, 201, 'POST', '/Groups', group(number))
      groupIds[number] = id
      const members = membersOf(number).map((one) => member(one.id, one.number))
      for (let at = 0; at < members.length; at += membersAtOnce) {
        const Operations = [{ op: add, path: 'members', value: members.slice(at, at + membersAtOnce) }]
        await send(wire, 204, 'PATCH', `/Groups/${id}`, { schemas: [patchSchema], Operations })
      }
    })
    const seconds = (performance.now() - began) / 1_000
    const asked = requests

    progress(`${provider}: done in ${Math.round(seconds)} s; looking whether everybody is there once`)
    const seen: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: { Resources: { userName: string }[]; nextCursor?: string } = await send(
        wires[0]!,
        200,
        'GET',
        `/Users?count=500&attributes=userName&cursor=${encodeURIComponent(cursor)}`,
      )
      seen.push(...page.Resources.map((resource) => resource.userName))
      cursor = page.nextCursor
    }
    // The organisation's owner was there before.
    const came = new Set(seen)
    if (seen.length !== users + 1 || !ids.every((_, number) => came.has(userName(number))))
      throw new Error(`${seen.length - 1} users came instead of ${users}.`)
    await inTurns('groups looked at', groups, async (wire, number) => {
      const { members = [] } = await send(wire, 200, 'GET', `/Groups/${groupIds[number]}`)
      const expected = new Set(membersOf(number).map(({ id }) => id))
      if (members.length !== expected.size || !members.every(({ value }: { value: string }) => expected.has(value)))
        throw new Error(`Team ${number} has other members than it was given.`)
    })
    return { provider, users, groups, requests: asked, seconds }
  })
}
