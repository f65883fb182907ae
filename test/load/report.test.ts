import { expect, test } from 'vitest'
import { type MeasuredPart, page } from './report.ts'

const part = (title: string, processor: string): MeasuredPart => ({
  tables: `## ${title}\n`,
  verdicts: [{ claim: `${title} is quick`, measured: '1.00', holds: true }],
  measuredOn: '2026-11-27',
  commit: 'abc1234',
  surroundings: { processor, memory: '24 GB', system: 'linux x64', node: '20.20.2', postgres: '18.4' },
})

test('where everything was measured on one machine, the page names it once', () => {
  const text = page([part('Growth', '2 × A'), part('Walks', '2 × A')])
  expect(text).toContain('The machine: 2 × A, 24 GB, linux x64, Node 20.20.2, PostgreSQL 18.4.')
  expect(text.match(/2 × A/g)).toHaveLength(1)
})

test('where a part was measured anew on another machine, each names its own', () => {
  const text = page([part('Growth', '2 × A'), part('Walks', '4 × B')])
  expect(text).not.toContain('The machine:')
  expect(text).toMatch(
    /## Growth\n+Measured on 2026-11-27 at abc1234, on 2 × A, .*\.\n+## Walks\n+Measured on 2026-11-27 at abc1234, on 4 × B, /,
  )
})
