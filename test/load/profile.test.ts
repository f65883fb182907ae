import { expect, test } from 'vitest'
import { expenses } from './profile.ts'

const node = (id: number, functionName: string, url: string) => ({ id, callFrame: { functionName, url, lineNumber: 9 } })

test('functions are named by their own time since a moment, without the time in which there was nothing to do', () => {
  const profile = {
    nodes: [
      node(1, '(idle)', ''),
      node(2, 'start', 'file:///x/packages/scim/dist/a.js'),
      node(3, '', 'file:///x/node_modules/pg/lib/b.js'),
    ],
    startTime: 1_000,
    samples: [2, 1, 3, 2],
    timeDeltas: [500, 100, 300, 100],
  }
  expect(expenses(profile, 10, 1_550)).toEqual([
    { name: '(anonymous) pg/lib/b.js:10', share: 0.75 },
    { name: 'start scim/dist/a.js:10', share: 0.25 },
  ])
})
