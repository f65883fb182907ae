import fc from 'fast-check'
import { isNameable } from '@latchkey/domain'

/** Letters that case folding, normal forms, databases or JSON have been known to get wrong, among ordinary ones. */
const letters = fc.constantFrom(
  ...['a', 'b', 'A', 'B', 'z', '0', '7', '.', '-', '_', '+', "'", '"', '\\', '%', '*', '(', ')', ' ', '@', '&', '<'],
  // Case: letters with several partners, letters that grow, letters that depend on their place, titlecase, Georgian.
  ...['ß', 'ẞ', 'ss', 'İ', 'I', 'i', 'ı', 'ſ', 'ŉ', 'ǅ', 'σ', 'ς', 'Σ', 'ΐ', 'ᾳ', 'ᾼ', 'ა', 'Ა', '𐐀', '𐐨'],
  // Composition: é and Å in their several writings, Hangul, the Kelvin sign, a ligature.
  ...['\u00e9', 'e\u0301', '\u00c9', '\u00c5', 'A\u030a', '\u212b', '\ud55c', '\u1112\u1161\u11ab', '\u212a', '\ufb01'],
  // Width, other scripts, and both ends of what comes after the surrogates.
  ...['ａ', 'Ｂ', '＠', '。', '㎏', '日', 'ا', 'ש', '😀', '𝒜', '\ud7ff', '\uffee', '\u{10fffd}'],
)

/** Any text of such letters, well-formed and without NUL. */
export const texts = fc.oneof(
  { weight: 3, arbitrary: fc.array(letters, { maxLength: 8 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text.isWellFormed() && !text.includes('\0')) },
)

/** What may be the name of a user or a group. */
export const names = texts.filter(isNameable)

const hosts = fc.constantFrom('example.com', 'Example.COM', 'münchen.example', 'MÜNCHEN.example', 'bücher.例え', 'xn--mnchen-3ya.example')

/** Login names in the form of an address. */
export const loginNames = fc.tuple(fc.stringMatching(/^[a-zA-Zäßø.]{1,8}$/), hosts).map(([local, host]) => `${local}@${host}`)

/** A name, and another spelling of it: in another case, width, composition or form of its host. Both name one person. */
export const twoSpellings: fc.Arbitrary<readonly [string, string]> = fc
  .tuple(
    fc.oneof(names, loginNames),
    fc.array(fc.constantFrom<(text: string) => string>(wider, composed, decomposed, compatible, upper, lower), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([name, changes]) => [name, changes.reduce((text, change) => change(text), name)] as const)

function upper(text: string): string {
  return text.toUpperCase()
}

function lower(text: string): string {
  return text.toLowerCase()
}

function composed(text: string): string {
  return text.normalize('NFC')
}

function decomposed(text: string): string {
  return text.normalize('NFD')
}

function compatible(text: string): string {
  return text.normalize('NFKC')
}

/** ASCII in its full-width forms. */
function wider(text: string): string {
  return text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))
}
