import { expect, test } from 'vitest'
import { passwordStrength } from './password-strength.ts'

const ownNames = ['ada.lovelace@acme.example', 'Ada Lovelace', 'Acme']

test.each([
  'aaaaaaaaaaaa',
  '123456789012',
  'passwordpassword',
  'qwertyqwerty',
  'abcabcabcabc',
  'adalovelace2026',
  'Acme-Lovelace1',
  'Welcome12345',
])('%s is refused, however long', (password) => expect(passwordStrength(password, ownNames)).toBe('too-easy'))

test.each(['correct horse battery staple', 'Vn8#qLw2!rT5zKp', 'der Mond scheint heute durch sieben Fenster'])('%s is strong', (password) =>
  expect(passwordStrength(password, ownNames)).toBe('strong'),
)

test('more words are never weaker', () => {
  const grades = ['too-easy', 'weak', 'fair', 'strong']
  const words = ['harbour', 'lantern', 'pickle', 'orbit', 'velvet']
  const strengths = words.map((_, index) => grades.indexOf(passwordStrength(words.slice(0, index + 1).join(' '), ownNames)))
  expect(strengths).toEqual(strengths.toSorted((one, other) => one - other))
  expect(new Set(strengths).size).toBe(grades.length)
})
