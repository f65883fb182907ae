import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KeyRegistration, attemptWithPassword, deriveRoot, verifyStatement } from '@latchkey/client-crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { associatedData } from '../../packages/client-crypto/src/associated-data.ts'
import { fromBase64url } from '../../packages/client-crypto/src/bytes.ts'
import { open } from '../../packages/client-crypto/src/envelope.ts'
import { contextOf, openByPassword } from '../../packages/client-crypto/src/protected-keys.ts'
import { readRecoveryKit } from '../../packages/client-crypto/src/recovery-kit.ts'
import { fill, fillNewPassword, freshOwner, heading, keepKit, originOf, press, setUp } from '../account-pages.ts'
import { hasChromium, startBrowser, watchedPage } from '../browser.ts'
import { type TestServer, startServer } from '../server.ts'

const masterPassword = 'canary lantern pickle orbit'
const nextPassword = 'velvet canary thunder apricot'
const note = 'canary: the spare key hangs behind the mirror'

describe.skipIf(!hasChromium())('what the pages keep from a server', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await startBrowser()
  })

  afterAll(() => browser?.close())

  test('no password, key or note is in any request, answer, mail, log line or file of the server, whichever way it is written', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'latchkey-canary-'))
    onTestFinished(() => rm(dataFolder, { recursive: true, force: true }))
    const server = await startServer({ dataFolder, environment: { LATCHKEY_LOG_LEVEL: 'debug' } })
    onTestFinished(() => server.stop())
    const traffic: Buffer[] = []
    for (const stream of [server.process.stdout, server.process.stderr]) stream?.on('data', (chunk: Buffer) => traffic.push(chunk))

    const { page, context } = await watchedPage(browser, originOf(server))
    onTestFinished(() => context.close())
    const registrations: KeyRegistration[] = []
    const seen = (text: string) => traffic.push(Buffer.from(text))
    context.on('request', (request) => {
      seen(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`)
      if (request.method() === 'POST' && request.url().endsWith('/encryption-key')) registrations.push(request.postDataJSON())
    })
    const answers: Promise<unknown>[] = []
    context.on('response', (response) => {
      if (response.url().includes('/api/'))
        answers.push(
          response.body().then(
            (body) => traffic.push(body),
            () => null,
          ),
        )
    })

    const { userName, link } = await freshOwner(server, 'canary')
    await setUp(page, link, masterPassword)
    const kit = await keepKit(page)
    await heading(page, 'Your key')
    await fill(page, 'Note', note)
    await press(page, 'Seal and save')
    await page.getByText('Saved, and sealed to your key.').waitFor()
    await press(page, 'Change the master password')
    await fill(page, 'Present master password', masterPassword)
    await fillNewPassword(page, nextPassword)
    await press(page, 'Change it')
    await page.getByText('Your master password is changed.').waitFor()
    await press(page, 'Lock')
    await press(page, 'I forgot the master password')
    await fill(page, 'Recovery kit', kit)
    await fillNewPassword(page, masterPassword)
    await press(page, 'Recover')
    await heading(page, 'Your key')
    await press(page, 'Sign out')
    await heading(page, 'Sign in')
    await Promise.all(answers)
    expect(await storedIn(page)).toEqual([expect.stringMatching(/^latchkey-pin:/)])
    await server.stop()

    const [registration] = registrations
    const found = await whatOpens(registration!, kit)
    const places = [Buffer.concat(traffic), ...(await filesIn(dataFolder))]
    const isSomewhere = (bytes: Uint8Array) => places.some((place) => spellings(bytes).some((spelling) => place.includes(spelling)))
    // What may be known is found: the search finds what there is.
    const statement = await verifyStatement(registration!)
    for (const known of [statement.fingerprint, Buffer.from(userName), fromBase64url(registration!.unlockProof)]) {
      expect(isSomewhere(known)).toBe(true)
    }
    expect(places[0]!.includes('encryption-key/challenge')).toBe(true)
    for (const [name, secret] of Object.entries(found)) expect([name, isSomewhere(secret)]).toEqual([name, false])
  }, 180_000)

  describe('a server that lies', () => {
    let server: TestServer

    beforeAll(async () => {
      server = await startServer()
    })

    afterAll(() => server?.stop())

    async function openPage(): Promise<{ readonly page: Page; readonly asked: readonly string[] }> {
      const { page, context } = await watchedPage(browser, originOf(server))
      onTestFinished(() => context.close())
      const asked: string[] = []
      page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname.replace('/api/v1/account', '')}`))
      return { page, asked }
    }

    test('about a challenge makes nobody’s key', async () => {
      const { page, asked } = await openPage()
      const { link } = await freshOwner(server, 'challenge')
      await page.route('**/encryption-key/challenge', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, json: { ...(await response.json()), userId: crypto.randomUUID() } })
      })
      await setUp(page, link, masterPassword)
      await page.getByText('The server asked for the key of somebody else.').waitFor()
      expect(asked).not.toContain('POST /encryption-key')
    })

    test('about what it stored is found out before a recovery kit is shown', async () => {
      const { page } = await openPage()
      const { link } = await freshOwner(server, 'stored')
      await page.route('**/api/v1/account/encryption-key', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, json: { ...(await response.json()), fingerprint: '0'.repeat(64) } })
      })
      await setUp(page, link, masterPassword)
      await page.getByText('altered-registration').waitFor()
      expect(await page.locator('.kit').count()).toBe(0)
    })

    test('about the key log is refused by name', async () => {
      const { page } = await openPage()
      const { link } = await freshOwner(server, 'key-log')
      await setUp(page, link, masterPassword)
      await keepKit(page)
      await heading(page, 'Your key')
      await press(page, 'Check the key log')
      await page.getByText('Its one entry holds together.').waitFor()

      const entries = /\/key-log\?after=/
      await page.route(entries, (route) => route.fulfill({ json: { entries: [] } }))
      await press(page, 'Check the key log')
      await page.getByText('truncated-key-log').waitFor()
      await page.unroute(entries)
      await page.route(entries, async (route) => {
        const response = await route.fetch()
        const answer = await response.json()
        for (const entry of answer.entries) entry.at = '2020-01-01T00:00:00.000Z'
        await route.fulfill({ response, json: answer })
      })
      await press(page, 'Check the key log')
      await page.getByText('altered-key-log').waitFor()
    })

    test('about profile, age of the keys or state of the account is refused by name, and learns nothing', async () => {
      const { page, asked } = await openPage()
      const { link } = await freshOwner(server, 'lies')
      await setUp(page, link, masterPassword)
      await keepKit(page)
      await heading(page, 'Your key')

      await press(page, 'Lock')
      await page.route('**/unlock-parameters', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, json: { ...(await response.json()), profile: 'argon2id-1k-1-1' } })
      })
      await fill(page, 'Master password', masterPassword)
      await press(page, 'Unlock')
      await page.getByText('weak-profile').waitFor()
      expect(asked).not.toContain('POST /unlock')
      await page.unroute('**/unlock-parameters')

      // An older set, with its own parameters, as the server once handed it out.
      const kept = new Map<string, string>()
      await page.route(/unlock(-parameters)?$/, async (route) => {
        const response = await route.fetch()
        const name = new URL(route.request().url()).pathname
        if (!kept.has(name)) kept.set(name, await response.text())
        await route.fulfill({ response, body: kept.get(name)! })
      })
      await press(page, 'Unlock')
      await heading(page, 'Your key')
      await page.unroute(/unlock(-parameters)?$/)
      await press(page, 'Change the master password')
      await fill(page, 'Present master password', masterPassword)
      await fillNewPassword(page, nextPassword)
      await press(page, 'Change it')
      await page.getByText('Your master password is changed.').waitFor()
      await press(page, 'Lock')
      await page.route(/unlock(-parameters)?$/, (route) =>
        route.fulfill({ contentType: 'application/json', body: kept.get(new URL(route.request().url()).pathname)! }),
      )
      await fill(page, 'Master password', masterPassword)
      await press(page, 'Unlock')
      await page.getByText('replayed-envelope').waitFor()
      expect(await page.locator('.words').count()).toBe(0)

      // As if there were no key yet: the browser knows that there is.
      let session: { status: string; organization: { id: string }; user: { id: string } } | null = null
      await page.route('**/api/v1/account/session', async (route) => {
        const response = await route.fetch()
        session = await response.json()
        await route.fulfill({ response, json: { ...session, status: 'pending-encryption-key', encryptionKey: null } })
      })
      await page.route('**/encryption-key/challenge', (route) =>
        route.fulfill({
          json: {
            nonce: 'nonce',
            time: '2026-01-01T00:00:00.000Z',
            organizationId: session?.organization.id,
            userId: session?.user.id,
            version: 1,
            previousStatement: null,
          },
        }),
      )
      await page.reload()
      await heading(page, 'Set up your encryption key')
      await fillNewPassword(page, masterPassword)
      const before = asked.length
      await press(page, 'Make my key')
      await page.getByText('replayed-envelope').waitFor()
      expect(asked.slice(before)).toEqual(['POST /encryption-key/challenge'])
    }, 120_000)
  })
})

/** Everything that only the person may have. */
async function whatOpens(registration: KeyRegistration, kit: string): Promise<Record<string, Uint8Array>> {
  const { protectedKeys } = registration
  const salt = fromBase64url(protectedKeys.salt)
  const root = await deriveRoot(masterPassword, salt, 'argon2id-64m-3-4')
  const { keys } = await attemptWithPassword({ parameters: protectedKeys, masterPassword, deriveRoot })
  const context = contextOf(await verifyStatement(registration))
  const accountKey = await openByPassword(context, protectedKeys, keys)
  const privateKeys = await open(fromBase64url(protectedKeys.privateKeys), accountKey, associatedData.privateKeys(context))
  return {
    'master password': Buffer.from(masterPassword),
    'next master password': Buffer.from(nextPassword),
    note: Buffer.from(note),
    root,
    'password wrapping key': keys.wrappingKey,
    'account key': accountKey,
    'encryption private key': privateKeys.slice(0, 32),
    'signing private key': privateKeys.slice(32),
    'recovery kit': Buffer.from(kit),
    'group of the recovery kit': Buffer.from(`${kit.slice(0, 11)}`),
    'recovery key': readRecoveryKit(kit),
  }
}

/** Raw, hexadecimal in both cases, base64 and base64url: the last two without the end, which depends on what follows. */
function spellings(bytes: Uint8Array): readonly Buffer[] {
  const raw = Buffer.from(bytes)
  const hexadecimal = raw.toString('hex')
  const whole = raw.subarray(0, raw.length - (raw.length % 3))
  const texts = [hexadecimal, hexadecimal.toUpperCase(), whole.toString('base64'), whole.toString('base64url')]
  return [raw, ...texts.map((text) => Buffer.from(text))]
}

/** Every byte that the server left on its disk: tables, write-ahead log, mails and logs. */
async function filesIn(folder: string): Promise<readonly Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => readFile(join(parentPath, name))))
}

function storedIn(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>('[...Object.keys(localStorage), ...Object.keys(sessionStorage)]')
}
