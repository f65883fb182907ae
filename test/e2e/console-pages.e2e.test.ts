import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { fill, freshOwner, heading, keepKit, originOf, press, setUp } from '../account-pages.ts'
import { type WatchedPage, accessibilityFaults, hasChromium, startBrowser, watchedPage } from '../browser.ts'
import { groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

const masterPassword = 'harbour lantern pickle orbit'

describe.skipIf(!hasChromium())('the console', () => {
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

  /** An owner with a key, in the console. */
  async function ownerOf(slug: string) {
    const watched = await open()
    const made = await freshOwner(server, slug)
    await setUp(watched.page, made.link, masterPassword)
    await keepKit(watched.page)
    await heading(watched.page, 'Your key')
    await watched.page.getByRole('link', { name: 'Console' }).click()
    await heading(watched.page, 'Overview')
    return { ...watched, ...made }
  }

  async function goTo(page: Page, name: string, title = name): Promise<void> {
    await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name, exact: true }).click()
    await heading(page, title)
  }

  test('from the first look to a provider at work: enable, create a token, see ticks, members, activity, and revoke', async () => {
    const { page, complaints } = await ownerOf('from-zero')
    const faults: string[] = []
    const look = async () => faults.push(...(await accessibilityFaults(page)))
    await look()
    await goTo(page, 'Single Sign-On (SSO)')
    await page.getByText('There is no token yet.').waitFor()
    await look()
    await page.getByText('Enable SCIM provisioning').click()
    await page.getByText('On: usable tokens are accepted.').waitFor()

    await press(page, 'Create')
    await press(page, 'Create the token')
    await page.getByText('Say what the token is for').waitFor()
    await fill(page, 'Description', 'Okta')
    await look()
    await press(page, 'Create the token')
    await page.getByRole('heading', { name: 'New SCIM token' }).waitFor()
    await look()
    const token = (await page.locator('.copy-value').filter({ hasText: 'latchkey_scim_' }).textContent()) ?? ''
    expect(token).toMatch(/^latchkey_scim_\w+$/)
    await press(page, 'I have copied it')
    const secret = token.split('_').at(-1)!
    expect(await page.content()).not.toContain(secret)

    const scim = scimClient(server.scimUrl, token)
    await scim.get('/Users?filter=userName+eq+%22nobody%22')
    const created = await scim.post('/Users', { schemas: [userSchema], userName: 'grace@from-zero.example', displayName: 'Grace' })
    const { id } = created.body
    await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Engineering', members: [{ value: id }] })
    await scim.post('/Users', { schemas: [userSchema], userName: 'grace@from-zero.example' })
    await page.getByText(/The first person came: \d/).waitFor()
    await page.getByText(/The first group came: \d/).waitFor()
    await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }])
    await page.getByText(/The first person was deactivated: \d/).waitFor()

    for (const provider of ['Microsoft Entra ID', 'Okta', 'JumpCloud', 'PingOne']) {
      await page.locator('.radio').getByText(provider, { exact: true }).click()
      await page.locator('.steps').waitFor()
    }
    await page.getByText('email.value Eq "%s"').waitFor()
    await look()

    await goTo(page, 'Members')
    await page.getByRole('link', { name: 'grace@from-zero.example' }).waitFor()
    await look()
    await page.getByLabel('Status').selectOption('deactivated')
    await page.getByText('1 member', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'grace@from-zero.example' }).click()
    await heading(page, 'grace@from-zero.example')
    await look()
    await page.getByRole('link', { name: 'Engineering' }).click()
    await heading(page, 'Engineering')
    await look()
    await goTo(page, 'Groups')
    await look()
    await goTo(page, 'Audit')
    await press(page, 'Verify the chain')
    await page.getByText(/The chain of .* holds/).waitFor()
    await look()
    await goTo(page, 'Settings')
    await look()
    await goTo(page, 'Overview')
    await look()

    await goTo(page, 'Single Sign-On (SSO)')
    await page.getByText('deactivate grace@from-zero.example').waitFor()
    await page.getByText('Failed (409)').waitFor()
    await press(page, 'Revoke…: Okta')
    await press(page, 'Yes, revoke it')
    await page.getByRole('cell', { name: 'Revoked' }).waitFor()
    expect((await scim.get('/Users')).status).toBe(401)
    expect(faults).toEqual([])
    expect(complaints).toEqual([])
    expect(
      await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, document.cookie])'),
    ).not.toContain(secret)
  }, 180_000)

  test('a group is mapped to a role after a look at who changes, and a role of one’s own is given', async () => {
    const { page, complaints } = await ownerOf('roles')
    await server.latchkey('scim', 'enable', '--org', 'roles')
    const { token } = await server.latchkey('scim-token', 'create', '--org', 'roles', '--description', 'Test', '--ttl-days', '1')
    const scim = scimClient(server.scimUrl, token!)
    const { body } = await scim.post('/Users', { schemas: [userSchema], userName: 'linus@roles.example' })
    await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Auditing', members: [{ value: body.id }] })
    await goTo(page, 'Single Sign-On (SSO)')
    await fill(page, 'Find a group', 'audit')
    await press(page, 'Auditing')
    await press(page, 'Show who changes')
    await page.getByText('linus@roles.example: Member → Auditor').waitFor()
    await press(page, 'Save the mapping')
    await page.getByText('Auditing now gives the role Auditor.').waitFor()
    await page.getByRole('row', { name: /^Auditing Auditor/ }).waitFor()
    await goTo(page, 'Members')
    await page.getByRole('link', { name: 'linus@roles.example' }).click()
    await heading(page, 'linus@roles.example')
    await page.getByLabel('A role of their own').selectOption('admin')
    await page.getByRole('definition').filter({ hasText: 'Admin' }).waitFor()
    expect(complaints).toEqual([])
  }, 120_000)

  test('who is not signed in is led there, and nothing is shown', async () => {
    const { page, complaints } = await open()
    await page.goto('/console/members')
    await heading(page, 'Sign in to the console')
    expect(await accessibilityFaults(page)).toEqual([])
    expect(complaints).toEqual([])
  })
})
