import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AccountClient, TestKey } from '../account-client.ts'
import { BrowserJar } from '../browser-jar.ts'
import { startOidcProvider, type TestOidcProvider } from '../identity-providers/oidc-provider.ts'
import { type AssertionFacts, samlProvider, type TestSamlProvider } from '../identity-providers/saml-provider.ts'
import { type ScimClient, scimClient, userSchema } from '../scim-client.ts'
import { startServer, type TestServer } from '../server.ts'

let server: TestServer
/** The address by which everything is linked, and which cookies belong to. */
let publicUrl: string
let oidc: TestOidcProvider
let saml: TestSamlProvider
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-sso-'))
  server = await startServer()
  publicUrl = server.url.replace('127.0.0.1', 'localhost')
  oidc = await startOidcProvider(`${publicUrl}/sso/oidc/callback`)
  saml = samlProvider()
})
afterAll(async () => {
  await server.stop()
  await oidc.close()
  await rm(folder, { recursive: true, force: true })
})

let made = 0

interface Organization {
  readonly slug: string
  readonly scim: ScimClient
}

async function organization(): Promise<Organization> {
  made += 1
  const slug = `sso-${made}`
  const { token } = await server.organization(slug)
  return { slug, scim: scimClient(server.scimUrl, token) }
}

async function withOidc(...options: string[]): Promise<Organization> {
  const there = await organization()
  const secret = join(folder, 'secret')
  await writeFile(secret, `${oidc.clientSecret}\n`)
  const provider = ['--issuer', oidc.issuer, '--client-id', oidc.clientId, '--client-secret-file', secret]
  await server.latchkey('sso', 'set', '--org', there.slug, '--kind', 'oidc', ...provider, ...options)
  return there
}

async function withSaml(...options: string[]): Promise<Organization & { readonly connection: Record<string, string> }> {
  const there = await organization()
  const certificate = join(folder, 'certificate.pem')
  await writeFile(certificate, saml.certificate)
  const provider = ['--entity-id', saml.entityId, '--sign-on-url', saml.signOnUrl, '--certificate', certificate]
  const connection = await server.latchkey('sso', 'set', '--org', there.slug, '--kind', 'saml', ...provider, ...options)
  return { ...there, connection }
}

async function provision({ scim }: Organization, userName: string, attributes: object = {}): Promise<string> {
  const { status, body } = await scim.post('/Users', { schemas: [userSchema], userName, ...attributes })
  expect(status).toBe(201)
  return body.id
}

const startOf = ({ slug }: Organization) => `${publicUrl}/sso/start?organization=${slug}`
const isAccount = (address: string) => address.startsWith(`${publicUrl}/account/`)

/** Where a sign-in at the OpenID Connect provider ends. */
async function signInByOidc(
  there: Organization,
  browser = new BrowserJar(),
): Promise<{ readonly end: string; readonly browser: BrowserJar }> {
  const end = await browser.follow(startOf(there), isAccount)
  return { end: end.slice(publicUrl.length), browser }
}

/** Where it ends when the browser posts an answer of the SAML provider; `change` is what the answer says otherwise. */
async function signInBySaml(there: Organization, nameId: string, change: Partial<AssertionFacts> = {}, browser = new BrowserJar()) {
  const asked = await browser.follow(startOf(there), (address) => address.startsWith(saml.signOnUrl))
  const facts = { ...saml.factsFor(asked, nameId), ...change }
  const form = { SAMLResponse: saml.respond(facts), RelayState: new URL(asked).searchParams.get('RelayState') ?? '' }
  return { ...(await post(browser, facts.recipient, form)), browser, form, facts }
}

async function post(browser: BrowserJar, recipient: string, form: Record<string, string>) {
  const { pathname } = new URL(recipient)
  const response = await browser.request(`${publicUrl}${pathname}`, { method: 'POST', form })
  return { end: new URL(response.headers.get('Location') ?? '', publicUrl).href.slice(publicUrl.length) }
}

function accountOf(browser: BrowserJar): AccountClient {
  return new AccountClient(publicUrl, browser.cookie(publicUrl, '__Host-latchkey-session') ?? null)
}

test('OpenID Connect: whom the provider provisioned signs in, makes a key, and is active from then on', async () => {
  const there = await withOidc()
  const id = await provision(there, 'Ada@acme.example')
  oidc.signInAs({ sub: 'subject-of-ada', preferred_username: 'ada@ACME.example' })
  const { end, browser } = await signInByOidc(there)
  expect(end).toBe('/account/')
  const account = accountOf(browser)
  expect((await account.get('/session')).body).toMatchObject({ via: 'sso', status: 'pending-encryption-key', user: { id } })
  expect((await account.post('/unlock', { unlockProof: new TestKey().unlockProof })).body.code).toBe('set-up-first')

  const key = new TestKey()
  expect((await account.post('/encryption-key', key.registration((await account.post('/encryption-key/challenge')).body))).status).toBe(201)
  const extension = 'urn:latchkey:scim:schemas:extension:account:1.0:User'
  const seen = (await there.scim.get(`/Users/${id}`)).body
  expect(seen[extension]).toMatchObject({ status: 'active', signedInOnce: true })
  expect(seen.meta.version).toBe('W/"1"')

  const again = accountOf((await signInByOidc(there)).browser)
  expect((await again.get('/session')).body).toMatchObject({ status: 'active', unlockedAt: null })
  expect((await again.post('/unlock', { unlockProof: key.unlockProof })).status).toBe(200)
})

test('after the first sign-in the subject decides, and no claim', async () => {
  const there = await withOidc()
  await provision(there, 'ada@acme.example')
  await provision(there, 'grace@acme.example')
  oidc.signInAs({ sub: 'ada', preferred_username: 'ada@acme.example' })
  await signInByOidc(there)
  oidc.signInAs({ sub: 'ada', preferred_username: 'grace@acme.example' })
  const { browser } = await signInByOidc(there)
  expect((await accountOf(browser).get('/session')).body.user.userName).toBe('ada@acme.example')
  oidc.signInAs({ sub: 'mallory', preferred_username: 'ada@acme.example' })
  expect((await signInByOidc(there)).end).toBe('/account/problem?code=other-subject')
})

test('an address counts only when the provider has verified it, and an external id by the claim that is mapped', async () => {
  const byEmail = await withOidc('--match-claim', 'email')
  await provision(byEmail, 'ada@acme.example')
  oidc.signInAs({ sub: 'a', email: 'ada@acme.example', email_verified: false })
  expect((await signInByOidc(byEmail)).end).toBe('/account/problem?code=not-provisioned')
  oidc.signInAs({ sub: 'a', email: 'ada@acme.example', email_verified: true })
  expect((await signInByOidc(byEmail)).end).toBe('/account/')

  const byObject = await withOidc('--match-claim', 'oid', '--match-attribute', 'externalId')
  await provision(byObject, 'grace', { externalId: 'object-of-grace' })
  oidc.signInAs({ sub: 'pairwise', tid: 'tenant', oid: 'object-of-grace' })
  expect((await signInByOidc(byObject)).end).toBe('/account/')
  oidc.signInAs({ sub: 'another pairwise', tid: 'tenant', oid: 'object-of-grace' })
  expect((await signInByOidc(byObject)).end).toBe('/account/')
  oidc.signInAs({ sub: 'pairwise', tid: 'another tenant', oid: 'object-of-grace' })
  expect((await signInByOidc(byObject)).end).toBe('/account/problem?code=other-subject')
})

test('nobody who is not provisioned, deactivated or deleted gets a session', async () => {
  const there = await withOidc()
  oidc.signInAs({ sub: 'stranger', preferred_username: 'stranger@acme.example' })
  const { end, browser } = await signInByOidc(there)
  expect(end).toBe('/account/problem?code=not-provisioned')
  expect(browser.cookie(publicUrl, '__Host-latchkey-session')).toBeUndefined()

  const id = await provision(there, 'ada@acme.example')
  oidc.signInAs({ sub: 'ada', preferred_username: 'ada@acme.example' })
  const account = accountOf((await signInByOidc(there)).browser)
  expect((await account.get('/session')).status).toBe(200)
  await there.scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }])
  expect((await account.get('/session')).status).toBe(401)
  expect((await signInByOidc(there)).end).toBe('/account/problem?code=not-enabled')
  await there.scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: true }])
  expect((await account.get('/session')).status).toBe(401)
  expect((await signInByOidc(there)).end).toBe('/account/')
  await there.scim.delete(`/Users/${id}`)
  expect((await signInByOidc(there)).end).toBe('/account/problem?code=not-provisioned')
})

test('what another browser began, what is spent and what was never asked for signs nobody in', async () => {
  const there = await withOidc()
  await provision(there, 'ada@acme.example')
  oidc.signInAs({ sub: 'ada', preferred_username: 'ada@acme.example' })
  const [mine, other] = [new BrowserJar(), new BrowserJar()]
  const callback = await mine.follow(startOf(there), (address) => address.startsWith(`${publicUrl}/sso/oidc/callback`))
  expect(await other.follow(callback, isAccount)).toContain('code=sign-in-expired')
  expect(await mine.follow(callback, isAccount)).toBe(`${publicUrl}/account/`)
  expect(await mine.follow(callback, isAccount)).toContain('code=sign-in-expired')
  for (const query of ['?code=x&state=y', '', '?error=access_denied']) {
    expect(await mine.follow(`${publicUrl}/sso/oidc/callback${query}`, isAccount)).toContain('code=sign-in-expired')
  }
  expect(await mine.follow(`${publicUrl}/sso/start?organization=nobody`, isAccount)).toContain('code=unknown-organization')
  expect(await mine.follow(startOf(await organization()), isAccount)).toContain('code=no-connection')
})

test('an answer that was changed on the way is refused', async () => {
  const there = await withOidc()
  await provision(there, 'ada@acme.example')
  oidc.signInAs({ sub: 'ada', preferred_username: 'ada@acme.example' })
  for (const change of [
    (url: URL) => url.searchParams.set('code', 'another'),
    (url: URL) => url.searchParams.set('iss', 'https://other.example'),
  ]) {
    const browser = new BrowserJar()
    const callback = new URL(await browser.follow(startOf(there), (address) => address.startsWith(`${publicUrl}/sso/oidc/callback`)))
    change(callback)
    expect(await browser.follow(callback.href, isAccount)).toContain('code=assertion-invalid')
  }
})

test('a connection to another provider signs nobody in who was linked by the former one', async () => {
  const there = await withOidc()
  await provision(there, 'ada@acme.example')
  oidc.signInAs({ sub: 'ada', preferred_username: 'ada@acme.example' })
  expect((await signInByOidc(there)).end).toBe('/account/')
  const elsewhere = await startOidcProvider(`${publicUrl}/sso/oidc/callback`)
  try {
    const secret = join(folder, 'secret')
    const provider = ['--issuer', elsewhere.issuer, '--client-id', elsewhere.clientId, '--client-secret-file', secret]
    await server.latchkey('sso', 'set', '--org', there.slug, '--kind', 'oidc', ...provider)
    elsewhere.signInAs({ sub: 'ada', preferred_username: 'ada@acme.example' })
    expect((await signInByOidc(there)).end).toBe('/account/problem?code=other-subject')
  } finally {
    await elsewhere.close()
  }
})

test('SAML: a signed assertion signs in, and its name identifier decides from then on', async () => {
  const there = await withSaml()
  const id = await provision(there, 'ada@acme.example')
  const { end, browser } = await signInBySaml(there, 'ada@acme.example')
  expect(end).toBe('/account/')
  expect((await accountOf(browser).get('/session')).body).toMatchObject({ via: 'sso', user: { id } })
  expect((await signInBySaml(there, 'ada@acme.example')).end).toBe('/account/')
  expect((await signInBySaml(there, 'grace@acme.example')).end).toBe('/account/problem?code=not-provisioned')
})

test('SAML: the mapped attribute is read from the signed assertion', async () => {
  const there = await withSaml('--match-claim', 'employee', '--match-attribute', 'externalId')
  await provision(there, 'ada', { externalId: '4711' })
  expect((await signInBySaml(there, 'opaque', { attributes: { other: '4711' } })).end).toBe('/account/problem?code=not-provisioned')
  expect((await signInBySaml(there, 'opaque', { attributes: { employee: '4711' } })).end).toBe('/account/')
})

test('SAML: the same answer twice signs in once', async () => {
  const there = await withSaml('--provider-initiated', 'yes')
  await provision(there, 'ada@acme.example')
  const { form, facts } = await signInBySaml(there, 'ada@acme.example', { inResponseTo: null, signs: 'nothing' })
  expect(form['SAMLResponse']).not.toBe('')
  const own = { SAMLResponse: saml.respond({ ...facts, signs: 'assertion' }) }
  expect((await post(new BrowserJar(), facts.recipient, own)).end).toBe('/account/')
  expect((await post(new BrowserJar(), facts.recipient, own)).end).toBe('/account/problem?code=replayed')
})

test('SAML: a sign-in that begins at the provider counts only where the connection allows it', async () => {
  const [open, closed] = [await withSaml('--provider-initiated', 'yes'), await withSaml()]
  for (const there of [open, closed]) {
    await provision(there, 'ada@acme.example')
    const asked = await new BrowserJar().follow(startOf(there), (address) => address.startsWith(saml.signOnUrl))
    const facts = { ...saml.factsFor(asked, 'ada@acme.example'), inResponseTo: null }
    const { end } = await post(new BrowserJar(), facts.recipient, { SAMLResponse: saml.respond(facts) })
    expect(end).toBe(there === open ? '/account/' : '/account/problem?code=not-requested')
    // An answer to a request is none of a provider's own accord, wherever it is brought.
    const answered = { ...saml.factsFor(asked, 'ada@acme.example'), id: '_another' }
    const brought = await post(new BrowserJar(), facts.recipient, { SAMLResponse: saml.respond(answered) })
    expect(brought.end).toBe('/account/problem?code=not-requested')
  }
})

const later = (minutes: number) => new Date(Date.now() + minutes * 60_000)

test.each<[string, Partial<AssertionFacts>]>([
  ['nothing is signed', { signs: 'nothing' }],
  ['the response is signed and the assertion is not', { signs: 'response' }],
  ['it is signed with SHA-1', { algorithm: 'sha1' }],
  ['it is for another audience', { audience: 'https://other.example' }],
  ['it is of another issuer', { issuer: 'https://other.example' }],
  ['it has expired', { notBefore: later(-20), notOnOrAfter: later(-10) }],
  ['it is not valid yet', { notBefore: later(10), notOnOrAfter: later(20) }],
])('SAML: refused when %s', async (_, change) => {
  const there = await withSaml()
  await provision(there, 'ada@acme.example')
  const { end, browser } = await signInBySaml(there, 'ada@acme.example', change)
  expect(end).toBe('/account/problem?code=assertion-invalid')
  expect(browser.cookie(publicUrl, '__Host-latchkey-session')).toBeUndefined()
})

test('SAML: refused for another recipient, and in answer to another request', async () => {
  const there = await withSaml()
  await provision(there, 'ada@acme.example')
  const { assertionConsumerUrl = '' } = there.connection
  const browser = new BrowserJar()
  const asked = await browser.follow(startOf(there), (address) => address.startsWith(saml.signOnUrl))
  const facts = { ...saml.factsFor(asked, 'ada@acme.example'), recipient: 'https://other.example/acs' }
  const RelayState = new URL(asked).searchParams.get('RelayState') ?? ''
  expect((await post(browser, assertionConsumerUrl, { SAMLResponse: saml.respond(facts), RelayState })).end).toContain('assertion-invalid')
  expect((await signInBySaml(there, 'ada@acme.example', { inResponseTo: '_another' })).end).toContain('not-requested')
})

test('SAML: wrapped, doubled, commented and typed documents are refused', async () => {
  const there = await withSaml()
  await provision(there, 'ada@acme.example')
  await provision(there, 'mallory@acme.example')
  const decode = (text: string) => Buffer.from(text, 'base64').toString('utf8')
  const encode = (text: string) => Buffer.from(text).toString('base64')
  const forged =
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_forged" Version="2.0"><saml:Subject><saml:NameID>ada@acme.example</saml:NameID></saml:Subject></saml:Assertion>'
  const attacks: readonly ((xml: string) => string)[] = [
    (xml) => xml.replace('<saml:Assertion ', `${forged}<saml:Assertion `),
    (xml) => xml.replace('</samlp:Response>', `${forged}</samlp:Response>`),
    (xml) =>
      xml.replace(
        /(<saml:Assertion [\s\S]*<\/saml:Assertion>)/,
        (whole) => `${forged.replace('</saml:Assertion>', '')}<saml:Advice>${whole}</saml:Advice></saml:Assertion>`,
      ),
    (xml) => xml.replace('mallory@acme.example', 'ada@acme.example'),
    (xml) => xml.replace('mallory@acme.example', 'ada@acme.example<!-- -->.mallory.example'),
    (xml) => `<!DOCTYPE x [<!ENTITY e "ada@acme.example">]>${xml}`,
    (xml) => xml.replace(/<ds:Signature[\s\S]*?<\/ds:Signature>|<Signature[\s\S]*?<\/Signature>/, ''),
    () => 'not xml at all',
  ]
  for (const attack of attacks) {
    const browser = new BrowserJar()
    const asked = await browser.follow(startOf(there), (address) => address.startsWith(saml.signOnUrl))
    const facts = saml.factsFor(asked, 'mallory@acme.example')
    const RelayState = new URL(asked).searchParams.get('RelayState') ?? ''
    const { end } = await post(browser, facts.recipient, { SAMLResponse: encode(attack(decode(saml.respond(facts)))), RelayState })
    expect(end).toBe('/account/problem?code=assertion-invalid')
  }
})

test('SAML: another provider’s certificate is not pinned', async () => {
  const there = await withSaml()
  await provision(there, 'ada@acme.example')
  const browser = new BrowserJar()
  const asked = await browser.follow(startOf(there), (address) => address.startsWith(saml.signOnUrl))
  const facts = saml.factsFor(asked, 'ada@acme.example')
  const RelayState = new URL(asked).searchParams.get('RelayState') ?? ''
  expect((await post(browser, facts.recipient, { SAMLResponse: samlProvider().respond(facts), RelayState })).end).toContain(
    'assertion-invalid',
  )
})

test('the provider is told our side in metadata, and commands tell the connection without its secrets', async () => {
  const there = await withSaml()
  const { id, serviceProviderEntityId = '', assertionConsumerUrl } = there.connection
  const metadata = await (await fetch(serviceProviderEntityId)).text()
  expect(metadata).toContain(`entityID="${serviceProviderEntityId}"`)
  expect(metadata).toContain(String(assertionConsumerUrl))
  expect((await fetch(`${publicUrl}/sso/saml/00000000-0000-4000-8000-000000000000/metadata`)).status).toBe(404)
  const provider = await withOidc()
  const shown = await server.latchkey('sso', 'show', '--org', provider.slug)
  expect(shown).toMatchObject({ kind: 'oidc', issuer: oidc.issuer, redirectUri: `${publicUrl}/sso/oidc/callback` })
  expect(JSON.stringify([shown, id])).not.toContain(oidc.clientSecret)
  const { checks } = await server.latchkey<{ checks: { ok: boolean }[] }>('sso', 'test', '--org', provider.slug)
  expect(checks.every(({ ok }) => ok)).toBe(true)
})

test('an owner is linked from a session of their own, and by nothing else', async () => {
  const there = await withOidc()
  const { ownerLink } = await server.latchkey<{ ownerLink: string }>('owner', 'link', '--org', there.slug, '--email', 'owner@acme.example')
  oidc.signInAs({ sub: 'owner', preferred_username: 'owner@acme.example' })
  expect((await signInByOidc(there)).end).toBe('/account/problem?code=owner-session-needed')
  const browser = new BrowserJar()
  const account = new AccountClient(publicUrl)
  await account.post('/owner-link', { secret: new URL(ownerLink).hash.slice(1) })
  browser.put(publicUrl, '__Host-latchkey-session', account.cookie?.split('=')[1] ?? '')
  expect((await signInByOidc(there, browser)).end).toBe('/account/')
  expect((await signInByOidc(there)).end).toBe('/account/')
})

// The last, since it leaves this address with nothing for a minute.
test('a flood of sign-ins from one address is answered by a page that says to wait', async () => {
  const browser = new BrowserJar()
  const start = async () => (await browser.request(`${publicUrl}/sso/start?organization=nobody`)).headers.get('Location')
  // More than two minutes allow: one may end in between.
  const answers = [...(await Promise.all(Array.from({ length: 700 }, start))), ...(await Promise.all(Array.from({ length: 700 }, start)))]
  expect(answers.filter((location) => location === '/account/problem?code=unknown-organization').length).toBeGreaterThan(300)
  expect(answers.filter((location) => location === '/account/problem?code=too-many-attempts').length).toBeGreaterThan(90)
  expect(answers.every((location) => location?.startsWith('/account/problem?code='))).toBe(true)
})
