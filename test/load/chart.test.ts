import { expect, test } from 'vitest'
import { chart } from './chart.ts'

const lines = Array.from({ length: 28 }, (_, index) => ({
  name: `line ${index} <&`,
  points: [
    { x: 1_000, y: 1 + index / 100 },
    { x: 1_000_000, y: 0.5 + index / 1_000 },
  ],
}))
const svg = chart({ lines, xLabel: 'users', yLabel: 'milliseconds' })

test('no two names of lines cover one another, and none is outside of the picture', () => {
  const heights = [...svg.matchAll(/<text x="660" y="([\d.]+)" fill/g)].map(([, y]) => Number(y)).toSorted((a, b) => a - b)
  expect(heights).toHaveLength(lines.length)
  expect(heights.every((y, index) => index === 0 || y - heights[index - 1]! >= 13.9)).toBe(true)
  expect(heights[0]).toBeGreaterThan(10)
  expect(heights.at(-1)).toBeLessThan(560)
})

test('both axes are logarithmic: each power of ten is as far from the next', () => {
  const ticks = [...svg.matchAll(/<line x1="([\d.]+)" x2="\1"/g)].map(([, x]) => Number(x))
  expect(ticks).toHaveLength(4)
  expect(ticks[1]! - ticks[0]!).toBeCloseTo(ticks[3]! - ticks[2]!)
})

test('names are text and no markup', () => {
  expect(svg).toContain('line 3 &lt;&amp;')
  expect(svg).not.toContain('<&')
})
