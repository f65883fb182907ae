export type PasswordStrength = 'too-easy' | 'weak' | 'fair' | 'strong'

/** Bits of guessing work from which on a password is no longer the grade before. */
const gradesFrom = { weak: 28, fair: 45, strong: 66 }

/** What guessers try first. */
const commonWords = (
  'password passwort passw0rd p4ssword qwertz qwerty azerty asdfgh yxcvbn zxcvbn letmein welcome willkommen admin administrator login master ' +
  'secret geheim latchkey dragon monkey football baseball iloveyou princess sunshine superman batman shadow michael jennifer trustno1 changeme ' +
  'default summer winter spring autumn sommer herbst january february company organisation organization'
).split(' ')

/**
 * An estimate of how hard a password is to guess, on the careful side: letters in a row count as a word and not each for itself, what repeats or goes
 * on in a row counts next to nothing, and so do words that everybody tries and the person's own names.
 */
export function passwordStrength(password: string, ownNames: readonly string[]): PasswordStrength {
  const bits = guessingBits(password, ownNames)
  return bits >= gradesFrom.strong ? 'strong' : bits >= gradesFrom.fair ? 'fair' : bits >= gradesFrom.weak ? 'weak' : 'too-easy'
}

function guessingBits(password: string, ownNames: readonly string[]): number {
  const names = ownNames.flatMap((name) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((name) => name.length > 2)
  const whole = password.normalize('NFKC')
  let bits = Array.from(whole.matchAll(/(?<=\p{Ll})\p{Lu}/gu)).length * 2
  let rest = whole.toLowerCase()
  for (const word of [...names, ...commonWords].sort((one, other) => other.length - one.length)) {
    const parts = rest.split(word)
    if (parts.length > 1) bits += 6
    rest = parts.join('\n')
  }
  const once = rest.replace(/(.{3,}?)\1+/gu, '$1')
  for (const [letters] of once.matchAll(/\p{L}+/gu)) bits += letterBits(withoutRuns(letters))
  for (const [digits] of once.matchAll(/\p{N}+/gu)) bits += withoutRuns(digits) * 3.3
  for (const [others] of once.matchAll(/[^\p{L}\p{N}\n]+/gu)) bits += withoutRuns(others) * 4
  return bits
}

/** Of a word's letters the first three say most. */
function letterBits(length: number): number {
  return Math.min(length, 3) * 4.5 + Math.max(length - 3, 0) * 1.2
}

/** How many characters there are that neither repeat nor go on from the one before: `aaaa` and `1234` are one and a bit. */
function withoutRuns(text: string): number {
  const points = Array.from(text, (character) => character.codePointAt(0)!)
  return points.reduce((count, point, index) => count + (index > 0 && Math.abs(point - points[index - 1]!) <= 1 ? 0.1 : 1), 0)
}
