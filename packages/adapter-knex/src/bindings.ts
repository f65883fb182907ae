import type { Instant } from '@latchkey/domain'
import type { Row } from './statement-batch.ts'
import { type Statement, statementOf } from './statement.ts'

const time = "date_trunc('milliseconds', clock_timestamp()) as now"

/** Binds a transaction to one organisation, and brings the database's time in whole milliseconds, as everything stored and shown is. */
export const bindingOf = (organization: string): Statement =>
  statementOf('bind-organization', `select set_config('latchkey.organization', $1, true), ${time}`, [organization])

/** What a binding said of the time. */
export function timeIn(row: Row | undefined): Instant {
  if (!(row?.['now'] instanceof Date)) throw new Error('The database did not tell its time.')
  return row['now'].getTime()
}

/** What such a binding said of the rows to come. */
export function revisionIn(row: Row | undefined): string {
  const revision = row?.['revision']
  if (typeof revision !== 'string') throw new Error('The database did not tell its transaction.')
  return revision
}

/** Whoever is locked by somebody else is not waited for where others stand behind: they get a transaction that can wait. */
const lockTimeout = '100ms'
const bindAndWaitForNobody = `select set_config('latchkey.organization', $1, true), set_config('lock_timeout', $2, true), ${time}, pg_current_xact_id()::xid as revision`

/** The same for a transaction that waits for no lock. It also says what `xmin` will be of every row that it writes. */
export const bindingThatWaitsForNobody = (organization: string): Statement =>
  statementOf('bind-and-wait-for-nobody', bindAndWaitForNobody, [organization, lockTimeout])

/** A transaction does not wait for the disk. Whoever sends this waits for a flush behind its commit. */
export const leaveFlushToOthers = statementOf('leave-flush-to-others', "select set_config('synchronous_commit', 'off', true)", [])
