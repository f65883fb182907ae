import type { OrganizationId } from '@latchkey/domain'
import type { Connection, Database } from './database.ts'
import { Pipeline } from './pipeline.ts'
import type { Scope } from './scope.ts'
import type { Row, Statement } from './statement-batch.ts'
import { nameTaken } from './unique-violation.ts'

/** What each kind of transaction begins with. All that one read sees is of one moment. */
const beginnings: Readonly<Record<'read' | 'write', Statement>> = {
  read: { name: 'begin-read', text: 'begin isolation level repeatable read read only', values: [] },
  write: { name: 'begin-write', text: 'begin', values: [] },
}

/**
 * A transaction bound to one organisation: row-level security shows it nothing else, whatever a statement says (TEN-2). The same round trip begins it and
 * brings the database's time, in whole milliseconds, as everything stored and shown is. What is not done by the deadline (`performance.now()`) throws,
 * and is not committed.
 */
export async function inOrganization<Answer, Asked = void>(
  database: Database,
  organization: OrganizationId,
  {
    kind,
    deadline = performance.now() + database.workMsMax,
    ask,
  }: {
    readonly kind: 'read' | 'write'
    readonly deadline?: number
    /** Asks with the beginning, before the time is known; `work` is told the answer. */
    readonly ask?: ((connection: Connection, scope: Scope) => Promise<Asked>) | undefined
  },
  work: (connection: Connection, scope: Scope, asked: Asked) => Promise<Answer>,
): Promise<Answer> {
  const lease = await database.pool.lease(organization, deadline)
  const pipeline = new Pipeline(lease.client, database)
  try {
    pipeline.defer(beginnings[kind])
    const [[row], asked] = await Promise.all([
      pipeline.send({ name: 'bind-organization', text: bindText, values: [organization] }),
      ask?.(pipeline, { organization, now: Number.NaN }),
    ])
    if (!(row?.['now'] instanceof Date)) throw new Error('The database did not tell its time.')
    const answer = await work(pipeline, { organization, now: row['now'].getTime() }, asked as Asked)
    if (kind === 'write') {
      await pipeline.commit()
      lease.end()
    } else {
      // What was read is read: nobody waits for the end of it.
      void pipeline.rollback().then(lease.end, lease.end)
    }
    return answer
  } catch (error) {
    await pipeline.rollback().catch(() => {})
    lease.end()
    throw nameTaken(error)
  }
}

/**
 * What is asked at once, each question bound to one organisation as a transaction is. Binding and question stand before one Sync, so PostgreSQL takes them for one
 * transaction that needs neither a beginning nor an end of its own. A question that is quick goes out with others of the same organisation.
 */
export async function atAGlance<Answer>(
  { pool, questions, workMsMax, ...settings }: Database,
  organization: OrganizationId,
  work: (connection: Connection, scope: Scope) => Promise<Answer>,
): Promise<Answer> {
  const binding: Statement = { name: 'bind-glance', text: "select set_config('latchkey.organization', $1, true)", values: [organization] }
  const alone = async (statement: Statement): Promise<readonly Row[]> => {
    const lease = await pool.lease(organization, performance.now() + workMsMax)
    try {
      const pipeline = new Pipeline(lease.client, settings)
      pipeline.defer(binding)
      return await pipeline.send(statement)
    } finally {
      lease.end()
    }
  }
  let isAnswered = false
  const connection: Connection = {
    async send(statement) {
      if (isAnswered) throw new Error('A glance asks everything at once; use a read for more.')
      const rows = await (statement.isQuick ? questions.ask(organization, binding, statement) : alone(statement))
      isAnswered = true
      return rows
    },
    defer() {
      throw new Error('A glance writes nothing.')
    },
  }
  // Time is not asked for: whoever needs it has more to ask.
  return work(connection, { organization, now: Number.NaN })
}

const bindText = "select set_config('latchkey.organization', $1, true), date_trunc('milliseconds', clock_timestamp()) as now"
