import { expect, test } from 'vitest'
import { browserPins } from './pin-store.ts'

const ada = { organization: 'acme', user: 'ada' }
const pin = { fingerprint: 'ab', keyVersion: 2, setVersion: 3 }

function storageOf(entries: Map<string, string>): Storage {
  return {
    length: entries.size,
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (name) => entries.get(name) ?? null,
    setItem: (name, value) => void entries.set(name, value),
    removeItem: (name) => void entries.delete(name),
    clear: () => entries.clear(),
  }
}

test('a pin is found again by the same person of the same organisation, and by nobody else', () => {
  const storage = storageOf(new Map())
  browserPins(() => storage).save(ada, pin)
  const pins = browserPins(() => storage)
  expect(pins.find(ada)).toEqual(pin)
  expect(pins.find({ ...ada, user: 'grace' })).toBeNull()
  expect(pins.find({ ...ada, organization: 'other' })).toBeNull()
})

test('keys of other people and epochs of groups are found again by the person who saw them, and by nobody else', () => {
  const storage = storageOf(new Map())
  const people = new Map([['grace', { fingerprint: 'cd', keyVersion: 1 }]])
  const group = { epoch: 3, statement: 'ef' }
  browserPins(() => storage).savePeople(ada, people)
  browserPins(() => storage).saveGroup(ada, 'readers', group)
  const pins = browserPins(() => storage)
  expect([pins.findPeople(ada), pins.findGroup(ada, 'readers')]).toEqual([people, group])
  for (const other of [
    { ...ada, user: 'grace' },
    { ...ada, organization: 'other' },
  ])
    expect([pins.findPeople(other), pins.findGroup(other, 'readers')]).toEqual([new Map(), null])
  expect(pins.findGroup(ada, 'writers')).toBeNull()
})

test('somebody’s pin that is none is left out, and the others stay', () => {
  const text = '{"grace":{"fingerprint":"cd","keyVersion":1},"lin":{"fingerprint":"cd"},"mallory":null,"eve":"cd"}'
  const pins = browserPins(() => storageOf(new Map([['latchkey-people:acme:ada', text]])))
  expect(pins.findPeople(ada)).toEqual(new Map([['grace', { fingerprint: 'cd', keyVersion: 1 }]]))
})

test('only what a pin consists of is written', () => {
  const entries = new Map<string, string>()
  browserPins(() => storageOf(entries)).save(ada, Object.assign({ masterPassword: 'secret' }, pin))
  expect([...entries.values()]).toEqual([JSON.stringify(pin)])
})

test.each(['', 'null', '1', '{', '{"fingerprint":1,"keyVersion":2,"setVersion":3}'])('what is no pin is none: %s', (text) => {
  expect(browserPins(() => storageOf(new Map([['latchkey-pin:acme:ada', text]]))).find(ada)).toBeNull()
})

test('without storage nothing is remembered, and nothing breaks', () => {
  const pins = browserPins(() => {
    throw new Error('denied')
  })
  pins.save(ada, pin)
  pins.saveLogHead('acme', { sequence: 1, hash: 'ab' })
  expect([pins.find(ada), pins.findLogHead('acme')]).toEqual([null, null])
})

test('that a page may give keys by itself is the person’s own word, each time anew in another browser', () => {
  const entries = new Map<string, string>()
  const pins = browserPins(() => storageOf(entries))
  expect(pins.findConsent(ada)).toBe(false)
  pins.saveConsent(ada, true)
  expect(pins.findConsent(ada)).toBe(true)
  expect(pins.findConsent({ ...ada, user: 'grace' })).toBe(false)
  pins.saveConsent(ada, false)
  expect(pins.findConsent(ada)).toBe(false)
})
