import type { Json } from '@latchkey/scim'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redacted } from './redact.ts'

test('what may be a secret is left out, wherever it stands', () => {
  const body: Json = {
    userName: 'ada',
    password: 'hunter2',
    Operations: [
      { op: 'replace', path: 'password', value: 'hunter2' },
      { op: 'replace', value: { Password: 'hunter2' } },
    ],
    x509Certificates: [{ value: 'hunter2' }],
  }
  expect(JSON.stringify(redacted(body))).not.toContain('hunter2')
  expect(redacted(body)).toMatchObject({ userName: 'ada', password: '(left out)' })
})

test('long texts and lists are cut short, and what is long still is not kept', () => {
  expect(redacted('a'.repeat(1_000))).toBe(`${'a'.repeat(256)}…`)
  expect(redacted(Array.from({ length: 102 }, () => 1))).toEqual([...Array.from({ length: 100 }, () => 1), '(2 more)'])
  expect(redacted(Array.from({ length: 100 }, () => 'a'.repeat(256)))).toBe('(too long to keep)')
})

test('whatever was sent can be kept, with what no database takes too', () =>
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8, stringUnit: 'binary' }), (value) => {
      const text = JSON.stringify(redacted(value as Json))
      expect(text.length).toBeLessThanOrEqual(16 * 1024)
      expect(text).not.toMatch(/[^\\](?:\\\\)*\\u(?:0000|d[89a-f])/)
    }),
  ))

test('NUL and lone surrogates are taken out', () => {
  expect(redacted({ 'a\0': 'b\0\ud800' })).toEqual({ a: 'b\ufffd' })
})
