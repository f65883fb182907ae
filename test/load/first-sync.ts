import { groupSchema, patchSchema } from '@latchkey/scim'
import type { Contestant } from './contestant.ts'
import { userBody } from './directory.ts'
import { Wire, rawRequest } from './wire.ts'

export interface FirstSync {
  readonly provider: Provider
  readonly users: number
  readonly groups: number
  readonly requests: number
  readonly seconds: number
}

export type Provider = 'Entra' | 'Okta'

/** So many members go with one PATCH: Entra sends at most twenty operations of one, Okta one operation of a hundred. */
const membersAtOnce: Readonly<Record<Provider, number>> = { Entra: 20, Okta: 100 }

/**
 * An organisation that is new to us, as its provider brings it: each person is looked for and then created; each group is looked for, created empty, and
 * filled. Throws at the first answer that is not the expected one, and if there is anybody too many at the end.
 */
export async function firstSync(
  { url, token }: Contestant,
  provider: Provider,
  { users, groups, concurrency }: { readonly users: number; readonly groups: number; readonly concurrency: number },
  progress: (line: string) => void,
): Promise<FirstSync> {
  const wires = await Promise.all(Array.from({ length: concurrency }, () => Wire.open(url)))
  const prefix = new URL(url).pathname
  const began = performance.now()
  const ids: string[] = []
  let requests = 0
  let told = began

  const send = async (wire: Wire, expected: number, method: string, path: string, body?: unknown) => {
    const answer = await wire.send(rawRequest(method, `${prefix}${path}`, token, body))
    requests += 1
    if (answer.status !== expected) throw new Error(`${provider}, ${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`)
    return answer.body === '' ? null : JSON.parse(answer.body)
  }
  const inTurns = async (what: string, count: number, work: (wire: Wire, number: number) => Promise<void>) => {
    let next = 0
    await Promise.all(
      wires.map(async (wire) => {
        while (next < count) {
          const number = next
          next += 1
          await work(wire, number)
          if (performance.now() - told < 5_000) continue
          told = performance.now()
          progress(
            `${provider}: ${number.toLocaleString('en-GB')} of ${count.toLocaleString('en-GB')} ${what}, ${Math.round(requests / ((told - began) / 1_000))} requests/s`,
          )
        }
      }),
    )
  }

  await inTurns('users', users, async (wire, number) => {
    const found = await send(wire, 200, 'GET', `/Users?filter=${encodeURIComponent(`userName eq "user${number}@acme.example"`)}`)
    if (found.totalResults !== 0) throw new Error('Somebody new was found.')
    ids[number] = (await send(wire, 201, 'POST', '/Users', userBody(number))).id
  })
  await inTurns('groups', groups, async (wire, number) => {
    await send(wire, 200, 'GET', `/Groups?excludedAttributes=members&filter=${encodeURIComponent(`displayName eq "Team ${number}"`)}`)
    const { id } = await send(wire, 201, 'POST', '/Groups', {
      schemas: [groupSchema.id],
      displayName: `Team ${number}`,
      externalId: `team-${number}`,
    })
    const members = ids.filter((_, index) => index % groups === number).map((value) => ({ value }))
    for (let at = 0; at < members.length; at += membersAtOnce[provider]) {
      const some = members.slice(at, at + membersAtOnce[provider])
      const Operations =
        provider === 'Okta'
          ? [{ op: 'add', path: 'members', value: some }]
          : some.map((member) => ({ op: 'Add', path: 'members', value: [member] }))
      await send(wire, 204, 'PATCH', `/Groups/${id}`, { schemas: [patchSchema], Operations })
    }
  })
  const seconds = (performance.now() - began) / 1_000

  const [wire] = wires
  if (wire) {
    const there = await send(wire, 200, 'GET', '/Users?count=0')
    // The organisation's owner was there before.
    if (there.totalResults !== users + 1) throw new Error(`${there.totalResults - 1} users came instead of ${users}.`)
  }
  for (const each of wires) each.close()
  return { provider, users, groups, requests, seconds }
}
