import type { Statement } from './statement-batch.ts'

/** Binds a transaction to one organisation, and brings the database's time in whole milliseconds, as everything stored and shown is. */
export const bindingOf = (organization: string): Statement => ({
  name: 'bind-organization',
  text: "select set_config('latchkey.organization', $1, true), date_trunc('milliseconds', clock_timestamp()) as now",
  values: [organization],
})

/** PostgreSQL's answer to a commit is then no promise that it is on the disk. */
const notForTheDisk = "set_config('synchronous_commit', 'off', true)"

/** Whoever is locked by somebody else is not waited for where others stand behind: they get a transaction that can wait. */
const lockTimeout = '100ms'

/** Binds a transaction whose time is known already, and which waits for no lock. */
export const bindingThatWaitsForNobody = (organization: string): Statement => ({
  name: 'bind-and-wait-for-nobody',
  text: "select set_config('latchkey.organization', $1, true), set_config('lock_timeout', $2, true)",
  values: [organization, lockTimeout],
})

/** The same, and neither does it wait for the disk. */
export const bindingThatWaitsForNothing = (organization: string): Statement => ({
  name: 'bind-and-wait-for-nothing',
  text: `select set_config('latchkey.organization', $1, true), set_config('lock_timeout', $2, true), ${notForTheDisk}`,
  values: [organization, lockTimeout],
})

/** A transaction does not wait for the disk. Whoever sends this waits for a flush behind its commit. */
export const leaveFlushToOthers: Statement = { name: 'leave-flush-to-others', text: `select ${notForTheDisk}`, values: [] }
