import { once } from 'node:events'
import { readFile, readdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type ScimClient, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

const organizationName = 'Ada & Söhne <GmbH>'

let server: TestServer
let scim: ScimClient

beforeAll(async () => {
  server = await startServer()
  scim = await provisioningClient(server)
})

afterAll(() => server.stop())

test('an enabled user gets one mail that names the organisation and leads to its sign-in page', async () => {
  await provision('ada@mail.example', { displayName: 'Ada <Lovelace>' })

  const email = await theMailTo('ada@mail.example')

  expect(email.subject).toContain(organizationName)
  expect(email.text).toContain(organizationName)
  expect(email.html).toContain('Ada &amp; Söhne &lt;GmbH&gt;')
  expect(email.html).not.toMatch(/<GmbH>|<Lovelace>/)
  const link = `${server.url.replace('127.0.0.1', 'localhost')}/account/sign-in?organization=soehne`
  expect(email.text).toContain(link)
  expect(email.html).toContain(`href="${link}"`)
  // Signs nobody in: every link in it is this one.
  expect(new Set(email.text?.match(/https?:\/\/\S+/g))).toEqual(new Set([link]))
})

test('the mail goes to the primary address, and to nobody where there is none', async () => {
  const emails = [{ value: 'second@mail.example' }, { value: 'first@mail.example', primary: true }]
  await provision('grace@mail.example', { emails })
  await provision('no-address')

  await theMailTo('first@mail.example')
  await everythingIsSent()
  expect(await mailsTo('second@mail.example', 'grace@mail.example', 'no-address')).toEqual([])
})

test('somebody who is created inactive gets the mail when first activated, and never again', async () => {
  const { id } = await provision('later@mail.example', { active: false })
  await everythingIsSent()
  expect(await mailsTo('later@mail.example')).toEqual([])

  await setActive(id, true)
  await theMailTo('later@mail.example')

  await setActive(id, false)
  await setActive(id, true)
  await everythingIsSent()
  expect(await mailsTo('later@mail.example')).toHaveLength(1)
})

test('a create that is refused sends nothing, and neither does a PUT, the same or another', async () => {
  const user = await provision('once@mail.example')
  await theMailTo('once@mail.example')

  const taken = { schemas: [userSchema], userName: 'ONCE@mail.example', emails: [{ value: 'taken@mail.example' }] }
  expect((await scim.post('/Users', taken)).status).toBe(409)
  expect((await scim.put(`/Users/${user.id}`, user)).status).toBe(200)
  expect((await scim.put(`/Users/${user.id}`, { ...user, displayName: 'Changed' })).status).toBe(200)

  await everythingIsSent()
  expect(await mailsTo('once@mail.example')).toHaveLength(1)
  expect(await mailsTo('taken@mail.example')).toEqual([])
})

test('by SMTP, a mail that is refused at first is sent again until it is taken, once', async () => {
  const received: Email[] = []
  let refusals = 0
  const smtp = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    logger: false,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then((email) => {
          if (refusals === 0) {
            refusals += 1
            throw Object.assign(new Error('Come again later'), { responseCode: 451 })
          }
          received.push(email)
        })
        .then(() => done(), done)
    },
  })
  smtp.listen(0, '127.0.0.1')
  await once(smtp.server, 'listening')
  onTestFinished(() => new Promise<void>((resolve) => smtp.close(() => resolve())))
  const { port } = smtp.server.address() as AddressInfo

  const sender = await startServer({
    environment: { LATCHKEY_SMTP_URL: `smtp://127.0.0.1:${port}`, LATCHKEY_MAIL_FROM: 'Keys <keys@sender.example>' },
  })
  onTestFinished(() => sender.stop())
  const client = await provisioningClient(sender)
  expect((await client.post('/Users', { schemas: [userSchema], userName: 'ada@smtp.example' })).status).toBe(201)

  await expect.poll(() => received.length, { timeout: 30_000, interval: 50 }).toBe(1)
  expect(refusals).toBe(1)
  expect(received[0]).toMatchObject({ from: { address: 'keys@sender.example' }, to: [{ address: 'ada@smtp.example' }] })
  expect(received[0]?.text).toContain('/account/sign-in?organization=soehne')
  expect(await readdir(join(sender.dataFolder, 'mail')).catch(() => [])).toEqual([])
  // Within the test's time: a connection that is kept open for the next mail does not keep a stopped server alive.
  await sender.stop()
}, 40_000)

async function provisioningClient(of: TestServer): Promise<ScimClient> {
  await of.latchkey('organization', 'create', '--slug', 'soehne', '--name', organizationName)
  await of.latchkey('scim', 'enable', '--org', 'soehne')
  const { token } = await of.latchkey<{ token: string }>(
    'scim-token',
    'create',
    '--org',
    'soehne',
    '--description',
    'Mail',
    '--ttl-days',
    '1',
  )
  return scimClient(of.scimUrl, token)
}

async function provision(userName: string, more: object = {}): Promise<{ id: string }> {
  const { status, body } = await scim.post('/Users', { schemas: [userSchema], userName, ...more })
  expect(status).toBe(201)
  return body
}

async function setActive(id: string, value: boolean): Promise<void> {
  expect((await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value }])).status).toBe(200)
}

async function mailsTo(...addresses: readonly string[]): Promise<Email[]> {
  const folder = join(server.dataFolder, 'mail')
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'))
  const emails = await Promise.all(files.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))))
  return emails.filter(({ to }) => to?.some(({ address }) => address !== undefined && addresses.includes(address)))
}

async function theMailTo(address: string): Promise<Email> {
  await expect.poll(async () => (await mailsTo(address)).length, { timeout: 15_000, interval: 50 }).toBe(1)
  return (await mailsTo(address))[0]!
}

let sentinels = 0

/** Mails leave in the order of their commits: when one of now has arrived, so have those before it. */
async function everythingIsSent(): Promise<void> {
  sentinels += 1
  const address = `sentinel-${sentinels}@mail.example`
  await provision(address)
  await theMailTo(address)
}
