import type { SignInAttempt } from '@latchkey/application'
import { type SsoConnection, connectionId, secondMs } from '@latchkey/domain'
import { expect, test } from 'vitest'
import { insertUser, makeOrganization, newDigest, newUser, randomness } from './rows.ts'
import type { Subject } from './storage.contract.ts'

const newConnectionId = () => connectionId(randomness.uuid())

const oidc = (): SsoConnection => ({
  id: newConnectionId(),
  match: { claim: 'preferred_username', attribute: 'userName' },
  kind: 'oidc',
  issuer: 'https://issuer.example/"tenant"',
  clientId: 'latchkey',
  sealedClientSecret: 'sealed',
})

const saml = (): SsoConnection => ({
  id: newConnectionId(),
  match: { claim: 'NameID', attribute: 'externalId' },
  kind: 'saml',
  entityId: 'https://provider.example/metadata',
  signOnUrl: 'https://provider.example/sign-on',
  certificates: ['MIIB', 'MIIC'],
  allowsProviderInitiated: true,
})

export function ssoStoreContract(subject: Subject): void {
  test('an organisation has one connection: the one that was saved last, found by its id from outside', async () => {
    const { storage, ssoRegister } = subject()
    const organization = await makeOrganization(storage)
    const { id: elsewhere } = await makeOrganization(storage)
    expect(await storage.read(organization.id, ({ sso }) => sso.connection())).toBeUndefined()
    const [first, second] = [oidc(), saml()]
    await storage.transaction(organization.id, ({ sso }) => sso.save(first))
    expect(await storage.read(organization.id, ({ sso }) => sso.connection())).toEqual(first)
    await storage.transaction(organization.id, ({ sso }) => sso.save(second))
    expect(await storage.read(organization.id, ({ sso }) => sso.connection())).toEqual(second)
    expect(await ssoRegister.organizationOfConnection(second.id)).toEqual(organization)
    expect(await ssoRegister.organizationOfConnection(first.id)).toBeUndefined()
    expect(await storage.read(elsewhere, ({ sso }) => sso.connection())).toBeUndefined()
  })

  test('an attempt is taken once, by its handle alone, in its own organisation, also when two take it at once', async () => {
    const { storage, ssoRegister } = subject()
    const organization = await makeOrganization(storage)
    const { id: elsewhere } = await makeOrganization(storage)
    const { user } = await insertUser(storage, organization.id, newUser('ada'))
    const handle = newDigest()
    const attempt = await storage.transaction(organization.id, async ({ sso, now }) => {
      const begun: SignInAttempt = {
        connection: newConnectionId(),
        remember: '{"nonce":"😀"}',
        owner: user.id,
        expiresAt: now + 600 * secondMs,
      }
      await sso.begin(begun, handle)
      return begun
    })
    expect(await ssoRegister.organizationOfAttempt(handle)).toEqual(organization)
    expect(await ssoRegister.organizationOfAttempt({ ...handle, keyId: 'another key' })).toBeUndefined()
    expect(await ssoRegister.organizationOfAttempt(newDigest())).toBeUndefined()
    expect(await storage.transaction(elsewhere, ({ sso }) => sso.take(handle))).toBeUndefined()
    const take = () => storage.transaction(organization.id, ({ sso }) => sso.take(handle))
    const taken = await Promise.all([take(), take(), take()])
    expect(taken.filter((found) => found !== undefined)).toEqual([attempt])
    expect(await ssoRegister.organizationOfAttempt(handle)).toBeUndefined()
  })

  test('an assertion is seen first once, for each connection, also when it comes twice at once', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const [one, other] = [newConnectionId(), newConnectionId()]
    const see = (connection: typeof one, assertion: string) =>
      storage.transaction(id, ({ sso, now }) => sso.isFirstUse(connection, assertion, now + 60 * secondMs))
    expect((await Promise.all([see(one, '_a'), see(one, '_a'), see(one, '_a')])).filter(Boolean)).toHaveLength(1)
    expect(await see(one, '_b')).toBe(true)
    expect(await see(other, '_a')).toBe(true)
    expect(await see(one, '_a')).toBe(false)
  })

  test('the first place of a person is their first, and every other one is new once', async () => {
    const { storage } = subject()
    const { id } = await makeOrganization(storage)
    const { user: ada } = await insertUser(storage, id, newUser('ada'))
    const { user: grace } = await insertUser(storage, id, newUser('grace'))
    const note = (user: typeof ada, place: string) => storage.transaction(id, ({ sso }) => sso.notePlace(user.id, place))
    expect(await note(ada, 'home')).toBe('first')
    expect(await note(ada, 'home')).toBe('known')
    expect(await note(ada, 'abroad')).toBe('new')
    expect(await note(ada, 'abroad')).toBe('known')
    expect(await note(grace, 'abroad')).toBe('first')
  })

  test('what has expired is taken away, and nothing else', async () => {
    const { storage, ssoRegister } = subject()
    const { id } = await makeOrganization(storage)
    const { id: elsewhere } = await makeOrganization(storage)
    const connection = newConnectionId()
    const [past, future, foreign] = [newDigest(), newDigest(), newDigest()]
    const begin = (organization: typeof id, handle: typeof past, seconds: number) =>
      storage.transaction(organization, async ({ sso, now }) => {
        await sso.begin({ connection, remember: '', owner: null, expiresAt: now + seconds * secondMs }, handle)
        await sso.isFirstUse(connection, handle.hmac, now + seconds * secondMs)
      })
    await begin(id, past, -1)
    await begin(id, future, 60)
    await begin(elsewhere, foreign, -1)
    await storage.transaction(id, ({ sso }) => sso.removeExpired())
    expect(await ssoRegister.organizationOfAttempt(past)).toBeUndefined()
    expect(await ssoRegister.organizationOfAttempt(future)).toMatchObject({ id })
    expect(await ssoRegister.organizationOfAttempt(foreign)).toMatchObject({ id: elsewhere })
    const seenAgain = (handle: typeof past) =>
      storage.transaction(id, ({ sso, now }) => sso.isFirstUse(connection, handle.hmac, now + secondMs))
    expect([await seenAgain(past), await seenAgain(future)]).toEqual([true, false])
  })
}
