import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import type { TestServer } from './server.ts'

/** The origin as people and links name it. */
export function originOf(server: TestServer): string {
  return server.url.replace('127.0.0.1', 'localhost')
}

/** A fresh organisation with an owner who has not set up a key, and their link. */
export async function freshOwner(
  server: TestServer,
  slug: string,
): Promise<{ readonly organization: string; readonly userName: string; readonly link: string }> {
  const userName = `ada@${slug}.example`
  const { id: organization } = await server.latchkey<{ id: string }>('organization', 'create', '--slug', slug, '--name', 'Acme')
  const { ownerLink } = await server.latchkey('owner', 'link', '--org', slug, '--email', userName)
  return { organization, userName, link: ownerLink! }
}

/** Waits for the page or step with this heading. */
export async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
}

export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
}

export async function fill(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(text)
}

export async function fillNewPassword(page: Page, masterPassword: string): Promise<void> {
  await fill(page, 'New master password', masterPassword)
  await fill(page, 'The same master password again', masterPassword)
}

/** Opens an owner's link and makes the key, as far as the recovery kit. */
export async function setUp(page: Page, link: string, masterPassword: string): Promise<void> {
  await page.goto(link)
  await heading(page, 'Welcome, owner')
  await press(page, 'Begin')
  await heading(page, 'Set up your encryption key')
  await fillNewPassword(page, masterPassword)
  await press(page, 'Make my key')
}

/** Saves the kit that is shown as a file, types the group back that is asked for, and answers the kit as it stands in the file. */
export async function keepKit(page: Page): Promise<string> {
  await heading(page, 'Save your recovery kit')
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save as a file')])
  const file = await readFile(await download.path(), 'utf8')
  const kit = /^([0-9A-Z]{5}-){7}[0-9A-Z]{5}$/m.exec(file)?.[0]
  if (kit === undefined) throw new Error(`There is no kit in ${download.suggestedFilename()}.`)
  await press(page, 'I have saved it')
  await heading(page, 'Is the kit saved?')
  await typeBack(page, kit)
  await press(page, 'Go on')
  return kit
}

/** Types the group of the kit that is asked for. */
export async function typeBack(page: Page, kit: string): Promise<void> {
  const field = page.getByLabel(/^Group \d of your recovery kit$/)
  const number = /\d/.exec((await page.locator('label').textContent()) ?? '')?.[0]
  await field.fill(kit.split('-')[Number(number) - 1]!.toLowerCase())
}
