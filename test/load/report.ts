import { type Line, chart } from './chart.ts'
import type { FirstSync } from './first-sync.ts'
import type { Grown, Growth, LargeGroupMemory, Memory, Pair } from './growth.ts'
import type { Measured, Plan } from './measure.ts'
import type { Neighbours } from './neighbours.ts'
import { operations } from './operations.ts'
import type { Crowd } from './pool.ts'
import { median } from './statistics.ts'
import type { Surroundings } from './surroundings.ts'
import { type Verdict, figure, find, megabytes, ratioOf, spread, whole } from './verdicts.ts'
import type { Walk } from './walk.ts'

export function verdictTable(verdicts: readonly Verdict[]): string {
  const words = (holds: boolean | null) => (holds === null ? 'cannot be said' : holds ? 'holds' : '**does not hold**')
  const rows = verdicts.map(({ claim, measured, holds }) => [claim, measured, words(holds)])
  return section('What must hold', table(['what', 'measured', ''], rows))
}

/** Everybody's rates side by side, and Latchkey's over the others', round by round. */
export function comparisonTable(
  measured: readonly Measured[],
  { users, rounds, roundsOfSlow, msPerTurn, msPerTurnOfWrites }: Plan,
): string {
  const rows = measured
    .filter(({ contestant }) => contestant === 'latchkey')
    .toSorted((a, b) => operations.indexOf(a.operation) - operations.indexOf(b.operation) || a.concurrency - b.concurrency)
    .map((ours) => {
      const [floor, peer] = [find(measured, 'floor', ours), find(measured, 'peer', ours)]
      const { name, floorRatioMin, byCursor } = ours.operation
      return [
        name,
        String(ours.concurrency),
        rate(ours, ours),
        rate(floor, ours),
        peer === undefined && byCursor ? 'cannot' : rate(peer, ours),
        floor ? spread(ratioOf(ours, floor)) : '',
        floorRatioMin === null ? '' : `≥ ${floorRatioMin}`,
        peer ? spread(ratioOf(ours, peer)) : '',
      ]
    })
  const head = ['operation', 'at once', 'Latchkey/s', 'floor/s', 'peer/s', 'of the floor', 'aim', 'of the peer']
  return section(
    'Beside others',
    `${whole(users)} users. Medians of ${rounds} rounds of ${whole(msPerTurn)} ms, of what writes ${whole(msPerTurnOfWrites)} ms, behind a lead-in of a fifth of that which does not count; in brackets the lowest and the highest.`,
    `Whoever takes longer than a turn for one request (\\*) is asked one at a time, in ${roundsOfSlow} rounds; if that is Latchkey or the floor, so are all. Whoever needs three turns for as many as are asked at once takes part in ${roundsOfSlow} rounds.`,
    table(head, rows),
  )
}

function rate(measured: Measured | undefined, { concurrency }: Measured): string {
  if (!measured) return ''
  const perSecond = median(measured.turns.map((turn) => turn.perSecond))
  const isAlone = measured.concurrency !== concurrency
  return `${perSecond < 10 ? perSecond.toFixed(1) : whole(perSecond)}${isAlone ? '\\*' : ''}`
}

export function growthTables({ grown, pairs, memory, largeGroup }: Growth): string {
  return [grownTable(grown), pairTable(pairs), memoryTable(memory, largeGroup)].join('\n')
}

function grownTable(grown: readonly Grown[]): string {
  const sizes = [...new Set(grown.map(({ users }) => users))]
  const names = [...new Set(grown.map(({ operation }) => operation))]
  const rows = names.map((name) => {
    const of = sizes.map((users) => grown.find((one) => one.operation === name && one.users === users))
    const known = of.flatMap((one) => one ?? [])
    const [first, last] = [known[0], known.at(-1)]
    return [
      name,
      ...of.map((one) => (one ? `${one.medianMs.toFixed(2)} (${one.p99Ms.toFixed(1)})` : '')),
      first && last && first !== last ? figure(last.medianMs / first.medianMs) : '',
    ]
  })
  const head = ['operation', ...sizes.map((users) => `ms at ${whole(users)} users`), 'last over first']
  return section(
    'Growth',
    'Median milliseconds of one request, in brackets those of 99 in 100; eight at once, a bulk and the members of the largest group by themselves. Sizes are minutes apart.',
    table(head, rows),
  )
}

function pairTable(pairs: readonly Pair[]): string {
  const rows = pairs.map(({ operation, over, users, ratio }) => [operation, over, whole(users), spread(ratio)])
  return section(
    'What is to cost the same',
    'Asked in turns within seconds, one at a time: how much longer the one takes than the other, medians of the rounds. Look-ups are compared with those of a second server that has a small database of its own.',
    table(['what', 'over what', 'users', 'times'], rows),
  )
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

function memoryTable(memory: readonly Memory[], largeGroup: LargeGroupMemory | null): string {
  const rows = memory.map(({ users, nodeMb, postgresMb }) => [
    users === 0 ? 'idle, nobody there' : `after all operations at ${whole(users)} users`,
    megabytes(nodeMb),
    megabytes(postgresMb),
  ])
  const ofGroup = largeGroup
    ? [
        ['a server that has just begun, idle', megabytes(largeGroup.idleMb), ''],
        [`the same, at most while it answers with ${whole(largeGroup.members)} members`, megabytes(largeGroup.peakMb), ''],
      ]
    : []
  return section('Memory', table(['', 'Node', 'PostgreSQL'], [...rows, ...ofGroup]))
}

export function firstSyncTable(syncs: readonly FirstSync[]): string {
  const rows = syncs.map(({ provider, users, groups, requests, seconds }) => [
    provider,
    whole(users),
    whole(groups),
    whole(requests),
    `${(seconds / 60).toFixed(1)} min`,
    whole(requests / seconds),
  ])
  return section(
    'First sync',
    'Each is looked for and then created, each user in one group, eight requests at once. Entra adds one member with a PATCH, Okta a hundred. Afterwards everybody is there once, and each group has its members.',
    table(['as', 'users', 'groups', 'requests', 'time', 'requests/s'], rows),
  )
}

export function walkTable(walks: readonly Walk[]): string {
  const rows = walks.map(({ by, beside, stayed, pages, seconds, missed, repeated }) => [
    by,
    whole(stayed),
    `${whole(pages)} in ${seconds.toFixed(1)} s`,
    `${whole(beside.creates)}, ${whole(beside.patches)}, ${whole(beside.deletes)}`,
    whole(missed),
    whole(repeated),
  ])
  const head = ['by', 'users who stayed', 'pages', 'creates, PATCHes, deletes beside it', 'missed', 'repeated']
  return section('Walks', 'Every page of the users, one after the other, while four connections write.', table(head, rows))
}

export function poolTable(crowds: readonly Crowd[]): string {
  const rows = crowds.map(({ connections, atOnce, requests, seconds, errors }) => [
    String(connections),
    String(atOnce),
    whole(requests),
    whole(requests / seconds),
    whole(errors),
  ])
  return section(
    'More at once than connections',
    'A mix of all operations.',
    table(['connections', 'at once', 'requests', 'requests/s', 'errors'], rows),
  )
}

export function neighboursTable({ organizations, perSecond, alone, beside, flooded, memoryMb }: Neighbours): string {
  const milliseconds = (number: number) => `${number.toFixed(1)} ms`
  const rows = [
    ['seconds', whole(alone.seconds), whole(beside.seconds)],
    ['requests', whole(alone.requests), whole(beside.requests)],
    ['errors', whole(alone.errors), whole(beside.errors)],
    ['99 in 100 requests, of all', milliseconds(alone.p99Ms), milliseconds(beside.p99Ms)],
    ['of the organisation with the lowest', ...[alone, beside].map((quiet) => milliseconds(Math.min(...quiet.p99MsOfEach)))],
    ['of the organisation with the highest', ...[alone, beside].map((quiet) => milliseconds(Math.max(...quiet.p99MsOfEach)))],
    [
      'the flood: served, refused with 429, other answers',
      '',
      [flooded.served, flooded.refused + flooded.unexplained, flooded.errors].map(whole).join(', '),
    ],
    ['memory in the first and the last minute', '', `${megabytes(memoryMb.first)}, ${megabytes(memoryMb.last)}`],
  ]
  return section(
    'Beside a flood',
    `${organizations} organisations with ${perSecond} requests a second each: one create to four look-ups. What is late counts from when it was due. The flood asks for lists, 32 at once and again as soon as it is answered, of an organisation with nobody in it but its owner.`,
    table(['', 'among themselves', 'beside a flood'], rows),
  )
}

/** One part of the page: what was measured, of which code and where. */
export interface MeasuredPart {
  readonly tables: string
  readonly verdicts: readonly Verdict[]
  readonly measuredOn: string
  readonly commit?: string | undefined
  readonly surroundings: Surroundings
}

/** The page of the reference. */
export function page(parts: readonly MeasuredPart[]): string {
  const machines = [...new Set(parts.map(({ surroundings }) => machineOf(surroundings)))]
  return `# Performance

<!-- Written by test/load; do not edit. -->

Measured with \`npx -y pnpm@12 bench\`. All of a part ran on one machine: the server, PostgreSQL (the embedded one, durable), and whoever asked.${
    machines.length === 1 ? ` The machine: ${machines[0]}.` : ''
  }

- **Latchkey**: the server as it is delivered, with an audit trail and an outbox.
- **floor**: Koa and one statement of SQL for each operation, with as many connections to the same PostgreSQL: no schema, no versions, no audit, no tenants.
- **peer**: scimmy and scimmy-routers on Express, with a store in memory. Nothing outlives its process.

${[verdictTable(parts.flatMap(({ verdicts }) => verdicts)), ...parts.map((part) => `${part.tables}\n${measuredWhere(part, machines.length > 1)}\n`)].join('\n')}
![Time over size](performance-growth.svg)
`
}

function measuredWhere({ measuredOn, commit, surroundings }: MeasuredPart, wantsMachine: boolean): string {
  return `Measured on ${measuredOn}${commit === undefined ? '' : ` at ${commit}`}${wantsMachine ? `, on ${machineOf(surroundings)}` : ''}.`
}

function machineOf({ processor, memory, system, node, postgres }: Surroundings): string {
  return `${processor}, ${memory}, ${system}, Node ${node}, PostgreSQL ${postgres}`
}

function section(title: string, ...blocks: readonly string[]): string {
  return `## ${title}\n\n${blocks.join('\n\n')}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('')
}
