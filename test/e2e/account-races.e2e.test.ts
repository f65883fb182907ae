import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aDayPasses } from '../a-day-passes.ts'
import { AccountClient, TestKey } from '../account-client.ts'
import { BrowserJar } from '../browser-jar.ts'
import { type TestOidcProvider, startOidcProvider } from '../identity-providers/oidc-provider.ts'
import { inside } from '../inside.ts'
import { type ScimClient, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

const accountSchema = 'urn:latchkey:scim:schemas:extension:account:1.0:User'
const slug = 'account-races'

let server: TestServer
let organization: string
let scim: ScimClient
let oidc: TestOidcProvider
let publicUrl: string

beforeAll(async () => {
  server = await startServer()
  publicUrl = server.url.replace('127.0.0.1', 'localhost')
  oidc = await startOidcProvider(`${publicUrl}/sso/oidc/callback`)
  const made = await server.organization(slug)
  organization = made.id
  scim = scimClient(server.scimUrl, made.token)
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-races-'))
  const secret = join(folder, 'secret')
  await writeFile(secret, oidc.clientSecret)
  const provider = ['--issuer', oidc.issuer, '--client-id', oidc.clientId, '--client-secret-file', secret]
  await server.latchkey('sso', 'set', '--org', slug, '--kind', 'oidc', ...provider)
  await rm(folder, { recursive: true })
})
afterAll(async () => {
  await server.stop()
  await oidc.close()
})

let made = 0

async function provisioned(): Promise<{ readonly id: string; readonly userName: string }> {
  made += 1
  const userName = `person-${made}@races.example`
  const { body } = await scim.post('/Users', { schemas: [userSchema], userName })
  return { id: body.id, userName }
}

/** A browser that the identity provider has just sent back, and the address that it was sent to. */
async function backFromProvider(userName: string): Promise<{ readonly browser: BrowserJar; readonly callback: string }> {
  const browser = new BrowserJar()
  oidc.signInAs({ sub: userName, preferred_username: userName })
  const callback = await browser.follow(`${publicUrl}/sso/start?organization=${slug}`, (at) => at.includes('/sso/oidc/callback'))
  return { browser, callback }
}

function accountOf(browser: BrowserJar): AccountClient {
  return new AccountClient(publicUrl, browser.cookie(publicUrl, '__Host-latchkey-session') ?? null)
}

async function signedIn(userName: string): Promise<AccountClient> {
  const { browser, callback } = await backFromProvider(userName)
  await browser.request(callback)
  const account = accountOf(browser)
  expect((await account.get('/session')).status).toBe(200)
  return account
}

const setActive = (id: string, value: boolean) => scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value }])

/** What is in the database of one person. */
async function stored(id: string) {
  return inside(server, organization, async (client) => {
    const count = async (table: string, column = 'user_id') =>
      Number((await client.query(`select count(*) from ${table} where ${column} = $1`, [id])).rows[0].count)
    const [user] = (
      await client.query('select directory, key_state, key_version, key_envelope, link_subject from users where id = $1', [id])
    ).rows
    return { user, sessions: await count('sessions'), proofs: await count('key_proofs'), statements: await count('key_log') }
  })
}

test('set-up against deactivation: the key is there or not, whole, and no session is left', async () => {
  for (let round = 0; round < 12; round += 1) {
    const { id, userName } = await provisioned()
    const account = await signedIn(userName)
    const key = new TestKey()
    const registration = key.registration((await account.post('/encryption-key/challenge')).body)
    const [registered, deactivated] = await Promise.all([account.post('/encryption-key', registration), setActive(id, false)])
    expect(deactivated.status).toBe(200)
    const { user, sessions, proofs, statements } = await stored(id)
    expect([user.directory, sessions]).toEqual(['deactivated', 0])
    expect((await account.get('/session')).status).toBe(401)
    const isRegistered = registered.status === 201
    if (!isRegistered) expect(['not-signed-in', 'not-enabled', 'deactivated', 'not-pending']).toContain(registered.body.code)
    expect([user.key_state, proofs, statements, user.key_envelope !== null]).toEqual(
      isRegistered ? ['registered', 1, 1, true] : ['none', 0, 0, false],
    )
    expect((await scim.get(`/Users/${id}`)).body[accountSchema].status).toBe('deactivated')
  }
})

test('sign-in against deactivation: nobody who is deactivated is signed in, whichever came first', async () => {
  for (let round = 0; round < 12; round += 1) {
    const { id, userName } = await provisioned()
    const { browser, callback } = await backFromProvider(userName)
    const [, deactivated] = await Promise.all([browser.request(callback), setActive(id, false)])
    expect(deactivated.status).toBe(200)
    expect(await stored(id)).toMatchObject({ user: { directory: 'deactivated', key_state: 'none' }, sessions: 0 })
    expect((await accountOf(browser).get('/session')).status).toBe(401)
  }
})

test('unlock against a reset that takes effect: afterwards nothing of the old key is released', async () => {
  const keyed: { readonly id: string; readonly account: AccountClient; readonly key: TestKey }[] = []
  for (let person = 0; person < 8; person += 1) {
    const { id, userName } = await provisioned()
    const account = await signedIn(userName)
    const key = new TestKey()
    const challenge = (await account.post('/encryption-key/challenge')).body
    expect((await account.post('/encryption-key', key.registration(challenge))).status).toBe(201)
    expect((await account.post('/key-reset')).status).toBe(200)
    keyed.push({ id, account, key })
  }
  /** Until it is refused for another reason than that of a wrong proof. */
  const keepsUnlocking = async ({ account, key }: (typeof keyed)[number]) => {
    for (let released = 0; ; released += 1) {
      const answer = await account.post('/unlock', { unlockProof: key.unlockProof })
      if (answer.status === 200) continue
      return { released, code: answer.body.code }
    }
  }
  const [ends, resets] = await Promise.all([Promise.all(keyed.map(keepsUnlocking)), aDayPasses(server, organization)])
  expect(resets).toBe(keyed.length)
  for (const { released, code } of ends) {
    expect(released).toBeGreaterThan(0)
    expect(['not-signed-in', 'set-up-first', 'no-key']).toContain(code)
  }
  for (const { id, account, key } of keyed) {
    expect((await account.post('/unlock', { unlockProof: key.unlockProof })).status).not.toBe(200)
    expect(await stored(id)).toMatchObject({
      user: { key_state: 'none', key_version: 1, key_envelope: null },
      sessions: 0,
      proofs: 0,
      statements: 1,
    })
  }
})

test('two sign-ins with one answer of the provider, and two set-ups in two sessions: one of each wins', async () => {
  const { id, userName } = await provisioned()
  const { browser, callback } = await backFromProvider(userName)
  const answers = await Promise.all([browser.request(callback), browser.request(callback), browser.request(callback)])
  expect(answers.filter((answer) => answer.headers.get('Location') === '/account/')).toHaveLength(1)
  expect((await stored(id)).sessions).toBe(1)

  const accounts = [await signedIn(userName), await signedIn(userName), await signedIn(userName)]
  const registrations = await Promise.all(
    accounts.map(async (account) => new TestKey().registration((await account.post('/encryption-key/challenge')).body)),
  )
  const registered = await Promise.all(accounts.map((account, index) => account.post('/encryption-key', registrations[index]!)))
  expect(registered.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(await stored(id)).toMatchObject({ user: { key_state: 'registered', key_version: 1 }, proofs: 1, statements: 1 })
})

test('a session ends by the clock of the database: when it is not used, and at its latest', async () => {
  const { userName, id } = await provisioned()
  const age = (column: string, interval: string) =>
    inside(server, organization, (client) =>
      client.query(`update sessions set ${column} = ${column} - interval '${interval}' where user_id = $1`, [id]),
    )
  const unused = await signedIn(userName)
  await age('last_used_at', '119 minutes')
  expect((await unused.get('/session')).status).toBe(200)
  await age('last_used_at', '2 hours')
  expect((await unused.get('/session')).status).toBe(401)

  const old = await signedIn(userName)
  await age('authenticated_at', '6 minutes')
  const challenge = await old.post('/encryption-key/challenge')
  const late = challenge.status === 200 ? await old.post('/encryption-key', new TestKey().registration(challenge.body)) : challenge
  expect([late.status, late.body.code]).toEqual([403, 'session-too-old'])
  await age('authenticated_at', '12 hours')
  expect((await old.get('/session')).status).toBe(401)
})
