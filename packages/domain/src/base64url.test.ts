import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64url, toBase64url } from './base64url.ts'

test('bytes come back as they were, and as Node writes them', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
      expect(fromBase64url(toBase64url(bytes))).toEqual(bytes)
    }),
  ))

test.each(['A', 'AB', 'AAF', 'AA==', 'A+/A', 'AA AA', 'AAAA\n', 'ÄAAA'])('%j is nobody’s bytes', (text) => {
  expect(fromBase64url(text)).toBeUndefined()
})
