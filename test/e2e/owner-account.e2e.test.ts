import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AccountClient, TestKey } from '../account-client.ts'
import { inside } from '../inside.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

let made = 0

/** An organisation with an owner whose link was just opened. */
async function owner() {
  made += 1
  const slug = `owners-${made}`
  const { id: organization } = await server.latchkey<{ id: string }>('organization', 'create', '--slug', slug, '--name', slug)
  const { ownerLink } = await server.latchkey<{ ownerLink: string }>('owner', 'link', '--org', slug, '--email', 'ada@acme.example')
  const secret = new URL(ownerLink).hash.slice(1)
  const client = new AccountClient(server.url)
  return { organization, slug, secret, client }
}

async function keyedOwner() {
  const { organization, slug, secret, client } = await owner()
  await client.post('/owner-link', { secret })
  const key = new TestKey()
  const challenge = (await client.post('/encryption-key/challenge')).body
  const registered = await client.post('/encryption-key', key.registration(challenge))
  expect(registered.status).toBe(201)
  return { organization, slug, secret, client, key, challenge, registered: registered.body }
}

/** The refusals in an organisation's audit trail, in their order. */
function refusals(organization: string) {
  return inside(server, organization, async (database) => {
    const text = "select event from audit_events where event->>'kind' like '%-refused' order by id"
    return (await database.query<{ event: { kind: string; reason?: string } }>(text)).rows.map(({ event: { kind, reason } }) => [
      kind,
      reason,
    ])
  })
}

test('whoever knows the short name of an organisation is told what it is called and how its people sign in, and nothing else', async () => {
  const { slug, client } = await owner()
  expect((await client.get(`/organizations/${slug}`)).body).toEqual({ slug, name: slug, sso: null })
  for (const unknown of ['nobody', '%00', '..%2f', 'x'.repeat(500)]) {
    const { status, body } = await client.get(`/organizations/${unknown}`)
    expect([status, body.code]).toEqual([404, 'not-found'])
  }
})

test('whoever asks for the way in by address learns nothing', async () => {
  const { client } = await owner()
  for (const address of ['ada@acme.example', 'nobody@acme.example']) {
    const { status, body } = await client.post('/find-organization', { address })
    expect([status, body]).toEqual([202, {}])
  }
  const bad = await client.post('/find-organization', { address: 'no address' })
  expect([bad.status, bad.body.code]).toEqual([400, 'invalid-body'])
})

test('an owner’s link leads to a key of their own, and is spent with it', async () => {
  const { slug, secret, client } = await owner()
  const opened = await client.post('/owner-link', { secret })
  expect(opened.status).toBe(200)
  expect(opened.headers.getSetCookie()[0]).toMatch(/^__Host-latchkey-session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
  const pending = await client.get('/session')
  expect(pending.body).toMatchObject({ via: 'owner-link', status: 'pending-encryption-key', encryptionKey: null, organization: { slug } })

  const key = new TestKey()
  const challenge = (await client.post('/encryption-key/challenge')).body
  expect(challenge).toMatchObject({ version: 1, previousStatement: null, userId: pending.body.user.id })
  const before = client.cookie
  const { status, body } = await client.post('/encryption-key', key.registration(challenge))
  expect(status).toBe(201)
  expect(client.cookie).not.toBe(before)
  const session = (await client.get('/session')).body
  expect(session).toMatchObject({ status: 'active', encryptionKey: { version: 1, fingerprint: body.fingerprint, setVersion: 1 } })
  expect(createHash('sha256').update(Buffer.from(body.statement, 'base64url')).digest('hex')).toBe(body.fingerprint)

  const again = await new AccountClient(server.url).post('/owner-link', { secret })
  expect([again.status, again.body.code]).toEqual([403, 'link-unusable'])
  expect((await server.latchkey<{ users: object[] }>('user', 'list', '--org', slug, '--status', 'active')).users).toHaveLength(1)
})

test('an owner who has a key comes back by a new link, once, and opens the key by the recovery kit', async () => {
  const { slug, key, registered } = await keyedOwner()
  const { ownerLink } = await server.latchkey<{ ownerLink: string }>('owner', 'link', '--org', slug, '--email', 'ada@acme.example')
  const secret = new URL(ownerLink).hash.slice(1)
  const client = new AccountClient(server.url)
  expect((await client.post('/owner-link', { secret })).status).toBe(200)
  expect((await client.get('/session')).body).toMatchObject({ via: 'owner-link', status: 'active', unlockedAt: null })
  expect((await client.post('/recover', { recoveryProof: key.recoveryProof })).body.statement).toBe(registered.statement)
  expect((await new AccountClient(server.url).post('/owner-link', { secret })).body.code).toBe('link-unusable')
})

test('links, nonces, proofs and sets that are wrong, old, used or another’s are refused with an event, and change nothing', async () => {
  const { organization, secret, client, key, challenge, registered } = await keyedOwner()
  const other = await owner()
  await other.client.post('/owner-link', { secret: other.secret })
  const foreign = (await other.client.post('/encryption-key/challenge')).body

  await new AccountClient(server.url).post('/owner-link', { secret: 'f'.repeat(64) })
  expect(await refusals(organization)).toEqual([])
  // Used: it was spent with the registration, and is nobody's any more.
  expect((await new AccountClient(server.url).post('/owner-link', { secret })).body.code).toBe('link-unusable')
  expect((await client.post('/encryption-key', new TestKey().registration(challenge))).body.code).toBe('not-pending')
  expect((await client.post('/unlock', { unlockProof: new TestKey().unlockProof })).body.code).toBe('wrong-proof')
  const whose = { organization, user: challenge.userId, keyVersion: 1, fingerprint: Buffer.from(registered.fingerprint, 'hex') }
  const late = key.protectedKeys(whose, 3)
  expect((await client.put('/protected-keys', { protectedKeys: late, unlockProof: key.unlockProof })).body.code).toBe('moved')
  expect(await refusals(organization)).toEqual([
    ['key-registration-refused', 'not-pending'],
    ['proof-refused', undefined],
    ['key-protection-refused', 'moved'],
  ])
  expect((await client.get('/session')).body.encryptionKey).toMatchObject({ fingerprint: registered.fingerprint, setVersion: 1 })

  const mine = (await other.client.post('/encryption-key/challenge')).body
  const nonces = [challenge.nonce, `${mine.nonce.slice(0, -2)}AA`]
  for (const nonce of nonces) {
    const refused = await other.client.post('/encryption-key', new TestKey().registration({ ...foreign, nonce }))
    expect(refused.body.code).toBe('nonce-unknown')
  }
  expect((await other.client.get('/session')).body.status).toBe('pending-encryption-key')
  await inside(server, other.organization, (database) => database.query("update owner_links set expires_at = now() - interval '1 second'"))
  expect((await new AccountClient(server.url).post('/owner-link', { secret: other.secret })).body.code).toBe('link-unusable')
  expect(await refusals(other.organization)).toEqual([
    ...nonces.map(() => ['key-registration-refused', 'nonce-unknown']),
    ['owner-link-refused', undefined],
  ])
})

test('an owner signs in with the unlock proof, and gets the protected keys with it', async () => {
  const { slug, key, registered } = await keyedOwner()
  const client = new AccountClient(server.url)
  const name = { organization: slug, userName: 'ADA@acme.example' }
  const parameters = (await client.post('/owner/parameters', name)).body
  const signedIn = await client.post('/owner/sign-in', { ...name, unlockProof: key.unlockProof })
  expect(signedIn.status).toBe(200)
  expect(signedIn.body.protectedKeys).toMatchObject(parameters)
  expect(signedIn.body.statement).toBe(registered.statement)
  expect((await client.get('/session')).body).toMatchObject({ via: 'owner-proof', status: 'active', unlockedAt: expect.any(String) })
})

test('nobody learns from parameters or refusals who is an owner', async () => {
  const { slug } = await keyedOwner()
  const client = new AccountClient(server.url)
  const stranger = { organization: slug, userName: 'stranger@acme.example' }
  const [one, same, elsewhere] = await Promise.all([
    client.post('/owner/parameters', stranger),
    client.post('/owner/parameters', stranger),
    client.post('/owner/parameters', { ...stranger, organization: 'no-such-organization' }),
  ])
  expect(one.body).toEqual(same.body)
  expect(Object.keys(elsewhere.body)).toEqual(Object.keys(one.body))
  const unlockProof = new TestKey().unlockProof
  const asOwner = await client.post('/owner/sign-in', { organization: slug, userName: 'ada@acme.example', unlockProof })
  const asStranger = await client.post('/owner/sign-in', { ...stranger, unlockProof })
  const asForeigner = await client.post('/owner/sign-in', { ...stranger, organization: 'no-such-organization', unlockProof })
  expect(asOwner.status).toBe(403)
  expect(asStranger.body).toEqual(asOwner.body)
  expect(asForeigner.body).toEqual(asOwner.body)
})

test('five wrong proofs rest unlocking, for the right proof too, and the person is told once', async () => {
  const { client, key } = await keyedOwner()
  const wrong = new TestKey().unlockProof
  for (const attemptsLeft of [4, 3, 2, 1, 0]) {
    const refused = await client.post('/unlock', { unlockProof: wrong })
    expect([refused.status, refused.body.code, refused.body.attemptsLeft]).toEqual([403, 'wrong-proof', attemptsLeft])
  }
  for (const proof of [{ unlockProof: wrong }, { unlockProof: key.unlockProof }]) {
    const refused = await client.post('/unlock', proof)
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-proofs'])
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(800)
  }
  expect((await client.post('/recover', { recoveryProof: key.recoveryProof })).status).toBe(429)
})

test('the recovery proof releases the protected keys as the unlock proof does', async () => {
  const { client, key } = await keyedOwner()
  expect((await client.post('/recover', { recoveryProof: key.recoveryProof })).body.protectedKeys.version).toBe(1)
  expect((await client.post('/recover', { recoveryProof: key.unlockProof })).status).toBe(403)
  expect((await client.post('/unlock', { unlockProof: key.recoveryProof })).status).toBe(403)
})

test('a new master password replaces the set once, keeps the fingerprint, and the old proof opens nothing', async () => {
  const { client, key, challenge, registered } = await keyedOwner()
  const whose = {
    organization: challenge.organizationId,
    user: challenge.userId,
    keyVersion: 1,
    fingerprint: Buffer.from(registered.fingerprint, 'hex'),
  }
  const { protectedKeys: first } = (await client.post('/unlock', { unlockProof: key.unlockProof })).body
  const next = key.protectedKeys(whose, 2, { recovery: first.recovery })
  const unlockProof = new TestKey().unlockProof

  const missing = await client.put('/protected-keys', { protectedKeys: next })
  expect([missing.status, missing.body.code]).toEqual([400, 'proof-missing'])
  const foreign = new TestKey().protectedKeys(whose, 2, { recovery: first.recovery })
  expect((await client.put('/protected-keys', { protectedKeys: foreign, unlockProof })).body.code).toBe('signature-invalid')
  const late = key.protectedKeys(whose, 3, { recovery: first.recovery })
  expect((await client.put('/protected-keys', { protectedKeys: late, unlockProof })).body.code).toBe('moved')

  const both = await Promise.all([1, 2].map(() => client.put('/protected-keys', { protectedKeys: next, unlockProof })))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  expect((await client.post('/unlock', { unlockProof: key.unlockProof })).status).toBe(403)
  expect((await client.post('/unlock', { unlockProof })).body.protectedKeys).toEqual(next)
  expect((await client.post('/recover', { recoveryProof: key.recoveryProof })).status).toBe(200)
  expect((await client.get('/session')).body.encryptionKey).toMatchObject({ fingerprint: registered.fingerprint, setVersion: 2 })
})

test('a reset is asked for, told, and can be taken back; nothing else changes meanwhile', async () => {
  const { client, key } = await keyedOwner()
  const requested = await client.post('/key-reset')
  expect(requested.status).toBe(200)
  expect(Date.parse(requested.body.effectiveAt) - Date.parse(requested.body.requestedAt)).toBe(86_400_000)
  expect((await client.post('/key-reset')).body.code).toBe('already-requested')
  expect((await client.get('/session')).body).toMatchObject({ status: 'active', resetRequest: requested.body })
  expect((await client.post('/unlock', { unlockProof: key.unlockProof })).status).toBe(200)
  expect((await client.delete('/key-reset')).status).toBe(204)
  expect((await client.get('/session')).body.resetRequest).toBeNull()
})

test('what a browser signed wrongly registers nothing', async () => {
  const { secret, client } = await owner()
  await client.post('/owner-link', { secret })
  const key = new TestKey()
  const challenge = (await client.post('/encryption-key/challenge')).body
  const good = key.registration(challenge)
  const other = new TestKey().registration(challenge)
  const bad: readonly (readonly [string, object])[] = [
    ['proof-invalid', { ...good, statementSignature: other.statementSignature }],
    ['proof-invalid', { ...good, possession: other.possession }],
    ['proof-invalid', { ...good, protectedKeys: other.protectedKeys }],
    ['proof-invalid', { ...good, previousSignature: good.statementSignature }],
    ['statement-invalid', { ...good, statement: good.statement.slice(4) }],
    ['nonce-unknown', { ...good, nonce: `${good.nonce.slice(0, -2)}AA` }],
    ['invalid-body', { ...good, unlockProof: 'short' }],
    ['invalid-body', { ...good, masterPassword: 'correct horse' }],
    ['statement-invalid', new TestKey().registration({ ...challenge, userId: challenge.organizationId })],
    ['version-moved', key.registration({ ...challenge, version: 2, previousStatement: good.statement })],
    ['nonce-unknown', key.registration({ ...challenge, time: '2026-01-01T00:00:00.000Z' })],
  ]
  for (const [code, registration] of bad) {
    const refused = await client.post('/encryption-key', registration)
    // A version that moved makes the nonce another one's.
    expect(['nonce-unknown', 'version-moved'].includes(code) ? ['nonce-unknown', 'version-moved'] : [code]).toContain(refused.body.code)
  }
  expect((await client.get('/session')).body.status).toBe('pending-encryption-key')
  expect((await client.post('/encryption-key', good)).status).toBe(201)
})

test('of two registrations at once exactly one wins, and the other leaves nothing', async () => {
  const { slug, secret, client } = await owner()
  await client.post('/owner-link', { secret })
  const challenge = (await client.post('/encryption-key/challenge')).body
  const keys = [new TestKey(), new TestKey(), new TestKey()]
  const answers = await Promise.all(keys.map((key) => client.fork().post('/encryption-key', key.registration(challenge))))
  // The others find the key registered, or their session under another token.
  const refused = answers.filter(({ status }) => status !== 201)
  expect(refused).toHaveLength(2)
  for (const { body } of refused) expect(['not-pending', 'not-signed-in']).toContain(body.code)
  const verdict = await server.latchkey('keylog', 'verify', '--org', slug)
  expect(verdict).toEqual({ statements: 1, head: expect.stringMatching(/^[0-9a-f]{64}$/), firstBroken: null })
})

test('a page of another site, a form and a page without its token change nothing', async () => {
  const { client, key } = await keyedOwner()
  const body = { unlockProof: key.unlockProof }
  for (const site of ['cross-site', 'same-site', 'none']) {
    expect((await client.request('POST', '/unlock', body, { 'Sec-Fetch-Site': site })).body.code).toBe('foreign-site')
  }
  expect((await client.request('POST', '/unlock', body, { 'Content-Type': 'text/plain' })).status).toBe(415)
  expect((await client.request('POST', '/unlock', body, { 'X-CSRF-Token': 'f'.repeat(64) })).body.code).toBe('csrf-token')
  expect((await client.request('POST', '/unlock', body, { 'X-CSRF-Token': '' })).status).toBe(403)
  expect((await client.post('/unlock', body)).status).toBe(200)
})

test('a session that was ended is worth nothing from the next request on', async () => {
  const { slug, client, key } = await keyedOwner()
  const other = new AccountClient(server.url)
  await other.post('/owner/sign-in', { organization: slug, userName: 'ada@acme.example', unlockProof: key.unlockProof })
  const { sessions } = (await client.get('/sessions')).body
  expect(sessions).toHaveLength(2)
  expect(sessions.filter(({ current }: { current: boolean }) => current)).toHaveLength(1)
  expect((await client.post('/sessions/end-others')).status).toBe(204)
  expect((await other.get('/session')).status).toBe(401)
  const copy = client.fork()
  expect((await client.post('/sign-out')).status).toBe(204)
  expect((await copy.get('/session')).status).toBe(401)
})

test('the note is kept as it was sealed, for whoever has unlocked', async () => {
  const { slug, client, key } = await keyedOwner()
  expect((await client.get('/note')).body).toEqual({ sealed: null })
  expect((await client.put('/note', { sealed: 'c2VhbGVk' })).status).toBe(204)
  const other = new AccountClient(server.url)
  await other.post('/owner/sign-in', { organization: slug, userName: 'ada@acme.example', unlockProof: key.unlockProof })
  expect((await other.get('/note')).body).toEqual({ sealed: 'c2VhbGVk' })
})
