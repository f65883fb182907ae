import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

const secret = { LATCHKEY_SECRET_KEY: 'k'.repeat(32) }

test('nothing has to be set', () => {
  expect(readSettings({})).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    databaseUrl: undefined,
    trustedProxies: 0,
    requestsPerSecond: 500,
  })
})

test('an empty variable is none', () => {
  expect(readSettings({ LATCHKEY_PORT: '' }).port).toBe(8080)
})

test.each([
  'postgres://latchkey:secret@db.example:5432/latchkey?sslmode=verify-full',
  'postgresql://latchkey@/latchkey?host=%2Frun%2Fpostgresql',
])('a database may be %s', (url) => {
  expect(readSettings({ ...secret, LATCHKEY_DATABASE_URL: url }).databaseUrl).toBe(url)
})

test('everything that is wrong is named at once', () => {
  const read = () =>
    readSettings({ LATCHKEY_PORT: '70000', LATCHKEY_RATE_LIMIT: '3', LATCHKEY_DATABASE_URL: 'mysql://x', LATCHKEY_LOG_LEVEL: 'loud' })
  for (const name of ['LATCHKEY_PORT', 'LATCHKEY_RATE_LIMIT', 'LATCHKEY_DATABASE_URL', 'LATCHKEY_LOG_LEVEL', 'LATCHKEY_SECRET_KEY']) {
    expect(read).toThrow(name)
  }
})

test.each([
  ['http://scim.acme.example', false],
  ['https://scim.acme.example', true],
  ['http://localhost:8080', true],
  ['http://127.0.0.1:8080', true],
  ['http://localhost.acme.example', false],
  ['https://acme.example/?x=1', false],
  ['ftp://acme.example', false],
])('the public URL %s is accepted: %s', (url, accepted) => {
  const read = () => readSettings({ LATCHKEY_PUBLIC_URL: url })
  if (accepted) expect(read().publicUrl).toBe(url)
  else expect(read).toThrow('LATCHKEY_PUBLIC_URL')
})

test('an error never holds the value: it may be a secret', () => {
  expect(() => readSettings({ LATCHKEY_SECRET_KEY: 'hunter2' })).toThrow(/^(?!.*hunter2)/)
})
