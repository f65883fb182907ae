import { expect, test } from 'vitest'
import { readablePersonalSeals } from '@latchkey/adapter-memory'
import { type AuditFilter, type AuditVerdict, ExpireAudit, SealAudit, VerifyAudit } from '@latchkey/application'
import { type Organization, type OrganizationId, dayMs } from '@latchkey/domain'
import { sha256 } from '../sha256.ts'
import { insertUser, makeOrganization, newUser, newUserId } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const everything: AuditFilter = { kinds: null, subject: null, since: null, until: null }
const personalSeals = readablePersonalSeals()

export function auditTrailContract(subject: Subject): void {
  const appendMany = (organization: OrganizationId, count: number): Promise<void> =>
    subject().storage.transaction(organization, async ({ audit }) => {
      for (let number = 0; number < count; number += 1) {
        await audit.append({ kind: 'operator' }, { kind: number % 2 === 0 ? 'scim-enabled' : 'scim-disabled' })
      }
    })
  const seal = (organization: Organization) => {
    const { storage, register } = subject()
    return new SealAudit({ storage, register, sha256, personalSeals }).sealAll(organization)
  }
  const verify = (organization: Organization): Promise<AuditVerdict> =>
    new VerifyAudit({ storage: subject().storage, sha256 }).execute(organization)

  test('events are sealed in the order of their appending, once each, and the chain that they make is whole', async () => {
    const { storage } = subject()
    const organization = await makeOrganization(storage)
    expect(await verify(organization)).toEqual({ events: 0, head: null, firstBroken: null })
    await appendMany(organization.id, 3)
    const first = await seal(organization)
    expect(first?.sequence).toBe(3)
    expect(await seal(organization)).toBeNull()
    await appendMany(organization.id, 2)
    const head = await seal(organization)
    expect(await verify(organization)).toEqual({ events: 5, head: head?.hash, firstBroken: null })
    const records = await storage.read(organization.id, ({ auditTrail }) => auditTrail.sealed(0, 10))
    expect(records.map(({ sequence, event }) => [sequence, event.kind])).toEqual([
      [1, 'scim-enabled'],
      [2, 'scim-disabled'],
      [3, 'scim-enabled'],
      [4, 'scim-enabled'],
      [5, 'scim-disabled'],
    ])
    expect(records[3]?.previousHash).toBe(first?.hash)
  })

  test('events that are appended while others are sealed wait for nobody and are sealed by the next round', async () => {
    const { storage } = subject()
    const organization = await makeOrganization(storage)
    await appendMany(organization.id, 50)
    await Promise.all([seal(organization), appendMany(organization.id, 10), seal(organization), appendMany(organization.id, 10)])
    await seal(organization)
    expect(await verify(organization)).toMatchObject({ events: 70, firstBroken: null })
  })

  test('what an event tells of a person is opened by that person’s key, and lost with it, while the chain stays whole', async () => {
    const { storage } = subject()
    const organization = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, organization.id, newUser('ada'))
    const { user: grace } = await insertUser(storage, organization.id, newUser('grace'))
    const tell = async (user: typeof ada) =>
      storage.transaction(organization.id, ({ audit }) =>
        audit.append({ kind: 'operator' }, { kind: 'owner-link-created', user: user.id }, { userName: user.userName }),
      )
    await tell(ada)
    await tell(grace)
    await seal(organization)
    const told = async () =>
      (await storage.read(organization.id, ({ auditTrail }) => auditTrail.list(everything, { before: null, limit: 10 }))).map(
        ({ subject: about, personal, personalKey }) => [
          about,
          personal !== null && personalKey !== null ? personalSeals.open(personalKey, personal) : null,
        ],
      )
    expect(await told()).toEqual([
      [grace.id, '{"userName":"grace"}'],
      [ada.id, '{"userName":"ada"}'],
    ])
    const before = await verify(organization)
    await storage.transaction(organization.id, ({ auditTrail }) => auditTrail.destroyPersonalKey(ada.id))
    expect(await told()).toEqual([
      [grace.id, '{"userName":"grace"}'],
      [ada.id, null],
    ])
    expect(await verify(organization)).toEqual(before)

    await tell(ada)
    await seal(organization)
    expect((await told())[0]).toEqual([ada.id, null])
    expect((await verify(organization)).firstBroken).toBeNull()
  })

  test('expired events go, and those that are kept still prove themselves', async () => {
    const { storage, register } = subject()
    const made = await makeOrganization(storage)
    await appendMany(made.id, 5)
    await seal(made)
    const third = await storage.transaction(made.id, async ({ auditTrail, now }) => {
      expect(await auditTrail.lastBefore(now - dayMs)).toBeUndefined()
      expect((await auditTrail.lastBefore(now + dayMs))?.sequence).toBe(5)
      const record = (await auditTrail.sealed(0, 10))[2]
      if (!record) throw new Error('The third event is not there.')
      const through = { sequence: record.sequence, hash: record.hash }
      await auditTrail.expire(through)
      return through
    })
    expect(await storage.read(made.id, ({ auditTrail }) => auditTrail.chain())).toMatchObject({ expired: third })
    expect(await verify(made)).toMatchObject({ events: 2, firstBroken: null })

    const kept = { ...made, settings: { ...made.settings, auditRetentionDays: -1 } }
    await storage.transaction(made.id, ({ organization }) => organization.save(kept))
    await new ExpireAudit({ storage, register }).execute()
    await storage.transaction(made.id, ({ organization }) => organization.save(made))
    const rest = await storage.read(made.id, ({ auditTrail }) => auditTrail.list(everything, { before: null, limit: 10 }))
    expect(rest.map(({ actor, event }) => ({ actor, event }))).toEqual([
      { actor: { kind: 'clock' }, event: { kind: 'audit-expired', through: 5 } },
    ])
    await seal(made)
    expect(await verify(made)).toMatchObject({ events: 1, firstBroken: null })
  })

  test('events are listed from the latest on, page by page, by kind, by person and by time', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const ada = newUserId()
    await appendMany(id, 4)
    await storage.transaction(id, ({ audit }) => audit.append({ kind: 'operator' }, { kind: 'owner-link-created', user: ada }))
    const list = (filter: Partial<AuditFilter>, before: number | null = null, limit = 10) =>
      storage.read(id, ({ auditTrail }) => auditTrail.list({ ...everything, ...filter }, { before, limit }))
    const first = await list({}, null, 2)
    expect(first.map(({ event }) => event.kind)).toEqual(['owner-link-created', 'scim-disabled'])
    const next = await list({}, first[1]?.id ?? null, 2)
    expect(next.map(({ event }) => event.kind)).toEqual(['scim-enabled', 'scim-disabled'])
    expect(await list({ kinds: ['scim-enabled'] })).toHaveLength(2)
    expect((await list({ subject: ada })).map(({ subject: about }) => about)).toEqual([ada])
    expect(await list({ subject: newUserId() })).toEqual([])
    const at = first[0]?.at ?? 0
    expect(await list({ since: at, until: at + 1, subject: ada })).toHaveLength(1)
    expect(await list({ until: at, subject: ada })).toEqual([])
  })

  test('no organisation sees, seals or expires another one’s events', async () => {
    const { storage } = subject()
    const [mine, other] = [await makeOrganization(storage), await makeOrganization(storage)]
    await appendMany(mine.id, 2)
    await seal(mine)
    const before = await verify(mine)
    await storage.transaction(other.id, async ({ auditTrail }) => {
      expect(await auditTrail.chain()).toBeUndefined()
      expect(await auditTrail.unsealed(10)).toEqual([])
      expect(await auditTrail.sealed(0, 10)).toEqual([])
      await auditTrail.lockChain({ sequence: 0, hash: '00' })
      await auditTrail.expire({ sequence: 2, hash: '00' })
    })
    expect(await verify(mine)).toEqual(before)
  })
}
