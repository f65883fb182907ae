import { expect, test } from 'vitest'
import { parseAttributePath } from './attribute-notation.ts'

const parts = (text: string) => {
  const path = parseAttributePath(text)
  return path && [path.schema, path.name, path.subName]
}

test('a name, a sub-attribute and a schema URN in front are told apart', () => {
  expect(parts('userName')).toEqual([null, 'userName', null])
  expect(parts('name.givenName')).toEqual([null, 'name', 'givenName'])
  expect(parts('urn:ietf:params:scim:schemas:core:2.0:User:userName')).toEqual([
    'urn:ietf:params:scim:schemas:core:2.0:User',
    'userName',
    null,
  ])
  expect(parts('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value')).toEqual([
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'manager',
    'value',
  ])
})

test('names may begin with a dollar sign and hold hyphens and underscores (D-6)', () => {
  expect(parts('members.$ref')).toEqual([null, 'members', '$ref'])
  expect(parts('x-custom_1')).toEqual([null, 'x-custom_1', null])
})

test.each(['', ' ', '.', 'name.', '.name', 'a..b', 'a.b.c', '1abc', 'user name', 'a[b]', ':a', 'urn:', 'http://x:a', 'naïve', 'a\n', '\0'])(
  '%j is no attribute name',
  (text) => {
    expect(parseAttributePath(text)).toBeUndefined()
  },
)

test('a name is read in the time of its length', () => {
  const started = performance.now()
  for (const text of ['a'.repeat(1_000_000), `urn:${'a:'.repeat(500_000)}`, `urn:a${'.'.repeat(1_000_000)}`, '.'.repeat(1_000_000)]) {
    parseAttributePath(text)
  }
  expect(performance.now() - started).toBeLessThan(1_000)
})
