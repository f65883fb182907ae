import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalName, canonicalText, isNameable } from '@latchkey/domain'
import { names, texts, twoSpellings } from '../arbitraries/names.ts'

test('invariant 6: a canonical name is canonical already', () =>
  fc.assert(
    fc.property(texts, (text) => {
      expect(canonicalText(canonicalText(text))).toBe(canonicalText(text))
      expect(canonicalName(canonicalName(text))).toBe(canonicalName(text))
    }),
    { numRuns: 2_000 },
  ))

test('invariant 6: two spellings of one name are one name', () =>
  fc.assert(
    fc.property(twoSpellings, ([name, other]) => {
      expect(canonicalName(other)).toBe(canonicalName(name))
    }),
    { numRuns: 2_000 },
  ))

test('invariant 6: every letter of Unicode folds to a form that is its own', () => {
  const unsettled: string[] = []
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += 1) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue
    const letter = String.fromCodePoint(codePoint)
    const folded = canonicalText(letter)
    const isOne = canonicalText(letter.toUpperCase()) === folded && canonicalText(letter.toLowerCase()) === folded
    if (!isOne || canonicalText(folded) !== folded) unsettled.push(codePoint.toString(16))
  }
  expect(unsettled).toEqual([])
})

test('invariant 6: a host is compared in the ASCII form that the platform gives it', () =>
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-zäöüéñçßøåłżабвгд日本語한국العربية]{1,10}$/u), { minLength: 1, maxLength: 4 }),
      (labels) => {
        const host = labels.join('.')
        const ascii = domainToASCII(host)
        // Where the platform sees no host name (mixed directions), there is nothing to compare with.
        fc.pre(ascii !== '' && !/[ßς]/.test(host))
        expect(canonicalName(`ada@${host}`)).toBe(`ada@${ascii}`)
      },
    ),
    { numRuns: 1_000 },
  ))

test('a text of nothing visible names nobody', () => {
  for (const text of ['', ' ', '\u00a0', '\u200b', 'a\u200bb', 'a\u0000', '\ud800', '\u2028', 'a\u202eb', '\u3164'])
    expect(isNameable(text)).toBe(false)
})

test('what may be a name still may be one in its canonical form', () =>
  fc.assert(
    fc.property(names, (name) => {
      expect(isNameable(canonicalName(name))).toBe(true)
    }),
    { numRuns: 2_000 },
  ))
