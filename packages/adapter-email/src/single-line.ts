/**
 * A supplied text as one line of at most `lengthMax` UTF-16 units, fit for a mail header, a sentence or a log (INP-8): line breaks and
 * control characters become spaces, invisible marks and direction overrides go, and what is too long ends in `…` between two characters
 * as people see them.
 */
export function singleLine(text: string, lengthMax: number): string {
  const line = text.toWellFormed().replace(unseen, '').replace(blank, ' ').trim()
  return line.length <= lengthMax ? line : `${cut(line, lengthMax - 1).trimEnd()}…`
}

/** Format characters, but for the two joiners that Persian, Indic scripts and emoji are spelt with. */
const unseen = /[^\P{Cf}\u200c\u200d]/gu
const blank = /[\s\p{Cc}\p{Zl}\p{Zp}]+/gu

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

function cut(line: string, lengthMax: number): string {
  let length = 0
  for (const { segment } of characters.segment(line)) {
    if (length + segment.length > lengthMax) break
    length += segment.length
  }
  return line.slice(0, length)
}
