import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'

/** The system's Chromium: the one that CHROMIUM_PATH names, or the first of the usual names on the path. Null where there is none. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined) return named
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null
}

/** Whether tests in a browser run. Where CI says that it is one, a browser that is missing is a failure and no reason to skip. */
export function hasChromium(): boolean {
  if (findChromium() !== null) return true
  if (process.env['CI'] === 'true') throw new Error('No Chromium was found: install it, or set CHROMIUM_PATH.')
  process.stderr.write('Tests in a browser are skipped: no Chromium was found. Install it, or set CHROMIUM_PATH.\n')
  return false
}

/** A browser with a profile that is thrown away. As root it runs without its sandbox, which root may not have. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium()!, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}

/** A window that notes everything that a page must not do. */
export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors and warnings of the console (which tells of every policy that was violated), exceptions, and requests that left the origin. */
  readonly complaints: readonly string[]
}

export async function watchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', timezoneId: 'UTC' })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    // The browser tells of every answer that is a refusal; those are looked at where they are asked for.
    const isRefusal = message.text().startsWith('Failed to load resource: the server responded with a status of 4')
    if ((message.type() === 'error' || message.type() === 'warning') && !isRefusal) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)) complaints.push(`asked ${url}`)
  })
  return { page, context, complaints }
}

/** What axe finds, and what does not fit, on a narrow and a wide screen, in light and dark. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  const faults: string[] = []
  // As a debugger evaluates: the policy of the page stays as it is.
  await page.evaluate(axe.source)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [320, 1_440]) {
      await page.setViewportSize({ width, height: 720 })
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()')
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      const widest = overflow > 0 ? await page.evaluate<string>(standingOut) : ''
      faults.push(...found.map((fault) => `${colorScheme}, ${width} px: ${fault}`))
      if (overflow > 0) faults.push(`${width} px: ${overflow} px stand out of ${new URL(page.url()).pathname}: ${widest}`)
    }
  }
  return faults
}

/** The innermost elements that stand out of the window. */
const standingOut = `[...document.querySelectorAll('body *')]
  .filter((element) => element.getBoundingClientRect().right > innerWidth && !element.closest('.scrolls table'))
  .map((element) => element.cloneNode().outerHTML).join(' ')`
