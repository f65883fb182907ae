import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type FirstSync, firstSync } from './first-sync.ts'
import { measureGrowth } from './growth.ts'
import { startMachine } from './machine.ts'
import { type Plan, measureAll, runnerOf } from './measure.ts'
import { measureNeighbours } from './neighbours.ts'
import { mostExpensive } from './profile.ts'
import { comparisonTable, firstSyncTable, growthChart, growthTable, memoryTable, neighboursTable, page } from './report.ts'
import { seedFloor, seedLatchkey } from './seed.ts'

const usage = `pnpm bench [--quick] [--profile] [--only <part of an operation's name>] [--part comparison|growth|first-sync|neighbours]

  Without --quick it takes some two hours and writes docs/reference/performance.md; with it, some two minutes, and nothing is written.
  --profile names the functions in which the server spends its time.
`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    part: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const { quick, only } = values

const began = performance.now()
const say = (line: string) => process.stderr.write(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${line}\n`)
const docs = new URL('../../../docs/reference/', import.meta.url)

const machine = await startMachine()
try {
  if (values.help) process.stdout.write(usage)
  else if (values.profile) await profile()
  else await measure()
} finally {
  await machine.stop()
}

function plan(): Plan {
  const common = { users: 11_000, requestsMax: 100_000, only, forgetMails: () => machine.forgetMails() }
  return quick
    ? { ...common, concurrencies: [8], rounds: 3, msPerTurn: 150, peerOnce: true }
    : { ...common, concurrencies: [1, 8, 16], rounds: 9, msPerTurn: 1_000, peerOnce: false }
}

async function measure(): Promise<void> {
  const wants = (part: string) => values.part === undefined || values.part === part
  const sections: string[] = []
  const tell = (section: string) => {
    sections.push(section)
    process.stdout.write(`\n${section}`)
  }
  if (wants('comparison')) tell(await compare())
  // In one minute there is no time for more, unless it is asked for.
  if (quick && values.part === undefined) return
  if (wants('growth')) tell(await grow())
  if (wants('first-sync')) tell(await sync())
  if (wants('neighbours')) tell(await live())
  if (!quick && values.part === undefined && only === '') await writeFile(new URL('performance.md', docs), page(sections))
}

async function compare(): Promise<string> {
  const latchkey = await machine.latchkey()
  const { id, token } = await machine.organization('comparison')
  const { users } = plan()
  await seedLatchkey(machine.databaseUrl, id, 0, users)
  await seedFloor(machine.databaseUrl, 0, users)
  const contestants = [{ ...latchkey, token }, await machine.floor(), await machine.peer(users)]
  const runners = await Promise.all(contestants.map((contestant) => runnerOf(contestant, users)))
  say('everybody is ready')
  const measured = await measureAll(runners, plan(), say)
  for (const { stop } of contestants) await stop()
  return comparisonTable(measured, users)
}

async function grow(): Promise<string> {
  const sizes = quick ? [1_000, 11_000] : [1_000, 100_200, 1_000_000]
  const { grown, memory } = await measureGrowth(
    machine,
    { sizes, turns: quick ? 1 : 3, msPerTurn: quick ? 150 : 1_000, concurrency: 8 },
    say,
  )
  if (!quick) await writeFile(new URL('performance-growth.svg', docs), growthChart(grown))
  return `${growthTable(grown)}\n${memoryTable(memory)}`
}

async function sync(): Promise<string> {
  const latchkey = await machine.latchkey()
  const syncs: FirstSync[] = []
  for (const provider of ['Entra', 'Okta'] as const) {
    const { token } = await machine.organization(`first-sync-${provider.toLowerCase()}`)
    const size = quick ? { users: 500, groups: 10 } : { users: 100_000, groups: 1_000 }
    syncs.push(await firstSync({ ...latchkey, token }, provider, { ...size, concurrency: 8 }, say))
  }
  await latchkey.stop()
  return firstSyncTable(syncs)
}

async function live(): Promise<string> {
  const size = quick ? { organizations: 3, seconds: 5 } : { organizations: 20, seconds: 600 }
  return neighboursTable(await measureNeighbours(machine, { ...size, perSecond: quick ? 10 : 25, floodAtOnce: 32 }, say))
}

/** Where the server's time goes while it does everything. */
async function profile(): Promise<void> {
  const folder = join(machine.folder, 'profile')
  const latchkey = await machine.latchkey({ flags: ['--cpu-prof', `--cpu-prof-dir=${folder}`] })
  const { id, token } = await machine.organization('profile')
  const { users } = plan()
  await seedLatchkey(machine.databaseUrl, id, 0, users)
  await measureAll([await runnerOf({ ...latchkey, token }, users)], { ...plan(), concurrencies: [8] }, say)
  await latchkey.stop()
  for (const { name, share } of await mostExpensive(folder, 10))
    process.stdout.write(`${(share * 100).toFixed(1).padStart(5)} %  ${name}\n`)
}
