import { cpus, totalmem } from 'node:os'
import { type Line, chart } from './chart.ts'
import type { FirstSync } from './first-sync.ts'
import type { Grown, Memory } from './growth.ts'
import { type Measured, median } from './measure.ts'
import type { Neighbours } from './neighbours.ts'

/** Everybody's rates side by side, and Latchkey's over the others', round by round. */
export function comparisonTable(measured: readonly Measured[], users: number): string {
  const find = (contestant: string, { operation, concurrency }: Measured) =>
    measured.find((other) => other.contestant === contestant && other.operation === operation && other.concurrency === concurrency)
  const rows = measured
    .filter(({ contestant }) => contestant === 'latchkey')
    .map((ours) => {
      const [floor, peer] = [find('floor', ours), find('peer', ours)]
      const { name, floorRatioMin } = ours.operation
      return [
        name,
        String(ours.concurrency),
        rate(ours),
        rate(floor),
        rate(peer),
        ratio(ours, floor),
        floorRatioMin === null ? '' : `≥ ${floorRatioMin}`,
        ratio(ours, peer),
      ]
    })
  const head = ['operation', 'at once', 'Latchkey/s', 'floor/s', 'peer/s', 'of the floor', 'aim', 'of the peer']
  return `## Beside others\n\n${users.toLocaleString('en-GB')} users. Medians of the rounds; in brackets the lowest and the highest.\n\n${table(head, rows)}`
}

function rate(measured: Measured | undefined): string {
  if (!measured) return ''
  const perSecond = median(measured.turns.map((turn) => turn.perSecond))
  return perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en-GB')
}

function ratio(ours: Measured, theirs: Measured | undefined): string {
  if (!theirs) return ''
  // One who took part in fewer rounds is compared with what there is.
  const ratios = ours.turns.map(({ perSecond }, round) => perSecond / (theirs.turns[round % theirs.turns.length]?.perSecond ?? Number.NaN))
  return `${figure(median(ratios))} (${figure(Math.min(...ratios))}–${figure(Math.max(...ratios))})`
}

function figure(number: number): string {
  return number < 10 ? number.toFixed(2) : Math.round(number).toLocaleString('en-GB')
}

export function growthTable(grown: readonly Grown[]): string {
  const sizes = [...new Set(grown.map(({ users }) => users))]
  const names = [...new Set(grown.map(({ operation }) => operation))]
  const rows = names.map((name) => {
    const of = sizes.map((users) => grown.find((one) => one.operation === name && one.users === users))
    const known = of.flatMap((one) => one ?? [])
    const [first, last] = [known[0], known.at(-1)]
    return [
      name,
      ...of.map((one) => (one ? one.medianMs.toFixed(2) : '')),
      first && last && first !== last ? (last.medianMs / first.medianMs).toFixed(2) : '',
    ]
  })
  const head = ['operation', ...sizes.map((users) => `ms at ${users.toLocaleString('en-GB')} users`), 'last over first']
  return `## Growth\n\nMedian time of one request, eight at once.\n\n${table(head, rows)}`
}

/** What must not grow, drawn over the size of the directory. */
export function growthChart(grown: readonly Grown[]): string {
  const names = [...new Set(grown.map(({ operation }) => operation))]
  const lines: readonly Line[] = names
    .map((name) => ({
      name,
      points: grown.filter(({ operation }) => operation === name).map(({ users, medianMs }) => ({ x: users, y: medianMs })),
    }))
    .filter(({ points }) => points.length > 1)
  return chart({ lines, xLabel: 'users in the directory', yLabel: 'median milliseconds of one request' })
}

export function memoryTable(memory: readonly Memory[]): string {
  const rows = memory.map(({ users, nodeMb, postgresMb }) => [users.toLocaleString('en-GB'), megabytes(nodeMb), megabytes(postgresMb)])
  return `## Memory\n\n${table(['users', 'Node', 'PostgreSQL'], rows)}`
}

export function firstSyncTable(syncs: readonly FirstSync[]): string {
  const rows = syncs.map(({ provider, users, groups, requests, seconds }) => [
    provider,
    users.toLocaleString('en-GB'),
    groups.toLocaleString('en-GB'),
    requests.toLocaleString('en-GB'),
    `${(seconds / 60).toFixed(1)} min`,
    Math.round(requests / seconds).toLocaleString('en-GB'),
  ])
  return `## First sync\n\nEach user in one group, eight requests at once.\n\n${table(['as', 'users', 'groups', 'requests', 'time', 'requests/s'], rows)}`
}

export function neighboursTable({ aloneP99Ms, besideP99Ms, flooded, memoryMb }: Neighbours): string {
  const rows = [
    ['99 % of requests, among themselves', `${aloneP99Ms.toFixed(1)} ms`],
    ['99 % of requests, beside a flood', `${besideP99Ms.toFixed(1)} ms`],
    [
      'requests of the flood: served, and refused with 429',
      `${flooded.served.toLocaleString('en-GB')}, ${flooded.refused.toLocaleString('en-GB')}`,
    ],
    ['memory before and after', `${megabytes(memoryMb.before)}, ${megabytes(memoryMb.after)}`],
  ]
  return `## Beside a flood\n\n${table(['', ''], rows)}`
}

function megabytes(number: number | null): string {
  return number === null ? 'unknown' : `${Math.round(number)} MB`
}

/** The page of the reference. */
export function page(sections: readonly string[]): string {
  const [processor] = cpus()
  const machine = `${cpus().length} × ${processor?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform}`
  return `# Performance

<!-- Written by test/load on the machine named below; do not edit. -->

Measured with \`npx -y pnpm@12 bench\` on ${machine}, everything on that one machine: the server, PostgreSQL (durable, with its own settings) and whoever asks.

- **floor**: Koa and one statement of SQL for each request, with the same connections to the same PostgreSQL: no schema, no versions, no audit, no tenants.
- **peer**: scimmy and scimmy-routers on Express, with a store in memory.

${sections.join('\n')}
![Time over size](performance-growth.svg)
`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
