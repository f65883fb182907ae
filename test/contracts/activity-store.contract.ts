import { expect, test } from 'vitest'
import type { ActivityFilter, NewActivity, RequestCount } from '@latchkey/application'
import { hourMs, scimTokenId } from '@latchkey/domain'
import { insertGroup, insertUser, makeOrganization, newGroup, newUser, randomness } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const token = scimTokenId(randomness.uuid())
const everything: ActivityFilter = { outcome: null, action: null, token: null, text: null }

function entry(facts: Partial<NewActivity> = {}): NewActivity {
  return {
    action: 'create-user',
    verb: 'create',
    subject: null,
    name: 'ada@example.com',
    requestId: 'request 1',
    token,
    provider: 'okta',
    outcome: 'changed',
    status: null,
    reason: null,
    durationMs: 1.5,
    body: null,
    ...facts,
  }
}

export function activityStoreContract(subject: Subject): void {
  test('what was noted is given back, the latest first, page by page', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const failure = entry({
      outcome: 'failed',
      status: 409,
      reason: 'userName is taken',
      provider: null,
      body: { userName: 'grüße "😀"', emails: [null, 1, true] },
    })
    const now = await storage.transaction(id, async (stores) => {
      await stores.activity.append([entry({ name: 'first' }), entry({ name: 'second' })])
      await stores.activity.append([])
      await stores.activity.append([failure])
      return stores.now
    })
    const list = (before: number | null, limit: number) => storage.read(id, ({ activity }) => activity.list(everything, { before, limit }))
    const [latest, second] = await list(null, 2)
    expect(latest).toEqual({ ...failure, id: latest?.id, at: now })
    expect(second?.name).toBe('second')
    expect((await list(second?.id ?? null, 10)).map(({ name }) => name)).toEqual(['first'])
  })

  test('the list is searched by outcome, kind, token, and part of a name or reason', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const other = scimTokenId(randomness.uuid())
    await storage.transaction(id, ({ activity }) =>
      activity.append([
        entry({ name: '100%_sure' }),
        entry({ name: 'Ada', action: 'delete-user' }),
        entry({ name: null, outcome: 'failed', reason: 'Nobody has this id.', token: other }),
      ]),
    )
    const names = async (filter: Partial<ActivityFilter>) =>
      (await storage.read(id, ({ activity }) => activity.list({ ...everything, ...filter }, { before: null, limit: 10 }))).map(
        ({ name }) => name,
      )
    expect(await names({ outcome: 'failed' })).toEqual([null])
    expect(await names({ action: 'delete-user' })).toEqual(['Ada'])
    expect(await names({ token: other })).toEqual([null])
    expect(await names({ text: 'ADA' })).toEqual(['Ada'])
    expect(await names({ text: 'NOBODY' })).toEqual([null])
    expect(await names({ text: '%_s' })).toEqual(['100%_sure'])
    expect(await names({ text: '_' })).toEqual(['100%_sure'])
  })

  test('whoever is named by id only gets the name they have', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const { group } = await insertGroup(storage, id, newGroup('Crew'))
    await storage.transaction(id, ({ activity }) =>
      activity.append([
        entry({ subject: user.id, name: null }),
        entry({ subject: group.id, name: null }),
        entry({ subject: newUser('nobody').id, name: null }),
        entry({ subject: user.id, name: 'as it was' }),
      ]),
    )
    const list = await storage.read(id, ({ activity }) => activity.list(everything, { before: null, limit: 10 }))
    expect(list.map(({ name }) => name)).toEqual(['as it was', null, 'Crew', 'ada'])
  })

  test('requests are added up by token and hour', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const hour = Date.UTC(2026, 0, 5, 9)
    const count: RequestCount = { token, hour, reads: 2, writes: 1, failures: 0, slowestMs: 12.5, lastAt: hour + 1_000 }
    await storage.transaction(id, ({ activity }) => activity.count([count]))
    await storage.transaction(id, async ({ activity }) => {
      await activity.count([{ ...count, failures: 3, slowestMs: 4, lastAt: hour + 500 }])
      await activity.count([{ ...count, hour: hour + hourMs, lastAt: hour + hourMs }])
      await activity.count([])
    })
    const since = (moment: number) => storage.read(id, ({ activity }) => activity.counts(moment))
    expect(await since(hour)).toEqual([
      { token, hour, reads: 4, writes: 2, failures: 3, slowestMs: 12.5, lastAt: hour + 1_000 },
      { ...count, hour: hour + hourMs, lastAt: hour + hourMs },
    ])
    expect(await since(hour + hourMs)).toHaveLength(1)
  })

  test('the first of each kind of change is known, whatever failed before it', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    expect((await storage.read(id, ({ activity }) => activity.firsts())).size).toBe(0)
    const now = await storage.transaction(id, async (stores) => {
      await stores.activity.append([
        entry({ action: 'create-group', outcome: 'failed' }),
        entry(),
        entry(),
        entry({ action: 'deactivate-user' }),
      ])
      return stores.now
    })
    const firsts = await storage.read(id, ({ activity }) => activity.firsts())
    expect(new Map(firsts)).toEqual(
      new Map([
        ['create-user', now],
        ['deactivate-user', now],
      ]),
    )
  })

  test('bodies go first, then entries and counts; what is about an erased user goes at once', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const hour = Date.UTC(2026, 0, 5, 9)
    const now = await storage.transaction(id, async (stores) => {
      await stores.activity.append([entry({ outcome: 'failed', body: { a: 1 } }), entry({ subject: user.id })])
      await stores.activity.count([{ token, hour, reads: 1, writes: 0, failures: 0, slowestMs: 1, lastAt: hour }])
      return stores.now
    })
    const rest = async () => {
      const list = await storage.read(id, ({ activity }) => activity.list(everything, { before: null, limit: 10 }))
      return list.map(({ subject: about, body }) => [about, body])
    }
    await storage.transaction(id, ({ activity }) => activity.expire({ entries: hour, bodies: now }))
    expect(await rest()).toEqual([
      [user.id, null],
      [null, { a: 1 }],
    ])
    await storage.transaction(id, ({ activity }) => activity.expire({ entries: hour, bodies: now + 1 }))
    expect(await rest()).toEqual([
      [user.id, null],
      [null, null],
    ])
    await storage.transaction(id, ({ activity }) => activity.forget(user.id))
    expect(await rest()).toEqual([[null, null]])
    expect(await storage.read(id, ({ activity }) => activity.counts(0))).toHaveLength(1)
    await storage.transaction(id, ({ activity }) => activity.expire({ entries: now + 1, bodies: now + 1 }))
    expect(await rest()).toEqual([])
    expect(await storage.read(id, ({ activity }) => activity.counts(0))).toEqual([])
  })

  test('no organisation sees or takes away another one’s activity', async () => {
    const { storage } = subject()
    const [mine, other] = [await makeOrganization(storage), await makeOrganization(storage)]
    const hour = Date.UTC(2026, 0, 5, 9)
    await storage.transaction(mine.id, async ({ activity }) => {
      await activity.append([entry()])
      await activity.count([{ token, hour, reads: 1, writes: 0, failures: 0, slowestMs: 1, lastAt: hour }])
    })
    await storage.transaction(other.id, async ({ activity, now }) => {
      expect(await activity.list(everything, { before: null, limit: 10 })).toEqual([])
      expect(await activity.counts(0)).toEqual([])
      expect((await activity.firsts()).size).toBe(0)
      await activity.expire({ entries: now + hourMs, bodies: now + hourMs })
    })
    expect(await storage.read(mine.id, ({ activity }) => activity.list(everything, { before: null, limit: 10 }))).toHaveLength(1)
    expect(await storage.read(mine.id, ({ activity }) => activity.counts(0))).toHaveLength(1)
  })
}
