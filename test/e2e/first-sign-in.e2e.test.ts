import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { aDayPasses } from '../a-day-passes.ts'
import { fill, fillNewPassword, heading, keepKit, originOf, press } from '../account-pages.ts'
import { hasChromium, startBrowser, watchedPage } from '../browser.ts'
import { startOidcProvider } from '../identity-providers/oidc-provider.ts'
import { startSamlSignOnPage } from '../identity-providers/saml-sign-on-page.ts'
import { type TestMailbox, startMailbox } from '../mailbox.ts'
import { groupSchema, scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

const masterPassword = 'harbour lantern pickle orbit'
const nextPassword = 'velvet compass thunder apricot'
const accountSchema = 'urn:latchkey:scim:schemas:extension:account:1.0:User'

/** An identity provider that an organisation is connected to. */
interface Provider {
  readonly origin: string
  /** Whom it signs in from now on. */
  signInAs(userName: string): void
}

describe.skipIf(!hasChromium())('the first sign-in, in a browser', () => {
  let server: TestServer
  let mailbox: TestMailbox
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    ;[mailbox, browser, folder] = await Promise.all([startMailbox(), startBrowser(), mkdtemp(join(tmpdir(), 'latchkey-first-sign-in-'))])
    server = await startServer({ environment: mailbox.environment })
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await mailbox?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function file(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }

  async function openIdConnect(slug: string): Promise<Provider> {
    const provider = await startOidcProvider(`${originOf(server)}/sso/oidc/callback`)
    onTestFinished(() => provider.close())
    const secret = await file('client-secret', provider.clientSecret)
    const options = ['--issuer', provider.issuer, '--client-id', provider.clientId, '--client-secret-file', secret]
    await server.latchkey('sso', 'set', '--org', slug, '--kind', 'oidc', ...options)
    return {
      origin: provider.issuer,
      signInAs: (userName) => provider.signInAs({ sub: `subject of ${userName}`, preferred_username: userName }),
    }
  }

  async function saml(slug: string): Promise<Provider> {
    const provider = await startSamlSignOnPage()
    onTestFinished(() => provider.close())
    const certificate = await file('certificate.pem', provider.certificate)
    const options = ['--entity-id', provider.entityId, '--sign-on-url', provider.signOnUrl, '--certificate', certificate]
    const { serviceProviderEntityId: metadataUrl } = await server.latchkey('sso', 'set', '--org', slug, '--kind', 'saml', ...options)
    const metadata = await (await fetch(metadataUrl!)).text()
    return { origin: new URL(provider.signOnUrl).origin, signInAs: (userName) => provider.signInAs(userName, metadata) }
  }

  test.each([
    ['OpenID Connect', 'oidc', openIdConnect],
    ['SAML', 'saml', saml],
  ] as const)(
    '%s: from the set-up mail to a key of one’s own, and every way back to it',
    async (_name, slug, connect) => {
      const { id: organization, token } = await server.organization(slug)
      const scim = scimClient(server.scimUrl, token)
      const provider = await connect(slug)
      const { token: apiToken } = await server.latchkey('api-token', 'create', '--org', slug, '--description', 'Test', '--role', 'auditor')
      const { page, context, complaints } = await watchedPage(browser, originOf(server))
      onTestFinished(() => context.close())

      const userName = `ada@${slug}.example`
      const created = await scim.post('/Users', { schemas: [userSchema], userName, emails: [{ value: userName, primary: true }] })
      const { id } = created.body
      const group = await scim.post('/Groups', { schemas: [groupSchema], displayName: 'Engineering', members: [{ value: id }] })
      const asMember = async () => {
        const url = `${server.url}/api/v1/members?group=${group.body.id}`
        const answer = await fetch(url, { headers: { Authorization: `Bearer ${apiToken}` } })
        return (await answer.json()).members.map((member: { id: string; status: string }) => [member.id, member.status])
      }
      const account = async () => (await scim.get(`/Users/${id}`)).body[accountSchema]
      expect(await account()).toMatchObject({ status: 'pending-encryption-key', signedInOnce: false })
      expect(await asMember()).toEqual([[id, 'pending-encryption-key']])

      const invitation = await mailbox.mailTo(userName, /^Finish setting up your/)
      const link = /http:\S+/.exec(invitation.text ?? '')?.[0]
      expect(new URL(link!).origin).toBe(originOf(server))
      provider.signInAs(`somebody@${slug}.example`)
      await page.goto(link!)
      await signOn(page, slug)
      await heading(page, 'You are not provisioned yet')
      // Another person signs in, and the provider has forgotten the one before.
      await context.clearCookies()

      provider.signInAs(userName)
      await page.goto(link!)
      await signOn(page, slug)
      await heading(page, 'Set up your encryption key')
      expect(await account()).toMatchObject({ status: 'pending-encryption-key', signedInOnce: true })
      await fillNewPassword(page, masterPassword)
      await press(page, 'Make my key')
      const kit = await keepKit(page)
      await heading(page, 'Your key')
      const words = await page.locator('.words').textContent()
      expect(await account()).toMatchObject({ status: 'active', signedInOnce: true })
      expect(await asMember()).toEqual([[id, 'active']])
      await mailbox.mailTo(userName, /encryption key .* is set up/)

      await press(page, 'Sign out')
      await heading(page, 'Sign in')
      await page.getByText('I do not know the short name').click()
      await fill(page, 'Your e-mail address at work', ` ${userName.toUpperCase()} `)
      await press(page, 'Send me the way in')
      await page.getByText('a mail is on its way').waitFor()
      const wayIn = await mailbox.mailTo(userName, /^Where to sign in to/)
      expect(/http:\S+/.exec(wayIn.text ?? '')?.[0]).toBe(link)
      await fill(page, 'Short name of your organisation', slug)
      await press(page, 'Continue')
      await signOn(page, slug)
      await unlock(page, masterPassword)
      expect(await page.locator('.words').textContent()).toBe(words)

      await press(page, 'Change the master password')
      await fill(page, 'Present master password', masterPassword)
      await fillNewPassword(page, nextPassword)
      await press(page, 'Change it')
      await page.getByText('Your master password is changed.').waitFor()
      await press(page, 'Lock')
      await unlock(page, nextPassword)

      await press(page, 'Lock')
      await press(page, 'I forgot the master password')
      await fill(page, 'Recovery kit', kit)
      await fillNewPassword(page, masterPassword)
      await press(page, 'Recover')
      await heading(page, 'Your key')
      expect(await page.locator('.words').textContent()).toBe(words)

      await press(page, 'Lock')
      await press(page, 'I forgot the master password')
      await press(page, 'Reset my key…')
      await press(page, 'Yes, request the reset')
      await page.getByText('A reset of your key was requested').waitFor()
      await mailbox.mailTo(userName, /reset .* was requested/)
      expect(await aDayPasses(server, organization)).toBe(1)
      await mailbox.mailTo(userName, /encryption key was reset/)
      expect(await account()).toMatchObject({ status: 'pending-encryption-key' })

      await page.goto(link!)
      await signOn(page, slug)
      await heading(page, 'Set up your encryption key')
      await fillNewPassword(page, nextPassword)
      await press(page, 'Make my key')
      await keepKit(page)
      await heading(page, 'Your key')
      expect(await page.locator('.words').textContent()).not.toBe(words)
      expect(await asMember()).toEqual([[id, 'active']])
      expect(complaints.filter((complaint) => !complaint.startsWith(`asked ${provider.origin}/`))).toEqual([])
    },
    120_000,
  )
})

async function signOn(page: Page, slug: string): Promise<void> {
  await heading(page, `Sign in to ${slug}`)
  await page.getByRole('link', { name: 'Sign in with single sign-on' }).click()
}

async function unlock(page: Page, password: string): Promise<void> {
  await heading(page, 'Unlock')
  await fill(page, 'Master password', password)
  await press(page, 'Unlock')
  await heading(page, 'Your key')
}
