import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AdminClient, adminClient } from '../admin-client.ts'
import { selfSigned } from '../identity-providers/self-signed.ts'
import { inside } from '../inside.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer
let acme: { readonly id: string }
let admin: AdminClient
let owner: AdminClient
let auditor: AdminClient

beforeAll(async () => {
  server = await startServer()
  acme = await server.organization('acme')
  const as = async (role: string) => {
    const { token } = await server.latchkey('api-token', 'create', '--org', 'acme', '--description', role, '--role', role)
    return adminClient(server.url, token!)
  }
  ;[admin, owner, auditor] = [await as('admin'), await as('owner'), await as('auditor')]
})
afterAll(() => server.stop())

const match = { claim: 'preferred_username', attribute: 'userName' }
const events = async (kind: string) => (await auditor('GET', `/audit-events?kind=${kind}`)).body.events

test('before there is a connection, the API tells what to copy, and that there is none', async () => {
  const { body } = await auditor('GET', '/sso-connection')
  expect(body).toEqual({
    connection: null,
    ours: {
      signInUrl: expect.stringMatching(/\/account\/sign-in\?organization=acme$/),
      oidc: { redirectUri: expect.stringMatching(/\/sso\/oidc\/callback$/) },
      saml: null,
    },
  })
  expect((await admin('POST', '/sso-connection/test')).body.code).toBe('no-connection')
})

test('the client secret is told to nobody, stays when it is left out, and goes to no other provider', async () => {
  const wish = { kind: 'oidc', issuer: 'https://login.example', clientId: 'latchkey', match }
  const set = await admin('PUT', '/sso-connection', { ...wish, clientSecret: 'canary-of-a-secret' })
  expect(set.body.connection).toMatchObject({ ...wish, hasClientSecret: true })
  const sealed = () =>
    inside(server, acme.id, async (client) => {
      const { rows } = await client.query('select * from sso_connections')
      return JSON.stringify(rows)
    })
  const before = await sealed()
  expect(before).not.toContain('canary-of-a-secret')

  // Nothing new is no change: no event, no mail to the owners.
  for (const clientSecret of [undefined, 'canary-of-a-secret']) {
    expect((await admin('PUT', '/sso-connection', { ...wish, clientSecret })).body).toEqual(set.body)
  }
  expect(await sealed()).toBe(before)
  expect(await events('sso-connection-set')).toMatchObject([{ actor: { kind: 'api-token' }, event: { replaced: null } }])

  const moved = await admin('PUT', '/sso-connection', { ...wish, issuer: 'https://other.example' })
  expect(moved.body.connection.hasClientSecret).toBe(false)
  expect(moved.body.connection.id).not.toBe(set.body.connection.id)
  expect((await admin('PUT', '/sso-connection', { ...wish, clientSecret: null })).body.connection.hasClientSecret).toBe(false)
  const told = [await admin('GET', '/sso-connection'), await admin('GET', '/audit-events')]
  expect(JSON.stringify(told.map(({ body }) => body))).not.toContain('canary-of-a-secret')
})

test('a claim that people edit themselves, an address without a scheme and a text that is no certificate are refused', async () => {
  const oidc = { kind: 'oidc', issuer: 'https://login.example', clientId: 'latchkey', match }
  expect((await admin('PUT', '/sso-connection', { ...oidc, match: { claim: 'nickname', attribute: 'userName' } })).body).toMatchObject({
    status: 400,
    code: 'claim-not-allowed',
  })
  const saml = { kind: 'saml', entityId: 'idp', signOnUrl: 'https://login.example', certificates: ['nonsense'], match }
  for (const body of [
    { ...oidc, issuer: 'javascript:alert(1)' },
    { ...saml },
    { ...saml, certificates: [] },
    { ...saml, certificates: [selfSigned().certificate], signOnUrl: 'javascript:alert(1)' },
    { ...oidc, kind: 'ldap' },
  ]) {
    expect((await admin('PUT', '/sso-connection', body)).body, JSON.stringify(body).slice(0, 200)).toMatchObject({
      status: 400,
      code: 'invalid-body',
    })
  }
})

test('a SAML connection has addresses of its own to copy, and its metadata is where they say', async () => {
  const wish = {
    kind: 'saml',
    entityId: 'https://idp.example',
    signOnUrl: 'https://idp.example/sso',
    match: { claim: 'NameID', attribute: 'userName' },
  }
  const { body } = await admin('PUT', '/sso-connection', { ...wish, certificates: [selfSigned().certificate] })
  const [pinned] = body.connection.certificates
  expect(Date.parse(pinned.expiresAt)).toBeGreaterThan(Date.now())
  const { pathname } = new URL(body.ours.saml.metadataUrl)
  const metadata = await (await fetch(`${server.url}${pathname}`)).text()
  for (const address of [body.ours.saml.entityId, body.ours.saml.assertionConsumerUrl]) expect(metadata).toContain(address)
  const checks = (await admin('POST', '/sso-connection/test')).body.checks
  expect(checks.every(({ ok }: { ok: boolean }) => ok)).toBe(true)
  // What is shown can be sent back, and changes nothing.
  const again = await admin('PUT', '/sso-connection', { ...wish, certificates: [pinned.base64] })
  expect(again.body).toEqual(body)
})

test('where an owner signs in by the connection, only an owner pins another certificate', async () => {
  const present = (await admin('GET', '/sso-connection')).body.connection
  const [first] = (await admin('GET', '/members?text=owner')).body.members
  await inside(server, acme.id, (client) =>
    client.query('update users set link_connection_id = $1, link_subject = $2 where id = $3', [present.id, 'owner', first.id]),
  )
  const { id: _id, ...wish } = present
  const changed = { ...wish, certificates: [selfSigned().certificate] }
  expect((await admin('PUT', '/sso-connection', changed)).body).toMatchObject({ status: 403, code: 'owner-linked' })
  expect(await events('action-refused')).toMatchObject([{ event: { action: 'set-sso-connection' } }])
  expect((await admin('GET', '/sso-connection')).body.connection).toEqual(present)
  expect((await owner('PUT', '/sso-connection', changed)).body.connection.id).toBe(present.id)
})
