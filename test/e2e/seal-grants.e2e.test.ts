import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fromBase64url, readGrantStatement } from '@latchkey/domain'
import { ed25519 } from '@noble/curves/ed25519.js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createViteServer } from 'vitest/node'
import { hasChromium, startBrowser } from '../browser.ts'
import type { Sealing } from './seal-in-browser.ts'

describe.skipIf(!hasChromium())('sealing a group’s key to many, in a browser', () => {
  let browser: Browser
  let page: Page
  let close: () => Promise<void>

  beforeAll(async () => {
    const root = new URL('../..', import.meta.url).pathname
    const conditions = ['@latchkey/source', 'module', 'browser', 'development|production']
    const vite = await createViteServer({
      configFile: false,
      root,
      appType: 'custom',
      logLevel: 'error',
      resolve: { conditions },
      server: { middlewareMode: true, hmr: false, watch: null },
    })
    const server = createServer((request, response) => {
      if (request.url !== '/') return vite.middlewares(request, response)
      response.setHeader('Content-Type', 'text/html')
      response.end('<!doctype html><title>Sealing</title>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    close = async () => {
      await vite.close()
      server.close()
    }
    browser = await startBrowser()
    page = await browser.newPage()
    const { port } = server.address() as AddressInfo
    await page.goto(`http://localhost:${port}/`)
  })

  afterAll(async () => {
    await browser?.close()
    await close?.()
  })

  const inPage = <Answer>(call: string): Promise<Answer> =>
    page.evaluate(`import('/test/e2e/seal-in-browser.ts').then((page) => page.${call})`)

  test('1,000 who wait are sealed to in batches, in well under 30 s, while the page stays alive', async () => {
    const sealing = await inPage<Sealing>('sealToCrowd(1_000)')
    expect(sealing.batches).toEqual(Array.from({ length: 10 }, () => 100))
    expect(sealing.milliseconds).toBeLessThan(30_000)
    expect(sealing.longestStallMs).toBeLessThan(1_000)
    const recipients = sealing.grants.map(({ statement, signature }) => {
      const bytes = fromBase64url(statement) ?? new Uint8Array()
      expect(ed25519.verify(fromBase64url(signature) ?? new Uint8Array(), bytes, Uint8Array.from(sealing.signingPublicKey))).toBe(true)
      return readGrantStatement(bytes)?.recipient
    })
    expect(new Set(recipients).size).toBe(1_000)
  }, 120_000)

  test('what was handed out stays when the page stops half-way, and no more is sealed', async () => {
    const sealing = await inPage<Sealing>('sealToCrowd(300, 2)')
    expect(sealing.batches).toEqual([100, 100])
    // The page ends its worker at once; the browser tells of it a moment later.
    await expect.poll(() => page.workers(), { timeout: 10_000 }).toEqual([])
  })

  test('a swapped key refuses all, by its name, before the first is sealed', async () => {
    expect(await inPage('sealToSwapped(150)')).toEqual({ code: 'swapped-public-key', batches: 0 })
  })
})
