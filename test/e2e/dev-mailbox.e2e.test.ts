import { once } from 'node:events'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { scimClient, userSchema } from '../scim-client.ts'
import { type TestServer, startServer } from '../server.ts'

let server: TestServer

afterEach(() => server.stop())

test('on one’s own machine the mails can be read, and nothing in them does anything', async () => {
  server = await startServer()
  const { token } = await server.organization('acme')
  const evil = '<img src=x onerror=alert(1)>'
  const user = { schemas: [userSchema], userName: 'ada@acme.example', displayName: evil }
  expect((await scimClient(server.scimUrl, token).post('/Users', user)).status).toBe(201)
  const page = `${server.url}/console/dev-mailbox`
  const list = await vi.waitFor(
    async () => {
      const html = await (await fetch(page)).text()
      expect(html).toContain('ada@acme.example')
      return html
    },
    { timeout: 15_000, interval: 200 },
  )
  const [, path] = /href="(\/console\/dev-mailbox\/[^"]+)"/.exec(list) ?? []
  const response = await fetch(`${server.url}${path}`)
  const mail = await response.text()
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(mail).toContain('/account/sign-in?organization=acme</a>')
  expect(mail).not.toContain('<img')
  expect((await fetch(`${page}/20260101T000000000Z-${'0'.repeat(32)}.eml`)).status).toBe(404)
  expect((await fetch(`${page}/..%2f..%2fsecret-key`)).status).toBe(404)

  // Another name for this machine, as a page elsewhere could give it, finds nothing.
  const { port } = new URL(server.url)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/console/dev-mailbox', headers: { Host: 'evil.example' } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(404)
})

test('a server that is meant to be reached from elsewhere has no such page', async () => {
  const port = await freePort()
  server = await startServer({ environment: { LATCHKEY_PUBLIC_URL: 'https://keys.acme.example', LATCHKEY_PORT: String(port) } })
  expect((await fetch(`http://127.0.0.1:${port}/live`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${port}/console/dev-mailbox`)).status).toBe(404)
})

/** The server prints its public URL here, so where it listens has to be said. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
