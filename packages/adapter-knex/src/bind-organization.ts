import type { OrganizationId } from '@latchkey/domain'
import type { Knex } from 'knex'
import { type Connection, type Database, run } from './database.ts'
import type { Scope } from './scope.ts'

/**
 * A transaction bound to one organisation: row-level security shows it nothing else, whatever a statement says (TEN-2). The same round trip brings
 * the database's time, in whole milliseconds, as everything stored and shown is.
 */
export async function inOrganization<Answer>(
  { knex, namesStatements }: Database,
  organization: OrganizationId,
  config: Knex.TransactionConfig,
  work: (connection: Connection, scope: Scope) => Promise<Answer>,
): Promise<Answer> {
  return knex.transaction(async (transaction) => {
    const failures: unknown[] = []
    const connection: Connection = { executor: transaction, namesStatements, onFailure: (error) => failures.push(error) }
    const text = "select set_config('latchkey.organization', ?, true), date_trunc('milliseconds', clock_timestamp()) as now"
    const [row] = await run<{ now: Date }>(connection, 'bind-organization', text, [organization])
    if (!row) throw new Error('The database did not tell its time.')
    const answer = await work(connection, { organization, now: row.now.getTime() })
    // To commit a transaction in which a statement failed is to roll it back, and PostgreSQL reports that as success.
    if (failures.length > 0) throw failures[0]
    return answer
  }, config)
}
