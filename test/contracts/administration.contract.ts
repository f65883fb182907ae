import { plainLetters } from '@latchkey/adapter-memory'
import {
  AccountMail,
  AuthenticateAdministrator,
  KeyReset,
  Members,
  type Person,
  SetUpMail,
  type Storage,
  addresses,
  operatorOf,
} from '@latchkey/application'
import { type EncryptionKey, type Role, type User, connectionId, dayMs, sessionId } from '@latchkey/domain'
import { expect, test } from 'vitest'
import { insertGroup, insertUser, makeOrganization, newDigest, newGroup, newSession, newUser, newUserId, randomness } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const registered: EncryptionKey = {
  state: 'registered',
  version: 1,
  publicKeys: { encryption: 'e', signing: 's' },
  fingerprint: 'f',
  protectedPrivateKeys: { version: 1, envelope: 'x' },
  registeredAt: Date.UTC(2026, 0, 1),
  resetRequest: null,
}
const digests = { digest: () => newDigest(), matches: () => true, fingerprint: (secret: string) => secret }
const mail = { letters: plainLetters, addresses: addresses('http://localhost:8080') }

const membersOf = (storage: Storage) => new Members({ storage, randomness, setUpMail: new SetUpMail(mail), mail: new AccountMail(mail) })

/** What administrators do, on every adapter. */
export function administrationContract(subject: Subject): void {
  const made = async (facts: Partial<User>) => {
    const { storage } = subject()
    const organization = await makeOrganization(storage)
    const { user } = await insertUser(storage, organization.id, newUser('ada@acme.example', facts))
    const person: Person = { organization, user: user.id, session: sessionId(randomness.uuid()) }
    return { storage, organization, user, person }
  }
  const authenticate = (storage: Storage) => new AuthenticateAdministrator({ storage, credentials: subject().apiCredentials, digests })

  test('a person with a key asks as what they are now; one without is to set it up, and one who is deactivated is nobody', async () => {
    for (const [facts, expected] of [
      [{ encryptionKey: registered, role: 'admin', managedBy: 'local' }, 'admin'],
      [{ encryptionKey: registered }, 'member'],
      [{ role: 'admin', managedBy: 'local' }, 'set-up-first'],
      [{ encryptionKey: registered, directory: 'deactivated' }, 'not-authenticated'],
    ] as const) {
      const { storage, person } = await made(facts)
      const result = await authenticate(storage).byPerson(person)
      expect(result.ok ? result.value.role : result.error).toBe(expected)
    }
  })

  test('a role by a group counts while the membership lasts', async () => {
    const { storage, organization, user, person } = await made({ encryptionKey: registered })
    const { group } = await insertGroup(storage, organization.id, newGroup('Admins'), [user.id])
    await storage.transaction(organization.id, ({ roleMappings }) => roleMappings.save(group.id, 'admin'))
    const roleNow = async (): Promise<Role | null> => {
      const result = await authenticate(storage).byPerson(person)
      return result.ok ? result.value.role : null
    }
    expect(await roleNow()).toBe('admin')
    await storage.transaction(organization.id, ({ memberships }) => memberships.remove(group.id, [user.id]))
    expect(await roleNow()).toBe('member')
  })

  test('deactivating a local member ends every session with the same write; owners and provisioned members are out of reach', async () => {
    const { storage, organization, user } = await made({ managedBy: 'local' })
    const digest = newDigest()
    await storage.transaction(organization.id, ({ sessions }) => sessions.insert(newSession(user.id), digest))
    const members = membersOf(storage)
    const by = operatorOf(organization)
    expect((await members.enable(by, user.id, false)).ok).toBe(true)
    expect(await subject().sessionCredentials.find(digest)).toBeUndefined()
    expect((await members.get(by, user.id))?.status).toBe('deactivated')
    expect((await members.enable(by, user.id, true)).ok).toBe(true)
    expect((await members.get(by, user.id))?.status).toBe('pending-encryption-key')
    const { user: owner } = await insertUser(storage, organization.id, newUser('owner', { role: 'owner', managedBy: 'local' }))
    const { user: provisioned } = await insertUser(storage, organization.id, newUser('grace'))
    expect(await members.enable(by, owner.id, false)).toEqual({ ok: false, error: 'member-is-owner' })
    expect(await members.enable(by, provisioned.id, false)).toEqual({ ok: false, error: 'managed-by-scim' })
    expect(await members.enable(by, newUserId(), false)).toEqual({ ok: false, error: 'member-not-found' })
    expect((await subject().events(organization.id)).map(({ event }) => event.kind)).toEqual(['user-changed', 'user-changed'])
  })

  test('a role of one’s own is an owner’s to give, moves no version, and makes nobody an owner', async () => {
    const { storage, organization, user } = await made({})
    const members = membersOf(storage)
    const by = operatorOf(organization)
    expect(await members.changeRole({ ...by, role: 'admin' }, user.id, 'admin')).toEqual({ ok: false, error: 'owners-only' })
    expect((await members.changeRole(by, user.id, 'admin')).ok).toBe(true)
    const view = await storage.read(organization.id, ({ users }) => users.get(user.id, { groups: false }))
    expect(view?.record).toMatchObject({ version: 1, user: { role: 'admin' } })
    expect((await members.get(by, user.id))?.role).toBe('admin')
    const page = await members.list(by, { text: 'ADA', status: 'pending-encryption-key', group: null }, { after: null, limit: 10 })
    expect(page).toMatchObject({ total: 1, next: null, members: [{ role: 'admin' }] })
  })

  test('the set-up mail can be sent once more, as a mail of its own', async () => {
    const { storage, organization, user } = await made({})
    const members = membersOf(storage)
    const by = operatorOf(organization)
    expect((await members.resendSetUpMail(by, user.id)).ok).toBe(true)
    const [queued] = await subject().queuedMails(organization.id)
    expect(queued?.key).toMatch(new RegExp(`^set-up\\.${user.id}\\.\\d+$`))
    expect(queued?.messageId).toBe(`<${queued?.key}@localhost>`)
    const { user: done } = await insertUser(storage, organization.id, newUser('grace@acme.example', { encryptionKey: registered }))
    const { user: nameless } = await insertUser(storage, organization.id, newUser('linus'))
    expect(await members.resendSetUpMail(by, done.id)).toEqual({ ok: false, error: 'nothing-to-set-up' })
    expect(await members.resendSetUpMail(by, nameless.id)).toEqual({ ok: false, error: 'no-address' })
  })

  test('whoever is invited is local and enabled, and gets the set-up mail; a name in use stays whose it is', async () => {
    const { storage, organization } = await made({ directory: 'deactivated' })
    const members = membersOf(storage)
    const by = operatorOf(organization)
    const wish = { userName: 'grace', email: 'grace@acme.example', displayName: 'Grace', role: null }
    const invited = await members.invite(by, wish)
    if (!invited.ok) throw new Error(invited.error)
    const { user } = invited.value
    expect(user).toMatchObject({ managedBy: 'local', directory: 'enabled', role: null, identityLink: null, setUpMailQueued: true })
    expect(await members.get(by, user.id)).toEqual(invited.value)
    expect((await subject().queuedMails(organization.id)).map(({ to, key }) => ({ to, key }))).toEqual([
      { to: 'grace@acme.example', key: `set-up.${user.id}` },
    ])
    for (const userName of ['GRACE', 'ada@acme.example']) {
      expect(await members.invite(by, { ...wish, userName })).toEqual({ ok: false, error: 'user-name-taken' })
    }
    expect(await members.invite(by, { ...wish, userName: 'linus', email: null })).toEqual({ ok: false, error: 'address-invalid' })
    expect(await members.invite({ ...by, role: 'admin' }, { ...wish, userName: 'linus', role: 'auditor' })).toEqual({
      ok: false,
      error: 'owners-only',
    })
    expect((await subject().events(organization.id)).map(({ event }) => event)).toEqual([
      { kind: 'user-invited', user: user.id, role: null, attributes: ['displayName', 'emails'] },
      { kind: 'action-refused', action: 'invite-member', reason: 'owners-only' },
    ])
  })

  test('unlinking ends the sessions and tells the person; key and version stay, and a second time is nothing', async () => {
    const { storage, organization, user } = await made({
      encryptionKey: registered,
      identityLink: { connectionId: connectionId(randomness.uuid()), subject: 'ada' },
    })
    const digest = newDigest()
    await storage.transaction(organization.id, ({ sessions }) => sessions.insert(newSession(user.id), digest))
    const members = membersOf(storage)
    const by = operatorOf(organization)
    for (let time = 0; time < 2; time += 1) expect(await members.unlink(by, user.id)).toEqual({ ok: true, value: undefined })
    const view = await storage.read(organization.id, ({ users }) => users.get(user.id, { groups: false }))
    expect(view?.record).toMatchObject({ version: 1, user: { identityLink: null, encryptionKey: registered } })
    expect(await subject().sessionCredentials.find(digest)).toBeUndefined()
    expect(await subject().queuedMails(organization.id)).toHaveLength(1)
    expect((await subject().events(organization.id)).map(({ event }) => event.kind)).toEqual(['identity-unlinked'])
    expect(await members.unlink(by, newUserId())).toEqual({ ok: false, error: 'member-not-found' })
  })

  test('an administrator asks for a key reset, which waits a day, tells the person and the owners, and can be taken back', async () => {
    const { storage, organization, user } = await made({ encryptionKey: registered })
    await insertUser(storage, organization.id, newUser('owner@acme.example', { role: 'owner', managedBy: 'local' }))
    const reset = new KeyReset({ storage, mail: new AccountMail(mail) })
    const by = operatorOf(organization)
    const requested = await reset.requestFor(by, user.id)
    expect(requested.ok && requested.value.effectiveAt - requested.value.requestedAt).toBe(dayMs)
    expect((await subject().queuedMails(organization.id)).map(({ to }) => to).toSorted()).toEqual([
      'ada@acme.example',
      'owner@acme.example',
    ])
    expect(await reset.requestFor(by, user.id)).toEqual({ ok: false, error: 'already-requested' })
    expect((await reset.cancelFor(by, user.id)).ok).toBe(true)
    const view = await storage.read(organization.id, ({ users }) => users.get(user.id, { groups: false }))
    expect(view?.record.user.encryptionKey).toEqual(registered)
    expect(await reset.cancelFor(by, newUserId())).toEqual({ ok: false, error: 'member-not-found' })
    expect((await subject().events(organization.id)).map(({ actor, event }) => [actor.kind, event.kind])).toEqual([
      ['operator', 'key-reset-requested'],
      ['operator', 'key-reset-cancelled'],
    ])
  })
}
