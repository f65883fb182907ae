import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { fill, fillNewPassword, freshOwner, heading, keepKit, originOf, press, setUp } from '../account-pages.ts'
import { picture } from '../pictures.ts'
import { type WatchedPage, accessibilityFaults, hasChromium, startBrowser, watchedPage } from '../browser.ts'
import { startOidcProvider } from '../identity-providers/oidc-provider.ts'
import { inside } from '../inside.ts'
import { focusedName, keyboardOf } from '../keyboard.ts'
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

  async function openProvisioning(page: Page): Promise<void> {
    await page.getByRole('link', { name: 'Provisioning', exact: true }).click()
    await page.getByRole('heading', { name: 'Manage SCIM tokens' }).waitFor()
  }

  test('from the first look to a provider at work: enable, create a token, see ticks, members, activity, and revoke', async () => {
    const { page, complaints } = await ownerOf('from-zero')
    const faults: string[] = []
    const look = async () => faults.push(...(await accessibilityFaults(page)))
    await look()
    await goTo(page, 'Single Sign-On (SSO)')
    await page.getByText('No identity provider is connected yet.').waitFor()
    await look()
    await picture(page, 'single-sign-on')
    await page.locator('.radio').getByText('SAML 2.0').click()
    await look()
    for (const provider of ['Microsoft Entra ID', 'Okta', 'JumpCloud', 'PingOne'])
      await page.getByLabel('Provider', { exact: true }).selectOption(provider)
    await page.getByLabel('With', { exact: true }).selectOption('SAML 2.0')
    await page.getByRole('heading', { name: 'Here, below' }).waitFor()
    await look()
    await openProvisioning(page)
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
    await picture(page, 'new-scim-token')
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
    await picture(page, 'provisioning')

    await goTo(page, 'Members')
    await page.getByRole('link', { name: 'grace@from-zero.example' }).waitFor()
    await look()
    await picture(page, 'members')
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
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()])
    expect(await readFile(await download.path(), 'utf8')).toMatch(/^"at","sequence","kind"/)
    await goTo(page, 'Settings')
    await look()
    await goTo(page, 'Overview')
    await look()

    await goTo(page, 'Single Sign-On (SSO)')
    await openProvisioning(page)
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
    await openProvisioning(page)
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

  test('by keyboard alone: from the first owner’s link over single sign-on and a token to a provider at work, and its end', async () => {
    const provider = await startOidcProvider(`${originOf(server)}/sso/oidc/callback`)
    onTestFinished(() => provider.close())
    const { page, context, complaints } = await open()
    await context.grantPermissions(['clipboard-write'])
    const { link } = await freshOwner(server, 'keys-only')
    const { tabTo, enter, type } = keyboardOf(page)

    await page.goto(link)
    await heading(page, 'Welcome, owner')
    await enter('Begin')
    await heading(page, 'Set up your encryption key')
    await type('New master password', masterPassword)
    await type('The same master password again', masterPassword)
    await page.keyboard.press('Enter')
    await heading(page, 'Save your recovery kit')
    const kit = await page.locator('.groups code').allTextContents()
    await enter('I have saved it')
    await heading(page, 'Is the kit saved?')
    const asked = (await page.locator('label').textContent()) ?? ''
    await type(asked, kit[Number(/\d/.exec(asked)?.[0]) - 1]!)
    await page.keyboard.press('Enter')
    await heading(page, 'Your key')
    await enter('Console')
    await heading(page, 'Overview')

    await enter('Single Sign-On (SSO)')
    await heading(page, 'Single Sign-On (SSO)')
    await type('Issuer', 'no address')
    await page.keyboard.press('Enter')
    await page.getByText('Type the whole address, from https:// on.').waitFor()
    expect(await page.evaluate<string>(focusedName)).toBe('Issuer')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(provider.issuer)
    await type('Client ID', provider.clientId)
    await type('Client secret', provider.clientSecret)
    await page.keyboard.press('Enter')
    await page.getByText('Saved. The owners are told by mail.').waitFor()
    await enter('Test the connection')
    await page.locator('.ticks .seen').first().waitFor()

    await enter('Provisioning')
    await page.getByText('There is no token yet.').waitFor()
    await tabTo('Enable SCIM provisioning')
    await page.keyboard.press('Space')
    await page.getByText('On: usable tokens are accepted.').waitFor()
    await enter('Create')
    await type('Description', 'Okta')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'New SCIM token' }).waitFor()
    expect(await page.evaluate<string>(focusedName)).toBe('New SCIM token')
    await enter('Copy: New SCIM token')
    await page.getByText('Copied.').waitFor()
    const token = (await page.locator('.copy-value').filter({ hasText: 'latchkey_scim_' }).textContent()) ?? ''
    await enter('I have copied it')

    const flows = new URL('../conformance/idp-flows/', import.meta.url).pathname
    const conversation = ['--base', server.scimUrl, '--token', token, '--quiet', `${flows}okta-users.json`, `${flows}okta-groups.json`]
    const { stdout } = await promisify(execFile)(process.execPath, [`${flows}run-flows.mjs`, ...conversation])
    expect(stdout.trim()).toMatch(/^\d+ passed, 0 failed$/)
    await page.getByText(/The first person came: \d/).waitFor()

    await enter('Members')
    await heading(page, 'Members')
    await page.getByText(/^\d+ members?/).waitFor()
    await enter('Single Sign-On (SSO)')
    await enter('Provisioning')
    await page.getByRole('heading', { name: 'Activity' }).waitFor()
    await page.getByRole('group', { name: 'Activity' }).getByRole('row').nth(10).waitFor()
    await enter('Revoke…: Okta')
    expect(await page.evaluate<string>(focusedName)).toBe('Yes, revoke it')
    await page.keyboard.press('Enter')
    await page.getByRole('cell', { name: 'Revoked' }).waitFor()
    expect((await scimClient(server.scimUrl, token).get('/Users')).status).toBe(401)
    expect(complaints).toEqual([])
  }, 180_000)

  test('a member is told whose the console is, and an auditor looks and changes nothing', async () => {
    const { token } = await server.organization('looking')
    const provider = await startOidcProvider(`${originOf(server)}/sso/oidc/callback`)
    onTestFinished(() => provider.close())
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-console-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'secret'), provider.clientSecret)
    const options = ['--issuer', provider.issuer, '--client-id', provider.clientId, '--client-secret-file', join(folder, 'secret')]
    await server.latchkey('sso', 'set', '--org', 'looking', '--kind', 'oidc', ...options)
    const scim = scimClient(server.scimUrl, token)
    const { body } = await scim.post('/Users', { schemas: [userSchema], userName: 'lin@looking.example' })
    const group = await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Auditing' })
    const owner = await server.latchkey('api-token', 'create', '--org', 'looking', '--description', 'Test', '--role', 'owner')
    const asOwner = (method: string, path: string, sent: object) =>
      fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${owner['token']}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(sent),
      })
    expect((await asOwner('PUT', `/groups/${group.body.id}/role`, { role: 'auditor' })).status).toBe(204)

    const { page, complaints } = await open()
    provider.signInAs({ sub: 'lin', preferred_username: 'lin@looking.example' })
    await page.goto('/account/sign-in?organization=looking')
    await page.getByRole('link', { name: 'Sign in with single sign-on' }).click()
    await heading(page, 'Set up your encryption key')
    await page.goto('/console')
    await heading(page, 'Set up your encryption key first')
    await page.goto('/account')
    await heading(page, 'Set up your encryption key')
    await fillNewPassword(page, masterPassword)
    await press(page, 'Make my key')
    await keepKit(page)
    await heading(page, 'Your key')
    expect(await page.getByRole('link', { name: 'Console' }).count()).toBe(0)
    await page.goto('/console')
    await heading(page, 'The console is for administrators')

    await scim.patch(`/Groups/${group.body.id}`, [{ op: 'add', path: 'members', value: [{ value: body.id }] }])
    await page.goto('/console')
    await heading(page, 'Overview')
    await goTo(page, 'Single Sign-On (SSO)')
    await page.getByRole('definition').filter({ hasText: 'OpenID Connect' }).waitFor()
    expect(await page.getByRole('button', { name: 'Save the connection' }).count()).toBe(0)
    await openProvisioning(page)
    await page.getByRole('cell', { name: 'Usable' }).waitFor()
    expect(await page.getByRole('switch', { name: 'Enable SCIM provisioning' }).isDisabled()).toBe(true)
    for (const name of ['Create', /^Revoke/, /^Rotate/, /^Freeze/, 'Save the mapping'])
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
    await page.goto(`/console/members/${body.id}`)
    await heading(page, 'lin@looking.example')
    expect(await page.getByRole('heading', { name: 'What you can do' }).count()).toBe(0)
    await page.goto('/console/members/01890000-0000-7000-8000-000000000000')
    await page.getByText('There is no such person.').waitFor()
    expect(complaints.filter((complaint) => !complaint.startsWith(`asked ${provider.issuer}/`))).toEqual([])
  }, 120_000)

  test('when the evaluation is over each control says what is missing and how to get it, and revoking works', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-unlicensed-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const before = await startServer({ dataFolder: folder })
    const { organization, link } = await freshOwner(before, 'unlicensed')
    await before.latchkey('scim', 'enable', '--org', 'unlicensed')
    await before.latchkey('scim-token', 'create', '--org', 'unlicensed', '--description', 'Okta', '--ttl-days', '1')
    await inside(before, organization, (client) => client.query("update deployment set created_at = now() - interval '31 days'"))
    await before.stop()
    const unlicensed = await startServer({ dataFolder: folder })
    onTestFinished(() => unlicensed.stop())
    const { page, context, complaints } = await watchedPage(browser, originOf(unlicensed))
    onTestFinished(() => context.close())
    await setUp(page, new URL(link).pathname + new URL(link).hash, masterPassword)
    await keepKit(page)
    await heading(page, 'Your key')
    await page.getByRole('link', { name: 'Console' }).click()
    await page.getByText('The evaluation is over').waitFor()
    await goTo(page, 'Single Sign-On (SSO)')
    await openProvisioning(page)
    await page.getByText('The evaluation of 30 days is over.').waitFor()
    await page.getByText('latchkey licence install FILE').waitFor()
    await press(page, 'Create')
    await fill(page, 'Description', 'Another')
    await press(page, 'Create the token')
    await page.getByText(/SCIM provisioning is not licensed here\. .*latchkey licence install/).waitFor()
    expect(await page.getByLabel('Description').inputValue()).toBe('Another')
    expect(await accessibilityFaults(page)).toEqual([])
    await press(page, 'Revoke…: Okta')
    await press(page, 'Yes, revoke it')
    await page.getByRole('cell', { name: 'Revoked' }).waitFor()
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
