import type { Bytes } from './bytes.ts'

const consonants = 'bdfghjklmnprstvz'
const vowels = 'aiou'

/**
 * The first 128 bits of a fingerprint as eight words that can be said aloud. Each word is 16 bits: consonant (4 bits), vowel (2), consonant (4),
 * vowel (2), consonant (4), most significant first.
 */
export function fingerprintWords(fingerprint: Bytes): readonly string[] {
  return Array.from({ length: 8 }, (_, index) => {
    const bits = (fingerprint[2 * index]! << 8) | fingerprint[2 * index + 1]!
    return [
      consonants[bits >> 12],
      vowels[(bits >> 10) & 3],
      consonants[(bits >> 6) & 15],
      vowels[(bits >> 4) & 3],
      consonants[bits & 15],
    ].join('')
  })
}

/** The whole fingerprint as sixteen groups of five digits, each of 16 bits, for those who compare by eye. */
export function fingerprintDigits(fingerprint: Bytes): readonly string[] {
  return Array.from({ length: 16 }, (_, index) => String((fingerprint[2 * index]! << 8) | fingerprint[2 * index + 1]!).padStart(5, '0'))
}
