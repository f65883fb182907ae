import { patchSchema } from '@latchkey/scim'
import { madeFrom, userBody, userId } from './directory.ts'
import type { Machine } from './machine.ts'
import { seedLatchkey } from './seed.ts'
import { Wire, rawRequest } from './wire.ts'

/** What somebody saw who read every page while somebody else wrote. */
export interface Walk {
  readonly by: 'index' | 'cursor'
  readonly beside: { readonly creates: number; readonly patches: number; readonly deletes: number }
  /** Who was there throughout. */
  readonly stayed: number
  readonly pages: number
  readonly seconds: number
  readonly missed: number
  readonly repeated: number
}

/** Of every so many users one is deleted in a walk. */
const leavingEvery = 25

const kinds = [
  { by: 'cursor', deletes: true },
  { by: 'index', deletes: false },
  { by: 'index', deletes: true },
] as const

export async function measureWalks(
  machine: Machine,
  { users, count }: { readonly users: number; readonly count: number },
  progress: (line: string) => void,
): Promise<readonly Walk[]> {
  const server = await machine.latchkey()
  const { id, token } = await machine.organization('walk')
  await seedLatchkey(machine.databaseUrl, id, 0, users, progress)
  const prefix = new URL(server.url).pathname
  let made = madeFrom
  const walks: Walk[] = []
  const gone = new Set<number>()
  for (const [index, { by, deletes }] of kinds.entries()) {
    const leaving = deletes ? numbers(users).filter((number) => number % leavingEvery === index) : []
    for (const number of leaving) gone.add(number)
    const stay = numbers(users).filter((number) => !gone.has(number))
    const stopping = new AbortController()
    const writing = write(shuffled(leaving), stay, stopping.signal)
    const began = performance.now()
    const { seen, pages } = await walk(by)
    const seconds = (performance.now() - began) / 1_000
    stopping.abort()
    const beside = await writing
    const times = new Map<string, number>()
    for (const one of seen) times.set(one, (times.get(one) ?? 0) + 1)
    const found = stay.map((number) => times.get(userId(number)) ?? 0)
    walks.push({
      by,
      beside,
      stayed: stay.length,
      pages,
      seconds,
      missed: found.filter((often) => often === 0).length,
      repeated: found.filter((often) => often > 1).length,
    })
    progress(`walked by ${by}, ${pages} pages`)
  }
  await server.stop()
  return walks

  async function walk(by: 'index' | 'cursor'): Promise<{ readonly seen: readonly string[]; readonly pages: number }> {
    return Wire.many(server.url, 1, async ([wire]) => {
      const seen: string[] = []
      let pages = 0
      let at: string | null = by === 'index' ? 'startIndex=1' : 'cursor='
      while (at !== null) {
        const { status, body } = await wire!.send(rawRequest('GET', `${prefix}/Users?count=${count}&attributes=userName&${at}`, token))
        if (status !== 200) throw new Error(`A page was answered ${status}: ${body.slice(0, 300)}`)
        const { Resources = [], totalResults, nextCursor } = JSON.parse(body)
        for (const resource of Resources) seen.push(resource.id)
        pages += 1
        const next = seen.length + 1
        if (by === 'index') at = Resources.length > 0 && next <= totalResults ? `startIndex=${next}` : null
        else at = nextCursor === undefined ? null : `cursor=${encodeURIComponent(nextCursor)}`
      }
      return { seen, pages }
    })
  }

  /** Somebody who creates, changes and deletes, on four connections, until told to stop. */
  async function write(leaving: readonly number[], staying: readonly number[], signal: AbortSignal) {
    const counts = { creates: 0, patches: 0, deletes: 0 }
    let turn = 0
    await Wire.many(server.url, 4, (wires) =>
      Promise.all(
        wires.map(async (wire) => {
          const send = async (expected: number, method: string, path: string, body?: unknown) => {
            const answer = await wire.send(rawRequest(method, `${prefix}${path}`, token, body))
            if (answer.status !== expected) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body.slice(0, 300)}`)
          }
          while (!signal.aborted) {
            const now = turn
            turn += 1
            const leaves = leaving[Math.floor(now / 3)]
            if (now % 3 === 0) {
              made += 1
              counts.creates += 1
              await send(201, 'POST', '/Users', userBody(made))
            } else if (now % 3 === 1 && leaves !== undefined) {
              counts.deletes += 1
              await send(204, 'DELETE', `/Users/${userId(leaves)}`)
            } else {
              const one = staying[(now * 7_919) % staying.length] ?? 0
              counts.patches += 1
              const change = now % 2 === 0 ? { path: 'active', value: now % 4 === 0 } : { path: 'title', value: `Engineer ${now}` }
              await send(200, 'PATCH', `/Users/${userId(one)}`, { schemas: [patchSchema], Operations: [{ op: 'replace', ...change }] })
            }
          }
        }),
      ),
    )
    return counts
  }
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number)
}

/** Far from one another, in the same order each time. */
function shuffled(items: readonly number[]): readonly number[] {
  return items.map((_, index) => items[(index * 7_919) % items.length]!)
}
