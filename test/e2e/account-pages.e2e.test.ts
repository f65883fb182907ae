import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { problemCodes } from '../../apps/console/src/account/problem-texts.ts'
import { aDayPasses } from '../a-day-passes.ts'
import { fill, fillNewPassword, freshOwner, heading, keepKit, originOf, press, setUp } from '../account-pages.ts'
import { type WatchedPage, accessibilityFaults, hasChromium, startBrowser, watchedPage } from '../browser.ts'
import { focusedName, keyboardOf } from '../keyboard.ts'
import { type TestServer, startServer } from '../server.ts'

const masterPassword = 'harbour lantern pickle orbit'
const nextPassword = 'velvet compass thunder apricot'

describe.skipIf(!hasChromium())('the account pages', () => {
  let server: TestServer
  let browser: Browser

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startServer(), startBrowser()])
  })

  afterAll(() => Promise.all([browser?.close(), server?.stop()]))

  async function open(): Promise<WatchedPage> {
    const watched = await watchedPage(browser, originOf(server))
    onTestFinished(() => watched.context.close())
    return watched
  }

  test('an owner makes a key, keeps it, opens it, changes its password, recovers it, and asks for a reset', async () => {
    const { page, complaints } = await open()
    const { userName, link } = await freshOwner(server, 'journey')
    const faults: string[] = []
    const look = async () => faults.push(...(await accessibilityFaults(page)))

    await page.goto(link)
    await heading(page, 'Welcome, owner')
    expect(new URL(page.url()).hash).toBe('')
    await look()
    await press(page, 'Begin')
    await heading(page, 'Set up your encryption key')
    await look()

    await fillNewPassword(page, 'passwordpassword')
    await press(page, 'Make my key')
    await page.getByText('This is among the first things that are guessed.').waitFor()
    await look()
    await fillNewPassword(page, masterPassword)
    await page.getByText('Strength: strong (an estimate)').waitFor()
    const begun = performance.now()
    await press(page, 'Make my key')
    await heading(page, 'Save your recovery kit')
    const seconds = (performance.now() - begun) / 1_000
    await look()
    const words = await page.locator('.words').textContent()
    const kit = await keepKit(page)
    await heading(page, 'Your key')
    expect(await page.locator('.words').textContent()).toBe(words)
    const { users } = await server.latchkey<{ users: { userName: string; status: string }[] }>('user', 'list', '--org', 'journey')
    expect(users.find((user) => user.userName === userName)?.status).toBe('active')

    await fill(page, 'Note', 'the spare key hangs behind the mirror')
    await press(page, 'Seal and save')
    await page.getByText('Saved, and sealed to your key.').waitFor()
    await look()

    await press(page, 'Lock')
    await heading(page, 'Unlock')
    await look()
    await fill(page, 'Master password', nextPassword)
    await press(page, 'Unlock')
    await page.getByText('attempts are left').waitFor()
    expect(await page.getByLabel('Master password', { exact: true }).inputValue()).toBe(nextPassword)
    await look()
    await fill(page, 'Master password', masterPassword)
    await press(page, 'Unlock')
    await heading(page, 'Your key')
    await expect.poll(() => page.getByLabel('Note', { exact: true }).inputValue()).toBe('the spare key hangs behind the mirror')

    await press(page, 'Change the master password')
    await heading(page, 'Change the master password')
    await look()
    await fill(page, 'Present master password', masterPassword)
    await fillNewPassword(page, nextPassword)
    await press(page, 'Change it')
    await page.getByText('Your master password is changed.').waitFor()

    await press(page, 'Sign out')
    await heading(page, 'Sign in')
    await look()
    await press(page, 'Sign in as an owner')
    await heading(page, 'Sign in as an owner')
    await look()
    await press(page, 'Back')
    await signInAsOwner(page, 'journey', userName, nextPassword)
    await heading(page, 'Your key')
    expect(await page.locator('.words').textContent()).toBe(words)

    await press(page, 'Lock')
    await press(page, 'I forgot the master password')
    await heading(page, 'Recover your key')
    await look()
    await fill(page, 'Recovery kit', kit.toLowerCase().replaceAll('-', ' '))
    await fillNewPassword(page, masterPassword)
    await press(page, 'Recover')
    await heading(page, 'Your key')
    expect(await page.locator('.words').textContent()).toBe(words)

    await press(page, 'Make a new recovery kit')
    await heading(page, 'Make a new recovery kit')
    await look()
    await fill(page, 'Master password', masterPassword)
    await press(page, 'Make a new kit')
    expect(await keepKit(page)).not.toBe(kit)
    await page.getByText('Your new recovery kit is the only one.').waitFor()

    await press(page, 'Lock')
    await press(page, 'I forgot the master password')
    await press(page, 'Reset my key…')
    await press(page, 'Yes, request the reset')
    await page.getByText('A reset of your key was requested').waitFor()
    await look()
    await press(page, 'Cancel the reset')
    await page.getByRole('button', { name: 'Reset my key…' }).waitFor()

    expect(faults).toEqual([])
    expect(complaints).toEqual([])
    // A few seconds also on a machine that runs other tests at the same time.
    expect(seconds).toBeLessThan(10)
  }, 180_000)

  test('a reset that nobody cancelled leads, after its delay, to a new key with another fingerprint', async () => {
    const { page, complaints } = await open()
    const { organization, userName, link } = await freshOwner(server, 'reset')
    await setUp(page, link, masterPassword)
    await keepKit(page)
    await heading(page, 'Your key')
    const words = await page.locator('.words').textContent()
    await press(page, 'Lock')
    await press(page, 'I forgot the master password')
    await press(page, 'Reset my key…')
    await press(page, 'Yes, request the reset')
    await page.getByText('A reset of your key was requested').waitFor()

    expect(await aDayPasses(server, organization)).toBe(1)
    await press(page, 'Cancel the reset')
    await heading(page, 'Sign in')
    const { ownerLink } = await server.latchkey('owner', 'link', '--org', 'reset', '--email', userName)
    await setUp(page, ownerLink!, nextPassword)
    await keepKit(page)
    await heading(page, 'Your key')
    expect(await page.locator('.words').textContent()).not.toBe(words)
    await page.getByText('Version 2').waitFor()
    await press(page, 'Lock')
    await fill(page, 'Master password', nextPassword)
    await press(page, 'Unlock')
    await heading(page, 'Your key')
    expect(complaints).toEqual([])
  }, 120_000)

  test('a key is made and opened with the keyboard alone', async () => {
    const { page, complaints } = await open()
    const { link } = await freshOwner(server, 'keyboard')
    const { keyboard } = page
    const { tabTo } = keyboardOf(page)
    await page.goto(link)
    await heading(page, 'Welcome, owner')
    expect(await page.evaluate<string>(focusedName)).toBe('Welcome, owner')
    await tabTo('Begin')
    await keyboard.press('Enter')
    await heading(page, 'Set up your encryption key')
    await tabTo('New master password')
    await keyboard.type('short')
    await keyboard.press('Enter')
    await page.getByText('A master password has at least 12 characters; this has 5.').waitFor()
    await expect.poll(() => page.evaluate<string>(focusedName)).toBe('New master password')
    await keyboard.press('ControlOrMeta+a')
    await keyboard.type(masterPassword)
    await tabTo('The same master password again')
    await keyboard.type(masterPassword)
    await keyboard.press('Enter')
    await heading(page, 'Save your recovery kit')
    expect(await page.evaluate<string>(focusedName)).toBe('Save your recovery kit')
    const kit = (await page.locator('.groups code').allTextContents()).join('-')
    await tabTo('I have saved it')
    await keyboard.press('Enter')
    await heading(page, 'Is the kit saved?')
    const asked = (await page.locator('label').textContent()) ?? ''
    await tabTo(asked)
    await keyboard.type('XXXXX')
    await keyboard.press('Enter')
    await page.getByText(/^That is not group/).waitFor()
    await keyboard.press('ControlOrMeta+a')
    await keyboard.type(kit.split('-')[Number(/\d/.exec(asked)?.[0]) - 1]!)
    await keyboard.press('Enter')
    await heading(page, 'Your key')
    // Back over the three pages of the account and "Sign out".
    for (let stop = 0; stop < 5; stop += 1) await keyboard.press('Shift+Tab')
    expect(await page.evaluate<string>(focusedName)).toBe('Lock')
    await keyboard.press('Space')
    await heading(page, 'Unlock')
    await tabTo('Master password')
    await keyboard.type(masterPassword)
    await keyboard.press('Enter')
    await heading(page, 'Your key')
    expect(complaints).toEqual([])
  })

  test('every problem of a sign-in has a page that says what happened and what to do', async () => {
    const { page, complaints } = await open()
    const titles = new Set<string>()
    const faults: string[] = []
    for (const code of [...problemCodes, 'something-new']) {
      await page.goto(`/account/problem?code=${code}`)
      await page.getByRole('link', { name: 'Sign in again' }).waitFor()
      titles.add((await page.getByRole('heading', { level: 1 }).textContent()) ?? '')
      expect(await page.getByText('What it was:').textContent()).toContain(code)
      if (code === 'not-provisioned') faults.push(...(await accessibilityFaults(page)))
    }
    expect(titles.size).toBe(problemCodes.length + 1)
    await page.goto('/account/problem?code=%3Cimg%20src%3Dx%3E')
    await page.getByRole('link', { name: 'Sign in again' }).waitFor()
    expect(await page.getByText('What it was:').count()).toBe(0)
    expect([faults, complaints]).toEqual([[], []])
  })

  test('the link of a set-up mail leads to the way in, and what was typed stays when that fails', async () => {
    const { page, complaints } = await open()
    const faults: string[] = []
    await server.latchkey('organization', 'create', '--slug', 'mailed', '--name', 'Mailed & Söhne')
    await page.goto('/account/sign-in?organization=mailed')
    await heading(page, 'Sign in to Mailed & Söhne')
    await page.getByText('has not connected its single sign-on yet').waitFor()
    faults.push(...(await accessibilityFaults(page)))
    await press(page, 'Another organisation')

    await fill(page, 'Short name of your organisation', 'nobody')
    await press(page, 'Continue')
    await page.getByText('No organisation here is called “nobody”.').waitFor()
    expect(await page.getByLabel('Short name of your organisation').inputValue()).toBe('nobody')
    expect([faults, complaints]).toEqual([[], []])

    // As it will be for an organisation that has a connection.
    const organizations = '**/api/v1/account/organizations/*'
    await page.route(organizations, (route) => route.fulfill({ json: { slug: 'mailed', name: 'Mailed', sso: 'oidc' } }))
    await press(page, 'Continue')
    await heading(page, 'Sign in to Mailed')
    const link = page.getByRole('link', { name: 'Sign in with single sign-on' })
    expect(await link.getAttribute('href')).toBe('/sso/start?organization=mailed')
    faults.push(...(await accessibilityFaults(page)))
    expect([faults, complaints]).toEqual([[], []])
    await press(page, 'Another organisation')
    await page.unroute(organizations)
    await page.route(organizations, (route) => route.abort())
    await fill(page, 'Short name of your organisation', 'mailed')
    await press(page, 'Continue')
    await page.getByText('The server could not be reached.').waitFor()
    expect(await page.getByLabel('Short name of your organisation').inputValue()).toBe('mailed')
  })

  test('an owner’s link that was spent says so', async () => {
    const { page } = await open()
    await page.goto(`/account/owner#${'0'.repeat(64)}`)
    await press(page, 'Begin')
    await page.getByText('This link was used, replaced or has expired.').waitFor()
  })

  test('a browser that is signed out elsewhere locks the key and says so', async () => {
    const here = await open()
    const { userName, link } = await freshOwner(server, 'elsewhere')
    await setUp(here.page, link, masterPassword)
    await keepKit(here.page)
    await heading(here.page, 'Your key')
    const there = await open()
    await there.page.goto('/account/')
    await heading(there.page, 'Sign in')
    await signInAsOwner(there.page, 'elsewhere', userName, masterPassword)
    await heading(there.page, 'Your key')
    await there.page.getByText('This browser sees your key for the first time.').waitFor()
    await press(there.page, 'Sign out everywhere else')
    await expect.poll(() => there.page.locator('.places li').count()).toBe(1)

    await fill(here.page, 'Note', 'too late')
    await press(here.page, 'Seal and save')
    await heading(here.page, 'Sign in')
    await here.page.getByText('your session has ended').waitFor()
    expect(await here.page.locator('.words').count()).toBe(0)
    expect([here.complaints, there.complaints]).toEqual([[], []])
  })

  test('page and worker come with the policy that each needs and no more', async () => {
    const page = await fetch(`${server.url}/account/`)
    const html = await page.text()
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/)
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy.split('; ')).toContain(part)
    }
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    expect(html).not.toMatch(/<style|<script>|style=|\son\w+=|https?:/)
    const loads = [...html.matchAll(/<(?:script|link rel="stylesheet")[^>]*>/g)].map(([element]) => element)
    expect(loads).toHaveLength(2)
    for (const element of loads) expect(element).toMatch(/integrity="sha384-/)

    const script = await (await fetch(`${server.url}${/src="([^"]+)"/.exec(html)?.[1]}`)).text()
    const worker = await fetch(`${server.url}/account/assets/${/derivation\.worker-[\w-]+\.js/.exec(script)?.[0]}`)
    expect(worker.status).toBe(200)
    expect(worker.headers.get('Content-Security-Policy')).toContain("script-src 'self' 'wasm-unsafe-eval'")
    const sealing = await fetch(`${server.url}/account/assets/${/seal-grants\.worker-[\w-]+\.js/.exec(script)?.[0]}`)
    expect(sealing.status).toBe(200)
    expect(sealing.headers.get('Content-Security-Policy')).toContain("default-src 'none'; script-src 'self'; require-trusted-types-for")
    expect((await fetch(`${server.url}/account/assets/..%2findex.html`)).status).toBe(404)
  })
})

async function signInAsOwner(page: WatchedPage['page'], slug: string, userName: string, password: string): Promise<void> {
  await fill(page, 'Short name of your organisation', slug)
  await press(page, 'Continue')
  await heading(page, 'Sign in to Acme')
  await press(page, 'Sign in as an owner')
  await heading(page, 'Sign in as an owner')
  await fill(page, 'User name', userName)
  await fill(page, 'Master password', password)
  await press(page, 'Sign in and unlock')
}
