import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KeyChallenge, type UnlockedKey, createEncryptionKey, sealGrants } from '@latchkey/client-crypto'
import { AccountApi } from '../apps/console/src/account/account-api.ts'
import { GroupKeys, type WaitingPerson } from '../apps/console/src/account/group-keys.ts'
import { browserPins } from '../apps/console/src/account/pin-store.ts'
import { problemOf } from '../apps/console/src/http/json-api.ts'
import { AccountClient } from './account-client.ts'
import { BrowserJar } from './browser-jar.ts'
import { password, quickly } from './client-crypto/honest-server.ts'
import { type TestOidcProvider, startOidcProvider } from './identity-providers/oidc-provider.ts'
import { type ScimClient, groupSchema, scimClient, userSchema } from './scim-client.ts'
import type { TestServer } from './server.ts'

/** A person with a browser: what the account pages do, without the pages. */
export interface GroupMember {
  readonly id: string
  readonly userName: string
  readonly account: AccountClient
  unlocked: UnlockedKey
  readonly keys: GroupKeys
}

/** An organisation whose people sign in through a provider and are provisioned by SCIM. */
export interface GroupWorld {
  readonly organization: string
  readonly slug: string
  readonly scim: ScimClient
  /** Somebody who is provisioned and has never signed in. */
  provision(userName?: string): Promise<{ readonly id: string; readonly userName: string }>
  signIn(userName: string): Promise<AccountClient>
  /** A provisioned person who has signed in and made a key. */
  person(userName?: string): Promise<GroupMember>
  /** The first sign-in of somebody who is provisioned. */
  firstSignIn(provisioned: { readonly id: string; readonly userName: string }): Promise<GroupMember>
  group(...members: readonly { readonly id: string }[]): Promise<string>
  put(group: string, member: { readonly id: string }): Promise<void>
  take(group: string, member: { readonly id: string }): Promise<void>
  close(): Promise<void>
}

export async function groupWorld(server: TestServer, slug: string): Promise<GroupWorld> {
  const publicUrl = server.url.replace('127.0.0.1', 'localhost')
  const { id: organization, token } = await server.organization(slug)
  const scim = scimClient(server.scimUrl, token)
  const oidc = await connect(server, slug, publicUrl)
  let made = 0

  const world: GroupWorld = {
    organization,
    slug,
    scim,
    async provision(named) {
      made += 1
      const userName = named ?? `person-${made}@${slug}.example`
      const { body } = await scim.post('/Users', { schemas: [userSchema], userName, displayName: userName.split('@')[0] })
      return { id: body.id, userName }
    },
    async signIn(userName) {
      const browser = new BrowserJar()
      oidc.signInAs({ sub: userName, preferred_username: userName })
      const callback = await browser.follow(`${publicUrl}/sso/start?organization=${slug}`, (at) => at.includes('/sso/oidc/callback'))
      await browser.request(callback)
      return new AccountClient(publicUrl, browser.cookie(publicUrl, '__Host-latchkey-session') ?? null)
    },
    async firstSignIn({ id, userName }) {
      const account = await world.signIn(userName)
      const unlocked = await registerKey(account)
      return { id, userName, account, unlocked, keys: groupKeysOf(account) }
    },
    person: async (userName) => world.firstSignIn(await world.provision(userName)),
    async group(...members) {
      made += 1
      const body = { schemas: [groupSchema], displayName: `Group ${made}`, members: members.map(({ id }) => ({ value: id })) }
      return (await scim.post('/Groups', body)).body.id
    },
    async put(group, { id }) {
      await scim.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: [{ value: id }] }])
    },
    async take(group, { id }) {
      await scim.patch(`/Groups/${group}`, [{ op: 'remove', path: `members[value eq "${id}"]` }])
    },
    close: () => oidc.close(),
  }
  return world
}

async function connect(server: TestServer, slug: string, publicUrl: string): Promise<TestOidcProvider> {
  const oidc = await startOidcProvider(`${publicUrl}/sso/oidc/callback`)
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-groups-'))
  const secret = join(folder, 'secret')
  await writeFile(secret, oidc.clientSecret)
  const provider = ['--issuer', oidc.issuer, '--client-id', oidc.clientId, '--client-secret-file', secret]
  await server.latchkey('sso', 'set', '--org', slug, '--kind', 'oidc', ...provider)
  await rm(folder, { recursive: true })
  return oidc
}

/** Makes a key in the session's five minutes; the derivation is a quick one. */
export async function registerKey(account: AccountClient): Promise<UnlockedKey> {
  const challenge: KeyChallenge = (await account.post('/encryption-key/challenge')).body
  const { registration, unlocked } = await createEncryptionKey({ challenge, masterPassword: password, deriveRoot: quickly })
  const { status, body } = await account.post('/encryption-key', registration)
  if (status !== 201) throw new Error(`The key was refused: ${JSON.stringify(body)}`)
  return unlocked
}

/** A browser that has seen nothing yet. */
export function groupKeysOf(account: AccountClient): GroupKeys {
  const api = new AccountApi({
    async request<Answer>(method: string, path: string, body?: object): Promise<Answer> {
      const answer = await account.request(method, path, body)
      if (answer.status >= 400) throw problemOf(answer.status, answer.body)
      return answer.body
    },
  })
  const storage = memory()
  return new GroupKeys({ api, pins: browserPins(() => storage), seal: sealGrants })
}

function memory(): Storage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    clear: () => items.clear(),
    getItem: (name) => items.get(name) ?? null,
    key: (index) => [...items.keys()][index] ?? null,
    removeItem: (name) => void items.delete(name),
    setItem: (name, value) => void items.set(name, value),
  }
}

/** Approves everybody who waits for the person, and answers who they were. */
export async function approveAll({ keys, unlocked }: GroupMember): Promise<readonly string[]> {
  const { people } = await keys.waiting(unlocked)
  await keys.approve(unlocked, people, () => {})
  return people.map(({ member }: WaitingPerson) => member.userName)
}
