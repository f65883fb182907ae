import { memoryStorage, plainLetters, readablePersonalSeals, settableClock } from '@latchkey/adapter-memory'
import {
  ChangeSettings,
  ChangeUser,
  DeleteUser,
  EraseDeleted,
  RestoreUser,
  ScimTokens,
  SealAudit,
  SetUpMail,
  VerifyAudit,
  WatchForMassChange,
  addresses,
  operatorOf,
} from '@latchkey/application'
import { type Organization, dayMs, hourMs, minuteMs } from '@latchkey/domain'
import { expect, test } from 'vitest'
import { insertUser, makeOrganization, newDigest, newToken, newUser } from '../contracts/rows.ts'
import { sha256 } from '../sha256.ts'
import { admittedTo } from '../admitted.ts'

/** An organisation with an owner who can be written to, and one token. */
async function world() {
  const clock = settableClock()
  const places = addresses('http://localhost:8080')
  const storage = memoryStorage({ locations: places.locations, clock })
  const organization = await makeOrganization(storage)
  await insertUser(storage, organization.id, newUser('owner@acme.example', { role: 'owner', managedBy: 'local' }))
  const token = await storage.transaction(organization.id, ({ scimTokens }) => scimTokens.insert(newToken(), newDigest()))
  const ports = { storage, register: storage.register, letters: plainLetters, addresses: places }
  const caller = {
    organization,
    token: token.id,
    mode: 'tolerant' as const,
    admission: admittedTo(organization),
    request: { id: 'request', provider: () => null, elapsedMs: () => 1 },
  }
  const add = async (count: number) => {
    const people = []
    for (let number = 0; number < count; number += 1) {
      people.push((await insertUser(storage, organization.id, newUser(`user-${number}-${newUser('x').id}`))).user)
    }
    return people
  }
  const alarms = () => storage.queuedMails(organization.id).filter(({ key }) => key.startsWith('mass-change.'))
  const kinds = () => storage.events(organization.id).map(({ event }) => event.kind)
  return { clock, storage, organization, token, ports, caller, add, alarms, kinds, watch: new WatchForMassChange(ports) }
}

test('owners hear once when one token takes access from many within an hour', async () => {
  const { clock, storage, ports, caller, add, alarms, kinds, watch } = await world()
  const people = await add(60)
  const remove = new DeleteUser(ports)
  const change = new ChangeUser({ storage, setUpMail: new SetUpMail(ports) })
  for (const { id } of people.slice(0, 10)) await remove.execute(caller, id, () => true)
  clock.advance(50 * minuteMs)
  const off = [{ names: 'active', apply: (resource: object) => ({ ...resource, active: false }) }]
  for (const { id } of people.slice(10, 19)) {
    expect((await change.execute({ caller, id, steps: off, precondition: () => true, wants: { groups: false } })).ok).toBe(true)
  }
  await watch.execute()
  expect(alarms()).toEqual([])
  await remove.execute(caller, people[19]!.id, () => true)
  await watch.execute()
  await watch.execute()
  expect(alarms().map(({ to, subject }) => [to, subject])).toEqual([['owner@acme.example', 'Mass change at Acme']])
  expect(kinds().filter((kind) => kind === 'mass-change-noticed')).toHaveLength(1)
})

test('what is spread over hours, or few of many, is no alarm', async () => {
  const { clock, ports, caller, add, alarms, watch } = await world()
  const remove = new DeleteUser(ports)
  const people = await add(150)
  for (const { id } of people.slice(0, 25)) await remove.execute(caller, id, () => true)
  await watch.execute()
  clock.advance(2 * hourMs)
  for (const { id } of people.slice(25, 40)) await remove.execute(caller, id, () => true)
  await watch.execute()
  expect(alarms()).toEqual([])
})

test('one action freezes the token, and one releases it', async () => {
  const { storage, organization, token, kinds } = await world()
  const digests = { digest: () => newDigest(), matches: () => true, fingerprint: (secret: string) => secret }
  const tokens = new ScimTokens({
    storage,
    digests,
    randomness: { bytes: (length) => new Uint8Array(length), uuid: () => newUser('x').id },
    entitlements: { licensed: async () => () => true },
  })
  const frozen = await tokens.freeze(organization, token.id, true)
  expect(frozen.ok && frozen.value.frozenAt).not.toBeNull()
  await tokens.freeze(organization, token.id, true)
  const released = await tokens.freeze(organization, token.id, false)
  expect(released.ok && released.value.frozenAt).toBeNull()
  expect(kinds()).toEqual(['scim-token-frozen', 'scim-token-released'])
})

test('30 days after a deletion the person is destroyed, and the audit trail still proves itself', async () => {
  const { clock, storage, organization, ports, caller, add, kinds } = await world()
  const [ada] = await add(1)
  await new DeleteUser(ports).execute(caller, ada!.id, () => true)
  await new SealAudit({ ...ports, sha256, personalSeals: readablePersonalSeals() }).execute()
  clock.advance(30 * dayMs - 1)
  await new EraseDeleted(ports).execute()
  expect(await new RestoreUser(ports).candidates(operatorOf(organization))).toHaveLength(1)
  clock.advance(2)
  expect(await new RestoreUser(ports).execute(operatorOf(organization), ada!.id)).toEqual({ ok: false, error: 'retention-over' })
  await new EraseDeleted(ports).execute()
  expect(kinds()).toEqual(['user-deleted', 'user-erased'])
  await storage.read(organization.id, async ({ activity, auditTrail }) => {
    expect(await activity.list({ outcome: null, action: null, token: null, text: null }, { before: null, limit: 10 })).toEqual([])
    const [deleted] = (
      await auditTrail.list({ kinds: ['user-deleted'], subject: null, since: null, until: null }, { before: null, limit: 1 })
    ).map(({ personal, personalKey }) => ({ personal, personalKey }))
    expect(deleted).toEqual({ personal: expect.any(String), personalKey: null })
  })
  expect((await new VerifyAudit({ storage, sha256 }).execute(organization)).firstBroken).toBeNull()
})

test('owners switch the set-up mail off, within what may be set, and nobody else does', async () => {
  const { storage, organization, ports, kinds } = await world()
  const change = new ChangeSettings(ports)
  const owner = operatorOf(organization)
  expect(await change.execute({ ...owner, role: 'admin' }, { settings: { setUpMail: false } })).toEqual({ ok: false, error: 'owners-only' })
  expect(await change.execute(owner, { settings: { auditRetentionDays: 1 } })).toEqual({ ok: false, error: 'settings-out-of-range' })
  expect(await change.execute(owner, { name: '\n' })).toEqual({ ok: false, error: 'name-invalid' })
  const changed = await change.execute(owner, { settings: { setUpMail: false } })
  expect(changed.ok && changed.value.settings).toEqual({ ...organization.settings, setUpMail: false })
  await change.execute(owner, { settings: { setUpMail: false } })
  expect(kinds()).toEqual(['action-refused', 'settings-changed'])
  const after: Organization = await storage.read(organization.id, (stores) => stores.organization.get())
  expect(new SetUpMail(ports).compose(after, newUser('ada@acme.example'), {})).toBeNull()
  expect(new SetUpMail(ports).compose(organization, newUser('ada@acme.example'), {})).not.toBeNull()
})
