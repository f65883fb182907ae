import { domainToAscii } from './domain-to-ascii.ts'

/**
 * The one form in which texts are compared without regard to case, width or Unicode composition. Nothing else in the product folds
 * case: SQL `lower()` and JavaScript disagree on letters such as U+0130 (İ), and two opinions on who has a name are one too many.
 *
 * Folding twice equals folding once.
 */
export function canonicalText(text: string): string {
  if (isPlainAscii(text)) return text.toLowerCase()
  let folded = text
  // Upper before lower case unites letters that only one direction maps, such as ß with SS. A few need the round twice.
  for (let rounds = 0; rounds < 4; rounds += 1) {
    const next = folded.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
    if (next === folded) break
    folded = next
  }
  return folded
}

/** As `canonicalText`, and what follows the last `@` is a host name in its ASCII form (RFC 5891). For e-mail addresses and login names. */
export function canonicalName(text: string): string {
  const folded = canonicalText(text)
  const at = folded.lastIndexOf('@')
  if (at < 0 || isPlainAscii(folded)) return folded
  return folded.slice(0, at + 1) + domainToAscii(folded.slice(at + 1))
}

/**
 * Whether a text may name a user or a group: something visible, and nothing that looks like something else. Control characters,
 * lone surrogates and invisible marks are refused, because two people would read them as one name.
 */
export function isNameable(text: string): boolean {
  return text.trim() !== '' && text.isWellFormed() && !invisible.test(text) && canonicalName(text).trim() !== ''
}

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

function isPlainAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false
  return true
}
