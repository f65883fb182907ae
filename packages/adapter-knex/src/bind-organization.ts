import type { Instant, OrganizationId } from '@latchkey/domain'
import { bindingOf, leaveFlushToOthers } from './bindings.ts'
import type { Connection, Database } from './database.ts'
import { Pipeline } from './pipeline.ts'
import type { Scope } from './scope.ts'
import type { Row, Statement } from './statement-batch.ts'
import { nameTaken } from './unique-violation.ts'

type Work<Answer> = (connection: Connection, scope: Scope) => Promise<Answer>

/** What each kind of transaction begins with. All that one read sees is of one moment. */
const beginnings: Readonly<Record<'read' | 'write', Statement>> = {
  read: { name: 'begin-read', text: 'begin isolation level repeatable read read only', values: [] },
  write: { name: 'begin', text: 'begin', values: [] },
}

function timeIn(row: Row | undefined): Instant {
  if (!(row?.['now'] instanceof Date)) throw new Error('The database did not tell its time.')
  return row['now'].getTime()
}

/**
 * Work within one transaction, bound to one organisation: row-level security refuses everything else until it ends (TEN-2). What is not done by the deadline
 * (`performance.now()`) throws, and is not committed.
 */
export function inOrganization<Answer, Asked = void>(
  database: Database,
  organization: OrganizationId,
  options: Options<Asked>,
  work: (connection: Connection, scope: Scope, asked: Asked) => Promise<Answer>,
): Promise<Answer> {
  if (options.kind === 'read') return transaction(database, organization, options, work, neverShared)
  return database.flushes.among((hasOthers) => transaction(database, organization, options, work, hasOthers))
}

interface Options<Asked> {
  readonly kind: 'read' | 'write'
  readonly deadline?: number
  /** Asks with the beginning, before the time is known; `work` is told the answer. */
  readonly ask?: Work<Asked> | undefined
}

const neverShared = (): boolean => false

async function transaction<Answer, Asked>(
  database: Database,
  organization: OrganizationId,
  { kind, deadline = performance.now() + database.workMsMax, ask }: Options<Asked>,
  work: (connection: Connection, scope: Scope, asked: Asked) => Promise<Answer>,
  sharesFlush: () => boolean,
): Promise<Answer> {
  const lease = await database.pool.lease(organization, deadline)
  const pipeline = new Pipeline(lease.client, database)
  let waitsForFlush = false
  let answer: Answer
  try {
    pipeline.defer(beginnings[kind])
    const [[row], asked] = await Promise.all([
      pipeline.send(bindingOf(organization)),
      ask?.(pipeline, { organization, now: Number.NaN, takesForGranted: false }),
    ])
    answer = await work(pipeline, { organization, now: timeIn(row), takesForGranted: false }, asked as Asked)
    if (kind === 'write') {
      waitsForFlush = sharesFlush()
      if (waitsForFlush) pipeline.defer(leaveFlushToOthers)
      await pipeline.commit()
      lease.end()
    } else {
      // What was read is told now; that the transaction ended is nobody's affair but the next one's.
      void pipeline.rollback().then(lease.end, lease.end)
    }
  } catch (error) {
    await pipeline.rollback().catch(() => {})
    lease.end()
    throw nameTaken(error)
  }
  if (waitsForFlush) await database.flushes.flush()
  return answer
}

/**
 * What is asked at once, each question bound to one organisation as a transaction is. Binding and question stand before one Sync, so PostgreSQL takes them for one
 * transaction that needs neither a beginning nor an end of its own. A question that is quick goes out with others of the same organisation.
 */
export async function atAGlance<Answer>(database: Database, organization: OrganizationId, work: Work<Answer>): Promise<Answer> {
  return (await seen(database, organization, work)).answer
}

async function seen<Answer>(
  { pool, questions, shared, workMsMax, ...settings }: Database,
  organization: OrganizationId,
  work: Work<Answer>,
): Promise<{ readonly answer: Answer; readonly boundAt: Row | undefined }> {
  const alone = async (statement: Statement) => {
    const lease = await pool.lease(organization, performance.now() + workMsMax)
    try {
      const pipeline = new Pipeline(lease.client, settings)
      const [bound, rows] = await Promise.all([pipeline.send(bindingOf(organization)), pipeline.send(statement)])
      return { rows, boundAt: bound[0] }
    } finally {
      lease.end()
    }
  }
  let boundAt: Row | undefined
  const connection: Connection = {
    async send(statement) {
      if (boundAt) throw new Error('A glance asks everything at once; use a read for more.')
      const answer = await (statement.isQuick
        ? questions.ask(organization, bindingOf, statement)
        : statement.isShared
          ? shared.ask(JSON.stringify([organization, statement.text, statement.values]), () => alone(statement))
          : alone(statement))
      boundAt = answer.boundAt
      return answer.rows
    },
    defer() {
      throw new Error('A glance writes nothing.')
    },
  }
  // Time is not asked for: whoever needs it has more to ask.
  const answer = await work(connection, { organization, now: Number.NaN, takesForGranted: true })
  return { answer, boundAt }
}

const tellTime: Statement = { name: 'now', text: 'select 1', values: [], isQuick: true }

/**
 * Writes that rest on what was seen (decision 0042). Nothing is locked in between; each write says what must still be so, and all of them go out together, before one Sync
 * and so in one transaction. Where something has changed, `serialization_failure` is thrown and nothing is kept.
 */
export async function atOnce<Answer, Seen>(
  database: Database,
  organization: OrganizationId,
  { deadline, see }: { readonly deadline: number; readonly see: Work<Seen> },
  write: (connection: Connection, scope: Scope, seen: Seen) => Promise<Answer>,
): Promise<Answer> {
  const { answer: first, boundAt } = await seen(database, organization, see)
  const now = timeIn(boundAt ?? (await database.questions.ask(organization, bindingOf, tellTime)).boundAt)
  const statements: Statement[] = []
  const connection: Connection = {
    send: () => Promise.reject(new Error('Nothing is asked while writing; ask before.')),
    defer: (statement) => statements.push(statement),
  }
  const answer = await write(connection, { organization, now, takesForGranted: true }, first)
  if (statements.length === 0) return answer

  try {
    await database.commits.commit(organization, statements, deadline)
    return answer
  } catch (error) {
    throw nameTaken(error)
  }
}
