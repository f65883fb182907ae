import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commitNow } from './commit.ts'
import { groups, usersFor } from './directory.ts'
import { type FirstSync, firstSync } from './first-sync.ts'
import { measureGrowth } from './growth.ts'
import { Interrupted, interrupted } from './interruption.ts'
import { type Machine, poolMax, startMachine } from './machine.ts'
import { type Plan, measureAll, possible, runnerOf } from './measure.ts'
import { measureNeighbours } from './neighbours.ts'
import { measureCrowds } from './pool.ts'
import { microseconds, mostExpensive } from './profile.ts'
import {
  type MeasuredPart,
  comparisonTable,
  firstSyncTable,
  growthChart,
  growthTables,
  neighboursTable,
  page,
  poolTable,
  verdictTable,
  walkTable,
} from './report.ts'
import { removeMadeFromFloor, removeMadeFromLatchkey, seedFloor, seedLatchkey } from './seed.ts'
import { surroundingsNow } from './surroundings.ts'
import {
  type Verdict,
  comparisonVerdicts,
  firstSyncVerdicts,
  growthVerdicts,
  neighboursVerdicts,
  poolVerdicts,
  walkVerdicts,
} from './verdicts.ts'
import { measureWalks } from './walk.ts'

/** What is measured, each with a PostgreSQL of its own: the tables of a section, and what they say of what must hold. */
const parts: Readonly<Record<string, (machine: Machine) => Promise<{ readonly tables: string; readonly verdicts: readonly Verdict[] }>>> = {
  comparison: compare,
  growth: grow,
  'first-sync': sync,
  walk,
  pool: crowd,
  neighbours: live,
}

const usage = `pnpm bench [--quick] [--profile] [--part ${Object.keys(parts).join('|')}] [--only <part of an operation's name>]

  Without --quick it takes some seventy minutes and writes docs/reference/performance.md; with it, some two minutes, and nothing is written.
  --part measures one part anew and leaves the others on the page as they were, --only some operations of comparison, growth and profile.
  --profile names the ten functions in which the server spends most of its time.
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
const { quick, only, part } = values

const began = performance.now()
const say = (line: string) => process.stderr.write(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${line}\n`)
const docs = new URL('../../../docs/reference/', import.meta.url)
const users = usersFor(groups.middle)
const usersMax = 1_000_000

if (values.help) process.stdout.write(usage)
else if (possible(usersMax, only).length === 0 || (part !== undefined && !Object.hasOwn(parts, part))) {
  process.stderr.write(`There is no such ${part !== undefined && !Object.hasOwn(parts, part) ? 'part' : 'operation'}.\n\n${usage}`)
  process.exitCode = 2
} else {
  try {
    await (values.profile ? onMachine(profile) : measure())
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    say(error.message)
    process.exit(1)
  }
}

async function measure(): Promise<void> {
  const commit = await commitNow()
  const verdicts: Verdict[] = []
  for (const [name, run] of Object.entries(parts).filter(([name]) => part === undefined || part === name)) {
    try {
      await onMachine(async (machine) => {
        say(`${name} begins`)
        const measured = await run(machine)
        verdicts.push(...measured.verdicts)
        process.stdout.write(`\n${measured.tables}`)
        if (quick || only !== '') return
        const surroundings = await surroundingsNow(machine.databaseUrl)
        await keep(name, { ...measured, measuredOn: new Date().toISOString().slice(0, 10), commit, surroundings })
      })
    } catch (error) {
      if (error instanceof Interrupted) throw error
      // The other parts are worth having all the same.
      say(error instanceof Error ? (error.stack ?? error.message) : String(error))
      verdicts.push({ claim: `${name} runs to its end`, measured: error instanceof Error ? error.message : String(error), holds: false })
      process.exitCode = 1
    }
  }
  if (verdicts.length === 0) return
  const warning = quick ? 'A quick run: sizes and times are smaller than those that are claimed.\n\n' : ''
  process.stdout.write(`\n${warning}${verdictTable(verdicts)}`)
}

/** Puts a part in place of what was measured of it before, and writes the page of all that there is. */
async function keep(name: string, measured: MeasuredPart): Promise<void> {
  const file = new URL('performance.json', docs)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  const all: Record<string, MeasuredPart> = { ...JSON.parse(text), [name]: measured }
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`)
  await writeFile(new URL('performance.md', docs), page(Object.keys(parts).flatMap((part) => all[part] ?? [])))
}

async function onMachine(work: (machine: Machine) => Promise<void>): Promise<void> {
  const machine = await startMachine()
  try {
    await Promise.race([work(machine), interrupted])
  } finally {
    await machine.stop()
  }
}

function plan(): Plan {
  return quick
    ? { users, only, concurrencies: [8], rounds: 2, roundsOfSlow: 1, msPerTurn: 100, msPerTurnOfWrites: 200, msOfWarmUp: 300 }
    : { users, only, concurrencies: [1, 8, 16], rounds: 5, roundsOfSlow: 3, msPerTurn: 400, msPerTurnOfWrites: 1_500, msOfWarmUp: 4_000 }
}

async function compare(machine: Machine) {
  const latchkey = await machine.latchkey()
  const { id, token } = await machine.organization('comparison')
  await seedLatchkey(machine.databaseUrl, id, 0, users)
  await seedFloor(machine.databaseUrl, users)
  const peer = await machine.peer(users)
  const runners = await Promise.all([
    runnerOf({ ...latchkey, token }, users, () => tidy(machine, id)),
    runnerOf(await machine.floor(), users, () => removeMadeFromFloor(machine.databaseUrl)),
    runnerOf(peer, users, async () => {
      await fetch(`${peer.url}/remove-made`, { method: 'POST' })
    }),
  ])
  say('everybody is ready')
  const measured = await measureAll(runners, plan(), say)
  return { tables: comparisonTable(measured, plan()), verdicts: comparisonVerdicts(measured) }
}

async function tidy(machine: Machine, organization: string): Promise<void> {
  await removeMadeFromLatchkey(machine.databaseUrl, organization)
  await machine.forgetMails()
}

async function grow(machine: Machine) {
  const large = usersFor(groups.large)
  const growth = await measureGrowth(
    machine,
    quick
      ? { small: 1_000, sizes: [large], turns: 1, pairRounds: 3, msPerTurn: 100, concurrency: 8, only }
      : { small: 1_000, sizes: [1_000, large, usersMax], turns: 3, pairRounds: 9, msPerTurn: 400, concurrency: 8, only },
    say,
  )
  if (!quick && only === '') await writeFile(new URL('performance-growth.svg', docs), growthChart(growth.grown))
  return { tables: growthTables(growth), verdicts: growthVerdicts(growth) }
}

async function sync(machine: Machine) {
  const latchkey = await machine.latchkey()
  const size = quick ? { users: 500, groups: 10 } : { users: 100_000, groups: 1_000 }
  const syncs: FirstSync[] = []
  for (const provider of ['Entra', 'Okta'] as const) {
    const { token } = await machine.organization(`first-sync-${provider.toLowerCase()}`)
    syncs.push(await firstSync({ ...latchkey, token }, provider, { ...size, concurrency: 8 }, say))
  }
  return { tables: firstSyncTable(syncs), verdicts: firstSyncVerdicts(syncs) }
}

async function walk(machine: Machine) {
  const walks = await measureWalks(machine, { users: quick ? 5_000 : 50_000, count: 100 }, say)
  return { tables: walkTable(walks), verdicts: walkVerdicts(walks) }
}

async function crowd(machine: Machine) {
  const atOnce = 4 * poolMax
  const sizes = [
    { connections: poolMax, atOnce },
    { connections: 1, atOnce },
  ]
  const crowds = await measureCrowds(machine, { users, seconds: quick ? 3 : 30, withBulk: !quick, crowds: sizes }, say)
  return { tables: poolTable(crowds), verdicts: poolVerdicts(crowds) }
}

async function live(machine: Machine) {
  const size = quick
    ? { organizations: 3, perSecond: 25, secondsOfWarmUp: 2, secondsAlone: 4, secondsBeside: 4 }
    : { organizations: 20, perSecond: 25, secondsOfWarmUp: 100, secondsAlone: 120, secondsBeside: 600 }
  const neighbours = await measureNeighbours(machine, { ...size, floodAtOnce: 32 }, say)
  return { tables: neighboursTable(neighbours), verdicts: neighboursVerdicts(neighbours) }
}

/** Where the server's time goes while it does everything, once it is warm. */
async function profile(machine: Machine): Promise<void> {
  const folder = join(machine.folder, 'profile')
  const latchkey = await machine.latchkey({ flags: ['--cpu-prof', `--cpu-prof-dir=${folder}`] })
  const { id, token } = await machine.organization('profile')
  await seedLatchkey(machine.databaseUrl, id, 0, users)
  const runner = await runnerOf({ ...latchkey, token }, users, () => tidy(machine, id))
  let since = 0
  await measureAll([runner], { ...plan(), concurrencies: [8] }, say, () => {
    since = microseconds()
  })
  await latchkey.stop()
  for (const { name, share } of await mostExpensive(folder, 10, since))
    process.stdout.write(`${(share * 100).toFixed(1).padStart(5)} %  ${name}\n`)
}
