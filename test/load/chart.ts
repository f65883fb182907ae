export interface Line {
  readonly name: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

const width = 920
const height = 560
const margin = { top: 20, right: 300, bottom: 40, left: 60 }
const colours = ['#0b6bcb', '#c2410c', '#15803d', '#7c3aed', '#b91c1c', '#0f766e', '#a16207', '#be185d', '#4338ca', '#374151']

/** From where a line ends to its name. */
const lead = 40

/** Lines over two logarithmic axes, as SVG. Each line leads to its name. */
export function chart({
  lines,
  xLabel,
  yLabel,
}: {
  readonly lines: readonly Line[]
  readonly xLabel: string
  readonly yLabel: string
}): string {
  const points = lines.flatMap((line) => line.points)
  const x = axis(
    points.map((point) => point.x),
    margin.left,
    width - margin.right,
  )
  const y = axis(
    points.map((point) => point.y),
    height - margin.bottom,
    margin.top,
  )
  const ends = spreadOut(lines.map(({ points: own }) => y.at(own.at(-1)?.y ?? 1)))
  const drawn = lines.map(({ name, points: own }, index) => {
    const colour = colours[index % colours.length]
    const dashes = ['', ' stroke-dasharray="7 4"', ' stroke-dasharray="2 4"'][Math.floor(index / colours.length) % 3]
    const beside = (ends[index] ?? 0).toFixed(1)
    const path = [
      ...own.map((point) => `${x.at(point.x).toFixed(1)},${y.at(point.y).toFixed(1)}`),
      `${width - margin.right + lead - 4},${(Number(beside) - 4).toFixed(1)}`,
    ].join(' ')
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>
<text x="${width - margin.right + lead}" y="${beside}" fill="${colour}">${escaped(name)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
${x.ticks.map((tick) => `<line x1="${x.at(tick).toFixed(1)}" x2="${x.at(tick).toFixed(1)}" y1="${margin.top}" y2="${height - margin.bottom}" stroke="#e5e7eb"/><text x="${x.at(tick).toFixed(1)}" y="${height - margin.bottom + 16}" text-anchor="middle">${label(tick)}</text>`).join('\n')}
${y.ticks.map((tick) => `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y.at(tick).toFixed(1)}" y2="${y.at(tick).toFixed(1)}" stroke="#e5e7eb"/><text x="${margin.left - 6}" y="${(y.at(tick) + 4).toFixed(1)}" text-anchor="end">${label(tick)}</text>`).join('\n')}
${drawn.join('\n')}
<text x="${(margin.left + width - margin.right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(xLabel)}</text>
<text x="14" y="${height / 2}" text-anchor="middle" transform="rotate(-90 14 ${height / 2})">${escaped(yLabel)}</text>
</svg>
`
}

/** From the power of ten below to the one above. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  return {
    at: (value: number) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  }
}

/** Heights of texts, moved apart where they would cover one another, and none below the drawing. */
function spreadOut(heights: readonly number[]): readonly number[] {
  const line = 14
  const order = heights.map((_, index) => index).toSorted((a, b) => heights[a]! - heights[b]!)
  const placed = heights.map((y) => y + 4)
  let above = 0
  for (const index of order) {
    above = Math.max(above + line, placed[index]!)
    placed[index] = above
  }
  let below = height
  for (const index of order.toReversed()) {
    below = Math.min(below - line, placed[index]!)
    placed[index] = below
  }
  return placed
}

function label(value: number): string {
  return value.toLocaleString('en-GB')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
