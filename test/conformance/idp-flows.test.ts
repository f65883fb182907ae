import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, startServer } from '../server.ts'

const folder = new URL('idp-flows/', import.meta.url).pathname
const flows = readdirSync(folder).filter((name) => name.endsWith('.json'))

describe('every identity provider, speaking as it does', () => {
  let server: TestServer
  let token: string

  beforeAll(async () => {
    server = await startServer()
    ;({ token } = await server.organization('acme'))
  })
  afterAll(() => server.stop())

  test.each(['/scim/v2', '/api/v1/scim'])('has what it needs at %s', async (path) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      `${folder}run-flows.mjs`,
      '--base',
      `${server.url}${path}`,
      '--token',
      token,
      '--quiet',
      folder,
    ])
    expect(stdout.trim()).toBe('299 passed, 0 failed')
  })

  test('has all its conversations here', () => {
    expect(flows).toHaveLength(14)
  })
})
