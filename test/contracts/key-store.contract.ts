import { expect, test } from 'vitest'
import { type KeyLogEntry, type RegisteredKey, type UserId, hourMs, minuteMs } from '@latchkey/domain'
import { insertUser, makeOrganization, newDigest, newUser, said } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const registered: RegisteredKey = {
  state: 'registered',
  version: 1,
  publicKeys: { encryption: 'e', signing: 's' },
  fingerprint: 'f',
  protectedPrivateKeys: { version: 1, envelope: '{"opaque":true}' },
  registeredAt: Date.UTC(2030, 0, 1),
  resetRequest: null,
}

function entry(sequence: number, user: UserId, version: number): KeyLogEntry {
  return {
    sequence,
    user,
    version,
    statement: `statement-${sequence}`,
    statementSignature: `signature-${sequence}`,
    previousSignature: version === 1 ? null : 'previous',
    at: Date.UTC(2030, 0, 1, 0, 0, sequence, 7),
    previousHash: sequence === 1 ? null : `hash-${sequence - 1}`,
    hash: `hash-${sequence}`,
  }
}

export function keyStoreContract(subject: Subject): void {
  test('when the last key of a person was retired is told, and nothing of whoever never had one', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const at = await storage.transaction(id, async ({ keys, now }) => {
      await keys.retire(ada.id, registered)
      return now
    })
    const retired = await storage.read(id, ({ keys }) => keys.lastRetired([grace.id, ada.id]))
    expect([...retired]).toEqual([[ada.id, at]])
    const other = await makeOrganization(storage)
    expect((await storage.read(other.id, ({ keys }) => keys.lastRetired([ada.id]))).size).toBe(0)
  })

  test('proofs and note are kept as they were saved last, each person’s own', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    await storage.transaction(id, async ({ keys }) => {
      expect(await keys.proofs(ada.id)).toBeUndefined()
      expect(await keys.note(ada.id)).toBeNull()
      await keys.saveProofs(ada.id, { unlock: 'u1', recovery: 'r1' })
      await keys.saveProofs(ada.id, { unlock: 'u2', recovery: 'r1' })
      await keys.saveNote(ada.id, 'first')
      await keys.saveNote(ada.id, 'second')
    })
    await storage.transaction(id, async ({ keys }) => {
      expect(await keys.proofs(ada.id)).toEqual({ unlock: 'u2', recovery: 'r1' })
      expect(await keys.note(ada.id)).toBe('second')
      expect(await keys.proofs(grace.id)).toBeUndefined()
      expect(await keys.note(grace.id)).toBeNull()
    })
  })

  test('a retired key leaves no proof that could release anything', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    await storage.transaction(id, async ({ keys }) => {
      await keys.saveProofs(user.id, { unlock: 'u', recovery: 'r' })
      await keys.retire(user.id, registered)
    })
    expect(await storage.transaction(id, ({ keys }) => keys.proofs(user.id))).toBeUndefined()
  })

  test('the key log gives back every statement in order, by pages and by person', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const entries = [entry(1, ada.id, 1), entry(2, grace.id, 1), entry(3, ada.id, 2)]
    for (const one of entries) {
      await storage.transaction(id, async ({ keyLog }) => {
        expect(await keyLog.lockHead()).toEqual(entries[one.sequence - 2])
        await keyLog.append(one)
      })
    }
    await storage.read(id, async ({ keyLog }) => {
      expect(await keyLog.page(0, 2)).toEqual(entries.slice(0, 2))
      expect(await keyLog.page(2, 2)).toEqual(entries.slice(2))
      expect(await keyLog.page(3, 2)).toEqual([])
      expect(await keyLog.ofUser(ada.id)).toEqual([entries[0], entries[2]])
    })
  })

  test('statements appended at once stand behind one another', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const users = await Promise.all([1, 2, 3, 4, 5].map((number) => insertUser(storage, id, newUser(`person-${number}`))))
    await Promise.all(
      users.map(({ user }) =>
        storage.transaction(id, async ({ keyLog }) => {
          const head = await keyLog.lockHead()
          await keyLog.append(entry((head?.sequence ?? 0) + 1, user.id, 1))
        }),
      ),
    )
    const log = await storage.read(id, ({ keyLog }) => keyLog.page(0, 10))
    expect(log.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
  })

  test('no statement is appended twice or out of order', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    await storage.transaction(id, ({ keyLog }) => keyLog.append(entry(1, user.id, 1)))
    await expect(storage.transaction(id, ({ keyLog }) => keyLog.append(entry(1, user.id, 2)))).rejects.toThrow()
    expect(await storage.read(id, ({ keyLog }) => keyLog.page(0, 10))).toHaveLength(1)
  })

  test('wrong proofs are counted since a moment, by source and from all of them, and forgotten', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user } = await insertUser(storage, id, newUser('ada'))
    const times: number[] = []
    for (const source of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) {
      await storage.transaction(id, async ({ wrongProofs, now }) => {
        await wrongProofs.note(user.id, source)
        times.push(now)
      })
    }
    await storage.transaction(id, async ({ wrongProofs, now }) => {
      const since = now - 15 * minuteMs
      expect(await wrongProofs.since(user.id, since, null)).toEqual(times)
      expect(await wrongProofs.since(user.id, since, '192.0.2.1')).toEqual([times[0], times[2]])
      expect(await wrongProofs.since(user.id, now + hourMs, null)).toEqual([])
      await wrongProofs.forget(now + hourMs)
      expect(await wrongProofs.since(user.id, since, null)).toEqual([])
    })
  })

  test('an owner link is found by its digest until it is spent or replaced', async () => {
    const { storage, ownerLinkCredentials } = subject()
    const organization = await makeOrganization(storage)
    const { user } = await insertUser(storage, organization.id, newUser('ada', { managedBy: 'local', role: 'owner' }))
    const [first, second] = [newDigest(), newDigest()]
    const expiresAt = Date.UTC(2040, 0, 1)
    await storage.transaction(organization.id, ({ ownerLinks }) => ownerLinks.insert({ user: user.id, digest: first, expiresAt }))
    expect(await ownerLinkCredentials.find(first)).toMatchObject({ organization, user: user.id, expiresAt })
    await storage.transaction(organization.id, ({ ownerLinks }) => ownerLinks.insert({ user: user.id, digest: second, expiresAt }))
    expect(await ownerLinkCredentials.find(first)).toBeUndefined()
    const isUsable = (digest: typeof first) =>
      storage.transaction(organization.id, ({ ownerLinks }) => ownerLinks.isUsable(user.id, digest))
    expect([await isUsable(first), await isUsable(second), await isUsable({ ...second, keyId: 'another key' })]).toEqual([
      false,
      true,
      false,
    ])
    await storage.transaction(organization.id, ({ ownerLinks }) => ownerLinks.remove(user.id))
    expect(await isUsable(second)).toBe(false)
    await storage.transaction(organization.id, ({ ownerLinks, now }) => ownerLinks.insert({ user: user.id, digest: first, expiresAt: now }))
    expect(await isUsable(first)).toBe(false)
    await storage.transaction(organization.id, ({ ownerLinks }) => ownerLinks.remove(user.id))
    expect(await ownerLinkCredentials.find(second)).toBeUndefined()
  })

  test('people are found by name in any spelling, owners and due resets by what they are, each in their organisation', async () => {
    const { storage } = subject()
    const [{ id }, other] = [await makeOrganization(storage), await makeOrganization(storage)]
    const owner = await insertUser(storage, id, newUser('Ada@Acme.example', { managedBy: 'local', role: 'owner' }))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const effectiveAt = Date.UTC(2030, 0, 2)
    await storage.transaction(id, async ({ users }) => {
      const record = await users.lock(grace.id)
      if (!record) throw new Error('There is no such user.')
      const encryptionKey = { ...registered, resetRequest: { requestedAt: effectiveAt - hourMs, effectiveAt } }
      await users.saveLinkAndKey(record, { identityLink: null, encryptionKey })
    })
    await storage.transaction(id, async ({ users }) => {
      const found = await users.byName('ADA@acme.EXAMPLE')
      expect(found && said(found)).toEqual(owner)
      expect(await users.byName('nobody')).toBeUndefined()
      expect((await users.owners()).map(said)).toEqual([owner])
      expect(await users.resetsDue(effectiveAt - 1)).toEqual([])
      expect(await users.resetsDue(effectiveAt)).toEqual([grace.id])
    })
    await storage.transaction(other.id, async ({ users }) => {
      expect(await users.byName('ada@acme.example')).toBeUndefined()
      expect(await users.owners()).toEqual([])
      expect(await users.resetsDue(effectiveAt)).toEqual([])
    })
  })
}
