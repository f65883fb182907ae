import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AccountClient, TestKey } from '../account-client.ts'
import { BrowserJar } from '../browser-jar.ts'
import { startOidcProvider } from '../identity-providers/oidc-provider.ts'
import { startMailbox } from '../mailbox.ts'
import { scimClient, userSchema } from '../scim-client.ts'
import { startServer } from '../server.ts'

test('a person is told once of each thing that somebody else could have done in their name, and of nothing else', async () => {
  const mailbox = await startMailbox()
  onTestFinished(() => mailbox.close())
  const server = await startServer({ environment: mailbox.environment })
  onTestFinished(() => server.stop())
  const publicUrl = server.url.replace('127.0.0.1', 'localhost')
  const provider = await startOidcProvider(`${publicUrl}/sso/oidc/callback`)
  onTestFinished(() => provider.close())
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-mails-'))
  onTestFinished(() => rm(folder, { recursive: true }))

  const { token } = await server.organization('acme')
  const secret = join(folder, 'client-secret')
  await writeFile(secret, provider.clientSecret)
  const options = ['--issuer', provider.issuer, '--client-id', provider.clientId, '--client-secret-file', secret]
  await server.latchkey('sso', 'set', '--org', 'acme', '--kind', 'oidc', ...options)
  const address = 'ada@acme.example'
  const created = await scimClient(server.scimUrl, token).post('/Users', { schemas: [userSchema], userName: address })
  expect(created.status).toBe(201)
  await mailbox.mailTo(address, /^Finish setting up/)
  provider.signInAs({ sub: 'ada', preferred_username: address })

  const signedIn = async (userAgent: string) => {
    const browser = new BrowserJar(userAgent)
    const start = `${publicUrl}/sso/start?organization=acme`
    expect(await browser.follow(start, (at) => at.startsWith(`${publicUrl}/account/`))).toBe(`${publicUrl}/account/`)
    return new AccountClient(publicUrl, browser.cookie(publicUrl, '__Host-latchkey-session') ?? null)
  }
  const account = await signedIn('Browser at home')
  const key = new TestKey()
  const challenge = (await account.post('/encryption-key/challenge')).body
  expect((await account.post('/encryption-key', key.registration(challenge))).status).toBe(201)
  await mailbox.mailTo(address, /^Your encryption key for .* is set up$/)

  await signedIn('Browser at home')
  const elsewhere = await signedIn('Browser <b>elsewhere</b>')
  await signedIn('Browser <b>elsewhere</b>')
  const told = await mailbox.mailTo(address, /^A new sign-in to your/)
  expect(told.text).toContain('Browser <b>elsewhere</b>')
  expect(told.html).not.toContain('<b>elsewhere')

  const unlockProof = new TestKey().unlockProof
  for (const status of [403, 403, 403, 403, 403, 429, 429]) expect((await elsewhere.post('/unlock', { unlockProof })).status).toBe(status)
  await mailbox.mailTo(address, /^Wrong master passwords for your/)

  expect((await account.post('/key-reset')).status).toBe(200)
  await mailbox.mailTo(address, /^A reset of your .* encryption key was requested$/)
  expect(mailbox.mails.map(({ subject }) => subject?.split(' ').slice(0, 3).join(' '))).toEqual([
    'Finish setting up',
    'Your encryption key',
    'A new sign-in',
    'Wrong master passwords',
    'A reset of',
  ])
  for (const { text, html } of mailbox.mails) {
    for (const link of `${text} ${html}`.match(/https?:[^\s"<]+/g) ?? []) expect(new URL(link).origin).toBe(publicUrl)
    expect(text).not.toContain(unlockProof)
  }
}, 120_000)
