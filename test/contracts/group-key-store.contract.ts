import { expect, test } from 'vitest'
import type { NewGrant, Storage } from '@latchkey/application'
import { type GroupId, type OrganizationId, type RegisteredKey, type UserId, dayMs, holdsGroupKey } from '@latchkey/domain'
import { deleteGroup, deleteUser, insertGroup, insertUser, makeOrganization, newGroup, newUser } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const epoch = (number: number, maker: UserId) => ({
  number,
  statement: `epoch-${number}`,
  signature: `signature-${number}`,
  hash: `hash-${number}`,
  maker,
})

/** Three people of whom the first two have a key, in a group of which the first has made the key. */
async function keyedGroup(storage: Storage) {
  const { id } = await makeOrganization(storage)
  const [ada, grace, jean] = [
    await person(storage, id, 'ada', 'a1'),
    await person(storage, id, 'grace', 'g1'),
    await person(storage, id, 'jean', null),
  ]
  const { group } = await insertGroup(storage, id, newGroup('Crew'), [ada, grace, jean])
  await storage.transaction(id, async ({ groupKeys }) => {
    await groupKeys.saveEpoch(group.id, epoch(1, ada), [{ user: ada, fingerprint: 'a1' }])
    await groupKeys.saveGrants(group.id, 1, [grant(ada, 'a1', ada)])
  })
  return { id, group: group.id, ada, grace, jean }
}

async function person(storage: Storage, organization: OrganizationId, userName: string, fingerprint: string | null): Promise<UserId> {
  const { user } = await insertUser(storage, organization, newUser(userName), { displayName: userName.toUpperCase() })
  if (fingerprint !== null) await giveKey(storage, organization, user.id, fingerprint, 1)
  return user.id
}

function giveKey(storage: Storage, organization: OrganizationId, user: UserId, fingerprint: string, version: number): Promise<void> {
  const key: RegisteredKey = {
    state: 'registered',
    version,
    publicKeys: { encryption: 'e', signing: 's' },
    fingerprint,
    protectedPrivateKeys: { version: 1, envelope: '{"opaque":true}' },
    registeredAt: Date.UTC(2020, 0, 1),
    resetRequest: null,
  }
  return storage.transaction(organization, async ({ users }) => {
    const record = await users.lock(user)
    if (!record) throw new Error('There is no such user.')
    await users.saveLinkAndKey(record, { identityLink: null, encryptionKey: key })
  })
}

function grant(recipient: UserId, fingerprint: string, issuer: UserId, facts: Partial<NewGrant> = {}): NewGrant {
  const word = `${recipient} ${fingerprint}`
  return { recipient, fingerprint, issuer, approval: 'by-hand', statement: word, signature: word, sealed: `sealed ${word}`, ...facts }
}

const give = (storage: Storage, id: OrganizationId, group: GroupId, number: number, ...grants: readonly NewGrant[]) =>
  storage.transaction(id, ({ groupKeys }) => groupKeys.saveGrants(group, number, grants))
const leave = (storage: Storage, id: OrganizationId, group: GroupId, user: UserId) =>
  storage.transaction(id, ({ memberships }) => memberships.remove(group, [user]))
const join = (storage: Storage, id: OrganizationId, group: GroupId, user: UserId) =>
  storage.transaction(id, ({ memberships }) => memberships.add(group, [user]))
const who = (storage: Storage, id: OrganizationId, group: GroupId, which: 'all' | 'holding' | 'waiting') =>
  storage.transaction(id, async ({ groupKeys }) =>
    (await groupKeys.page(group, { which, after: 0, limit: 10 })).map(({ userName }) => userName),
  )
const summary = (storage: Storage, id: OrganizationId, group: GroupId) => storage.read(id, ({ groupKeys }) => groupKeys.summary(group))

export function groupKeyStoreContract(subject: Subject): void {
  test('a group without a key has members and nobody who waits', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const ada = await person(storage, id, 'ada', 'a1')
    const { group } = await insertGroup(storage, id, newGroup('Crew'), [ada])
    expect(await summary(storage, id, group.id)).toEqual({
      group: { id: group.id, displayName: 'Crew' },
      epoch: null,
      holders: 0,
      waiting: 0,
      departures: [],
    })
    expect(await who(storage, id, group.id, 'all')).toEqual(['ada'])
    expect(await who(storage, id, group.id, 'waiting')).toEqual([])
    await storage.transaction(id, async ({ groupKeys }) => {
      expect(await groupKeys.newest(group.id)).toBeUndefined()
      expect(await groupKeys.sealedGrant(group.id, ada)).toBeUndefined()
      expect(await groupKeys.evidence(group.id, 1)).toEqual([])
      expect(await groupKeys.note(group.id)).toBeUndefined()
    })
  })

  test('who holds, who waits and who cannot have it yet are told apart, with what each has', async () => {
    const { storage } = subject()
    const { id, group, ada, grace, jean } = await keyedGroup(storage)
    expect(await summary(storage, id, group)).toMatchObject({ epoch: { number: 1, maker: ada }, holders: 1, waiting: 1, departures: [] })
    expect(await who(storage, id, group, 'all')).toEqual(['ada', 'grace', 'jean'])
    expect(await who(storage, id, group, 'holding')).toEqual(['ada'])
    expect(await who(storage, id, group, 'waiting')).toEqual(['grace'])
    await storage.transaction(id, async ({ groupKeys, now }) => {
      const [first, second, third] = await groupKeys.members(group, [jean, grace, ada])
      expect(first).toMatchObject({
        user: ada,
        userName: 'ada',
        displayName: 'ADA',
        directory: 'enabled',
        key: { version: 1, fingerprint: 'a1', registeredAt: Date.UTC(2020, 0, 1) },
        isInRoster: true,
        grant: { isBeforeReturn: false, issuer: ada, approval: 'by-hand' },
        heldBefore: false,
      })
      expect(first?.since).toBeLessThanOrEqual(now)
      expect(second).toMatchObject({ user: grace, isInRoster: false, grant: null, heldBefore: false })
      expect(third).toMatchObject({ user: jean, key: null, grant: null })
      expect(second?.position).toBeGreaterThan(first?.position ?? 0)
      expect((await groupKeys.page(group, { which: 'all', after: first?.position ?? 0, limit: 1 })).map(({ user }) => user)).toEqual([
        grace,
      ])
    })
  })

  test('each group has its own key, holders and departures, whoever is in several', async () => {
    const { storage } = subject()
    const { id, group, ada, grace } = await keyedGroup(storage)
    const { group: other } = await insertGroup(storage, id, newGroup('Other crew'), [ada, grace])
    await storage.transaction(id, async ({ groupKeys }) => {
      await groupKeys.saveEpoch(other.id, epoch(1, grace), [{ user: grace, fingerprint: 'g1' }])
      await groupKeys.saveGrants(other.id, 1, [grant(grace, 'g1', grace), grant(ada, 'a1', grace)])
    })
    await leave(storage, id, other.id, ada)
    expect(await summary(storage, id, group)).toMatchObject({ holders: 1, waiting: 1, departures: [] })
    expect(await summary(storage, id, other.id)).toMatchObject({ holders: 1, waiting: 0, departures: [{ user: ada }] })
    expect(await who(storage, id, other.id, 'holding')).toEqual(['grace'])
    expect(await storage.transaction(id, ({ groupKeys }) => groupKeys.evidence(group, 1))).toMatchObject([{ grants: [] }])
  })

  test('a sealed key is given to its recipient, for the present key, and to nobody else', async () => {
    const { storage } = subject()
    const { id, group, ada, grace } = await keyedGroup(storage)
    await give(storage, id, group, 1, grant(grace, 'g1', ada, { approval: 'automatic' }))
    const sealedFor = (user: UserId) => storage.transaction(id, ({ groupKeys }) => groupKeys.sealedGrant(group, user))
    expect(await sealedFor(grace)).toEqual({ statement: `${grace} g1`, signature: `${grace} g1`, sealed: `sealed ${grace} g1` })
    expect(await who(storage, id, group, 'holding')).toEqual(['ada', 'grace'])
    await giveKey(storage, id, grace, 'g2', 2)
    expect(await sealedFor(grace)).toBeUndefined()
    expect(await who(storage, id, group, 'waiting')).toEqual(['grace'])
    await give(storage, id, group, 1, grant(grace, 'g2', ada))
    expect(await sealedFor(grace)).toMatchObject({ sealed: `sealed ${grace} g2` })
    const other = await makeOrganization(storage)
    expect(await storage.transaction(other.id, ({ groupKeys }) => groupKeys.sealedGrant(group, grace))).toBeUndefined()
    expect(await summary(storage, other.id, group)).toBeUndefined()
  })

  test('a key is granted once, to members only, and an epoch is made once', async () => {
    const { storage } = subject()
    const { id, group, ada, grace } = await keyedGroup(storage)
    const stranger = await person(storage, id, 'stranger', 's1')
    await expect(give(storage, id, group, 1, grant(ada, 'a1', ada))).rejects.toThrow()
    expect(await give(storage, id, group, 1, grant(grace, 'g1', ada), grant(stranger, 's1', ada))).toEqual([grace])
    expect(await who(storage, id, group, 'holding')).toEqual(['ada', 'grace'])
    await expect(storage.transaction(id, ({ groupKeys }) => groupKeys.saveEpoch(group, epoch(1, ada), []))).rejects.toThrow()
    expect(await give(storage, id, group, 1)).toEqual([])
  })

  test('31: who left after holding the key is a reason until a newer epoch, also when they are back', async () => {
    const { storage } = subject()
    const { id, group, ada, grace, jean } = await keyedGroup(storage)
    await give(storage, id, group, 1, grant(grace, 'g1', ada))
    const reasons = async () => (await summary(storage, id, group))?.departures
    await leave(storage, id, group, jean)
    expect(await reasons()).toEqual([])
    await leave(storage, id, group, grace)
    expect(await reasons()).toEqual([{ user: grace, userName: 'grace', how: 'removed' }])
    expect(await storage.transaction(id, ({ groupKeys }) => groupKeys.sealedGrant(group, grace))).toBeUndefined()
    await join(storage, id, group, grace)
    expect(await reasons()).toEqual([{ user: grace, userName: 'grace', how: 'returned' }])
    const [back] = await storage.transaction(id, ({ groupKeys }) => groupKeys.members(group, [grace]))
    expect(back?.grant?.isBeforeReturn).toBe(true)
    expect(back && holdsGroupKey(back)).toBe(true)
    await deleteUser(storage, id, grace)
    expect(await reasons()).toEqual([{ user: grace, userName: 'grace', how: 'deleted' }])
    await storage.transaction(id, async ({ groupKeys }) => {
      await groupKeys.saveEpoch(group, epoch(2, ada), [{ user: ada, fingerprint: 'a1' }])
      await groupKeys.saveGrants(group, 2, [grant(ada, 'a1', ada)])
    })
    expect(await reasons()).toEqual([])
    expect(await summary(storage, id, group)).toMatchObject({ epoch: { number: 2 }, holders: 1 })
  })

  test('the queue of a holder has whoever waits for what they hold, and since when', async () => {
    const { storage } = subject()
    const { id, group, ada, grace } = await keyedGroup(storage)
    const queueOf = (user: UserId) => storage.transaction(id, ({ groupKeys }) => groupKeys.waitingFor(user, 10))
    const [waiting, ...rest] = await queueOf(ada)
    expect(rest).toEqual([])
    expect(waiting).toMatchObject({ group: { id: group, displayName: 'Crew' }, epoch: 1, member: { user: grace, heldBefore: false } })
    const made = await storage.transaction(id, ({ groupKeys }) => groupKeys.newest(group))
    expect(waiting?.since).toBe(made?.madeAt)
    expect(await queueOf(grace)).toEqual([])
    expect(await storage.transaction(id, ({ groupKeys }) => groupKeys.waitingFor(ada, 0))).toEqual([])
    await storage.transaction(id, async ({ groupKeys, now }) => {
      expect(await groupKeys.overdue(now + dayMs)).toEqual([{ group: { id: group, displayName: 'Crew' }, waiting: 1 }])
      expect(await groupKeys.overdue(waiting?.since ?? 0)).toEqual([])
    })
    const deactivated = await storage.transaction(id, async ({ users }) => {
      const record = await users.lock(grace)
      if (!record) throw new Error('There is no such user.')
      return users.save(record, { ...record.user, directory: 'deactivated' }, record.attributes)
    })
    expect(deactivated.user.directory).toBe('deactivated')
    expect(await queueOf(ada)).toEqual([])
    await deleteGroup(storage, id, group)
    expect(await queueOf(ada)).toEqual([])
  })

  test('what was signed is shown from an epoch on, without what was sealed', async () => {
    const { storage } = subject()
    const { id, group, ada, grace } = await keyedGroup(storage)
    await give(storage, id, group, 1, grant(grace, 'g1', ada))
    await storage.transaction(id, async ({ groupKeys }) => {
      const roster = [
        { user: ada, fingerprint: 'a1' },
        { user: grace, fingerprint: 'g1' },
      ]
      await groupKeys.saveEpoch(group, epoch(2, grace), roster)
      await groupKeys.saveGrants(group, 2, [grant(grace, 'g1', grace), grant(ada, 'a1', grace, { approval: 'carried-over' })])
      const word = `${grace} g1`
      const first = {
        number: 1,
        statement: 'epoch-1',
        signature: 'signature-1',
        roster: roster.slice(0, 1),
        grants: [{ statement: word, signature: word }],
      }
      const second = { number: 2, statement: 'epoch-2', signature: 'signature-2', roster, grants: [] }
      expect(await groupKeys.evidence(group, 1)).toEqual([first, second])
      expect(await groupKeys.evidence(group, 2)).toEqual([second])
      const effective = await groupKeys.effectiveGrants(group, { after: 0, limit: 10 })
      expect(effective.map(({ member, statement, signature }) => [member.user, statement, signature])).toEqual([
        [ada, `${ada} a1`, `${ada} a1`],
        [grace, word, word],
      ])
    })
  })

  test('automatic grants are counted since a moment', async () => {
    const { storage } = subject()
    const { id, group, ada, grace } = await keyedGroup(storage)
    await give(storage, id, group, 1, grant(grace, 'g1', ada, { approval: 'automatic' }))
    await storage.transaction(id, async ({ groupKeys, now }) => {
      expect(await groupKeys.automaticSince(now - dayMs)).toBe(1)
      expect(await groupKeys.automaticSince(now + dayMs)).toBe(0)
    })
  })

  test('a note is kept as it was saved last', async () => {
    const { storage } = subject()
    const { id, group } = await keyedGroup(storage)
    for (const note of [
      { epoch: 1, sealed: 'first', version: 1 },
      { epoch: 2, sealed: 'second', version: 2 },
    ]) {
      await storage.transaction(id, ({ groupKeys }) => groupKeys.saveNote(group, note))
      expect(await storage.transaction(id, ({ groupKeys }) => groupKeys.note(group))).toEqual(note)
    }
  })

  test('a sealed key of no use is destroyed when it was of none for long, and what was signed stays', async () => {
    const { storage } = subject()
    const { id, group, ada, grace } = await keyedGroup(storage)
    await give(storage, id, group, 1, grant(grace, 'g1', ada))
    const destroy = (days: number) => storage.transaction(id, ({ groupKeys, now }) => groupKeys.destroyWithheld(now + days * dayMs))
    expect(await destroy(1)).toBe(0)
    await leave(storage, id, group, grace)
    expect(await destroy(-1)).toBe(0)
    // Back in time: nothing is noted of it any more.
    await join(storage, id, group, grace)
    expect(await destroy(1)).toBe(0)
    await leave(storage, id, group, grace)
    expect(await destroy(1)).toBe(1)
    expect(await destroy(1)).toBe(0)
    await join(storage, id, group, grace)
    expect(await who(storage, id, group, 'holding')).toEqual(['ada'])
    expect(await who(storage, id, group, 'waiting')).toEqual(['grace'])
    const shown = await storage.transaction(id, ({ groupKeys }) => groupKeys.evidence(group, 1))
    expect(shown[0]?.grants).toHaveLength(1)
    await give(storage, id, group, 1, grant(grace, 'g1', ada))
    expect(await who(storage, id, group, 'holding')).toEqual(['ada', 'grace'])
  })

  test('a deleted group comes back with its key, and its members’ grants with their memberships', async () => {
    const { storage } = subject()
    const { id, group, ada } = await keyedGroup(storage)
    await deleteGroup(storage, id, group)
    expect(await summary(storage, id, group)).toBeUndefined()
    const found = await storage.read(id, ({ groups }) => groups.deleted())
    expect(found.map(({ record }) => record.group.id)).toEqual([group])
    const restored = await storage.transaction(id, async ({ groups }) => {
      const deleted = await groups.lockDeleted(group)
      if (!deleted) throw new Error('There is no such group.')
      return groups.restore(deleted)
    })
    expect((await storage.read(id, ({ groups }) => groups.get(group, { members: true })))?.record).toEqual(restored)
    expect(await storage.transaction(id, ({ groups }) => groups.lockDeleted(group))).toBeUndefined()
    expect(await summary(storage, id, group)).toMatchObject({ epoch: { number: 1 }, holders: 0 })
    await join(storage, id, group, ada)
    expect(await who(storage, id, group, 'holding')).toEqual(['ada'])
    const { group: taken } = await insertGroup(storage, id, newGroup('Other'))
    await deleteGroup(storage, id, taken.id)
    await insertGroup(storage, id, newGroup('OTHER'))
    const restoring = storage.transaction(id, async ({ groups }) => {
      const deleted = await groups.lockDeleted(taken.id)
      if (deleted) await groups.restore(deleted)
    })
    await expect(restoring).rejects.toMatchObject({ name: 'UniqueNameTaken' })
  })
}
