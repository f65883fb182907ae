import { expect, test } from 'vitest'
import { etag, namesVersion } from './version.ts'

test('R-231: a version is a weak entity tag', () => {
  expect(etag(7)).toBe('W/"7"')
})

test.each(['W/"7"', '"7"', '*', ' * ', 'W/"6", W/"7"', 'W/"6",W/"7" ,W/"8"', '"6", "7"'])('R-234: %s names version 7', (header) => {
  expect(namesVersion(header, 7)).toBe(true)
})

test.each(['W/"6"', 'W/"77"', '7', 'W/7', 'w/"7"', 'W/"7', '"W/"7""', '', ',', 'W/"6", *', 'nonsense', '"*"'])(
  'R-233: %j does not name version 7',
  (header) => {
    expect(namesVersion(header, 7)).toBe(false)
  },
)

test('every version is named by its own tag and by no other', () => {
  for (const version of [1, 2, 10, 2 ** 40]) {
    for (const other of [1, 2, 10, 2 ** 40]) expect(namesVersion(etag(other), version)).toBe(other === version)
  }
})
