import fc from 'fast-check'
import { expect, test } from 'vitest'
import { singleLine } from './single-line.ts'

test.each([
  ['Acme\r\nBcc: eve@evil.example', 'Acme Bcc: eve@evil.example'],
  ['  Acme \t GmbH ', 'Acme GmbH'],
  ['A\u0000c\u0007m\u007fe\u0085', 'A c m e'],
  ['Acme\u2028\u2029GmbH', 'Acme GmbH'],
  ['\u202egpj.exe\u202c', 'gpj.exe'],
  ['\ufeffAc\u200bme\u00ad', 'Acme'],
  ['Acme \ud800', 'Acme \ufffd'],
  ['علی‌رضا', 'علی‌رضا'],
  ['👩‍🚀 Rockets', '👩‍🚀 Rockets'],
])('%j reads %j on one line', (text, line) => {
  expect(singleLine(text, 80)).toBe(line)
})

test('what is too long ends in an ellipsis, and no character is cut in two', () => {
  expect(singleLine('Acme Rockets', 12)).toBe('Acme Rockets')
  expect(singleLine('Acme Rockets', 11)).toBe('Acme Rocke…')
  expect(singleLine('Acme Rockets', 6)).toBe('Acme…')
  expect(singleLine('👩‍🚀👩‍🚀', 9)).toBe('👩‍🚀…')
  expect(singleLine(`Z${'\u0301'.repeat(10_000)}`, 80)).toBe('…')
})

test('any text becomes one visible line of bounded length, and a second time changes nothing', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (text, lengthMax) => {
      const line = singleLine(text, lengthMax)
      expect(line.length).toBeLessThanOrEqual(lengthMax)
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
      expect(line.isWellFormed()).toBe(true)
      expect(singleLine(line, lengthMax)).toBe(line)
    }),
  ))
