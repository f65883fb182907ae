import type { Instant, OrganizationId } from '@latchkey/domain'
import { bindingOf, leaveFlushToOthers, timeIn } from './bindings.ts'
import type { Connection, Database } from './database.ts'
import type { Recollection } from './recollection.ts'
import { Pipeline } from './pipeline.ts'
import type { Scope } from './scope.ts'
import type { Row } from './statement-batch.ts'
import { type Statement, statementOf } from './statement.ts'
import { nameTaken } from './unique-violation.ts'

type Work<Answer> = (connection: Connection, scope: Scope) => Promise<Answer>

/** What each kind of transaction begins with. All that one read sees is of one moment. */
const beginnings: Readonly<Record<'read' | 'write', Statement>> = {
  read: statementOf('begin-read', 'begin isolation level repeatable read read only', []),
  write: statementOf('begin', 'begin', []),
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
  readonly recollection?: Recollection | null
}

const neverShared = (): boolean => false

async function transaction<Answer, Asked>(
  database: Database,
  organization: OrganizationId,
  { kind, deadline = performance.now() + database.workMsMax, ask, recollection = null }: Options<Asked>,
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
      ask?.(pipeline, { organization, now: Number.NaN, takesForGranted: false, recollection }),
    ])
    answer = await work(pipeline, { organization, now: timeIn(row), takesForGranted: false, recollection }, asked as Asked)
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
  return (await seen(database, organization, null, work)).answer
}

async function seen<Answer>(
  { pool, questions, shared, workMsMax, ...settings }: Database,
  organization: OrganizationId,
  recollection: Recollection | null,
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
      if (boundAt && !statement.isShared)
        throw new Error('A glance asks everything at once, and then how many there are; use a read for more.')
      const answer = await (statement.isQuick
        ? questions.ask(organization, bindingOf, statement)
        : statement.isShared
          ? shared.ask(JSON.stringify([organization, statement.text, statement.values]), () => alone(statement))
          : alone(statement))
      boundAt = answer.boundAt
      return answer.rows
    },
    later: () => Promise.reject(new Error('A glance has no commit.')),
    defer() {
      throw new Error('A glance writes nothing.')
    },
  }
  // Time is not asked for: whoever needs it has more to ask.
  const answer = await work(connection, { organization, now: Number.NaN, takesForGranted: true, recollection })
  return { answer, boundAt }
}

const tellTime = statementOf('now', 'select 1', [], { isQuick: true })

/** The time that a binding told; where there was none, that of the database's clock. */
async function timeAt({ clock, questions }: Database, organization: OrganizationId, boundAt: Row | undefined): Promise<Instant> {
  if (!boundAt && clock.now !== undefined) return clock.now
  const now = timeIn(boundAt ?? (await questions.ask(organization, bindingOf, tellTime)).boundAt)
  clock.tell(now)
  return now
}

/** The writes of one change; there may be none. */
interface Writing<Answer> {
  readonly deadline: number
  readonly now: Instant
  readonly recollection: Recollection
  readonly write: Work<Answer>
}

/** Sends what is written all at once, in one transaction. Answers how many statements that were beside what is held; where there was none, nothing is sent. */
async function written<Answer>(
  database: Database,
  organization: OrganizationId,
  { deadline, now, recollection, write }: Writing<Answer>,
): Promise<{ readonly answer: Answer; readonly count: number }> {
  const statements: Statement[] = []
  const questions: Question[] = []
  const connection: Connection = {
    send: () => Promise.reject(nothingIsAsked),
    later: (statement) => new Promise((resolve, reject) => questions.push({ statement, resolve, reject })),
    defer: (statement) => statements.push(statement),
  }
  const answer = await write(connection, { organization, now, takesForGranted: true, recollection })
  const count = statements.length
  if (count === 0) {
    for (const { reject } of questions) reject(nothingIsAsked)
    return { answer, count }
  }
  try {
    const asked = questions.map(({ statement }) => statement)
    const { revision, rowsOf } = await database.commits.commit(organization, [...recollection.holds, ...statements, ...asked], deadline)
    recollection.keep(revision)
    for (const { statement, resolve } of questions) resolve(rowsOf(statement))
    return { answer, count }
  } catch (error) {
    for (const { reject } of questions) reject(error)
    throw nameTaken(error)
  }
}

/** Something that is told with the commit. */
interface Question {
  readonly statement: Statement
  readonly resolve: (rows: readonly Row[]) => void
  readonly reject: (error: unknown) => void
}

const nothingIsAsked = new Error('Nothing is asked while writing; ask before.')

/** What a change rests on, and what it writes. */
interface Revision<Answer, Seen> {
  readonly deadline: number
  readonly see: Work<Seen>
  readonly write: (connection: Connection, scope: Scope, seen: Seen) => Promise<Answer>
}

/** The database has to be asked: something is not remembered, or nothing was written that could make sure of what is. One for all: nobody looks where it comes from. */
export const toBeAsked = new Error('What a change rests on has to be asked.')

/**
 * Writes that rest on what is remembered, which the transaction holds (decision 0058). Throws `toBeAsked` where that cannot be, and `serialization_failure` where
 * something is not so any more.
 */
export async function fromMemory<Answer, Seen>(
  database: Database,
  organization: OrganizationId,
  { deadline, see, write }: Revision<Answer, Seen>,
  now: Instant,
  recollection: Recollection,
): Promise<Answer> {
  const work = async (connection: Connection, scope: Scope): Promise<Answer> => {
    try {
      const answer = await write(connection, scope, await see(connection, scope))
      if (recollection.isHeld) return answer
    } catch {
      // Whatever it is: it is told when it rests on what the database says.
    }
    throw toBeAsked
  }
  const { answer, count } = await written(database, organization, { deadline, now, recollection, write: work })
  if (count === 0) throw toBeAsked
  return answer
}

/**
 * Writes that rest on what was seen (decision 0042). Nothing is locked in between; each write says what must still be so, and all of them go out together, before one Sync
 * and so in one transaction. Where something has changed, `serialization_failure` is thrown and nothing is kept.
 */
export async function atOnce<Answer, Seen>(
  database: Database,
  organization: OrganizationId,
  { deadline, see, write }: Revision<Answer, Seen>,
  recollection: Recollection,
): Promise<Answer> {
  const { answer: first, boundAt } = await seen(database, organization, recollection, see)
  const now = await timeAt(database, organization, boundAt)
  const work = (connection: Connection, scope: Scope) => write(connection, scope, first)
  return (await written(database, organization, { deadline, now, recollection, write: work })).answer
}
