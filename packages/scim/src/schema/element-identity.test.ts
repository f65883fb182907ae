import { expect, test } from 'vitest'
import { elementIdentity } from './element-identity.ts'

test('RFC 7643 §2.4: the type and the value make an element, whatever else it says', () => {
  const work = elementIdentity({ value: 'ada@example.com', type: 'work', primary: true })
  expect(elementIdentity({ type: 'work', display: 'Ada', value: 'ada@example.com' })).toBe(work)
  expect(elementIdentity({ type: 'home', value: 'ada@example.com' })).not.toBe(work)
  expect(elementIdentity({ value: 'ada@example.com' })).not.toBe(work)
})

test('without a value all that it says makes it, in any order of names', () => {
  const london = elementIdentity({ type: 'work', locality: 'London', country: 'GB' })
  expect(elementIdentity({ country: 'GB', locality: 'London', type: 'work' })).toBe(london)
  expect(elementIdentity({ country: 'GB', locality: 'London' })).not.toBe(london)
})

test('what looks like another only in its text is another', () => {
  const identities = ['["a",null]', { value: 'a' }, { type: 'a' }, {}, 'a'].map(elementIdentity)
  expect(new Set(identities).size).toBe(identities.length)
})
