import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupType } from '../../schema/resource-types.ts'
import { elementProjection } from './project-text.ts'
import { everything, project, readProjection } from './projection.ts'

const parts = ['members', 'members.value', 'members.$ref', 'members.type', 'members.display', 'displayName', 'nosuch']
const members = fc.array(
  fc.record({ value: fc.uuid(), $ref: fc.webUrl(), type: fc.constant('User'), display: fc.string({ unit: 'binary' }) }),
  {
    maxLength: 3,
  },
)
const textOf = (elements: readonly unknown[]) => elements.map((element) => JSON.stringify(element)).join(',')

test('elements that are text are left what a projection leaves of them as they are', () =>
  fc.assert(
    fc.property(members, fc.subarray(parts), fc.constantFrom('attributes', 'excludedAttributes'), (elements, names, list) => {
      const projection = readProjection(groupType, { attributes: null, excludedAttributes: null, [list]: names })
      const kept = project(groupType, projection, { members: elements })['members']
      expect(elementProjection(groupType, projection, 'members')(textOf(elements))).toBe(textOf((kept ?? []) as readonly unknown[]))
    }),
  ))

test('elements of which everything is left are not looked at', () => {
  expect(elementProjection(groupType, everything, 'members')('no JSON')).toBe('no JSON')
})
