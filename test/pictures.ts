import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const folder = new URL('../docs/guides/images/', import.meta.url)

/**
 * A picture of a page for the guides, and beside it what a screen reader finds there. A page that no longer reads like its picture
 * fails; `WRITE_PICTURES=1 npx vitest run test/e2e/console-pages.e2e.test.ts` takes all pictures anew.
 */
export async function picture(page: Page, name: string): Promise<void> {
  const [image, words] = [`${name}.png`, `${name}.txt`].map((file) => new URL(file, folder))
  const found = async () => sameEachTime(await page.locator('main').ariaSnapshot())
  if (process.env['WRITE_PICTURES'] !== '1') {
    const stale = `docs/guides/images/${name}.png shows the page as it was: take it anew with WRITE_PICTURES=1`
    await expect.poll(found, { message: stale, timeout: 10_000 }).toBe(await readFile(words!, 'utf8'))
    return
  }
  await mkdir(folder, { recursive: true })
  await page.waitForLoadState('networkidle')
  await writeFile(words!, await found())
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1_280, height: 800 })
  // What differs from run to run, and a secret, though of a server that is gone by now.
  const mask = [page.locator('time'), page.locator('.copy-value').filter({ hasText: 'latchkey_scim_' })]
  await page.screenshot({ path: image!.pathname, fullPage: true, mask, maskColor: '#d9dedb' })
}

function sameEachTime(snapshot: string): string {
  return `${snapshot
    .replaceAll(/localhost:\d+/g, 'keys.acme.example')
    .replaceAll(/latchkey_scim_[\w-]+/g, 'latchkey_scim_')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d/g, '…')
    .replaceAll(/(time: ).*/g, '$1…')
    .replaceAll(/\d+ ms/g, '… ms')}\n`
}
