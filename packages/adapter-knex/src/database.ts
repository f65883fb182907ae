import knex, { type Knex } from 'knex'
import { ConnectionPool } from './connection-pool.ts'
import { DatabaseClock } from './database-clock.ts'
import { insertStatement } from './gathered-transactions.ts'
import { Pipeline, type PipelineSettings } from './pipeline.ts'
import { type Answer, QuickQuestions } from './quick-questions.ts'
import { SharedAnswers } from './shared-answers.ts'
import { SharedCommits } from './shared-commits.ts'
import { SharedFlushes } from './shared-flushes.ts'
import { NoRoom } from './shares.ts'
import { type Bindable, type Sql, numbered } from './sql.ts'
import type { Row } from './statement-batch.ts'
import { type Into, type Statement, type StatementKind, statementOf } from './statement.ts'

export interface Database extends PipelineSettings {
  /** For what happens seldom: migrations, and statements written by hand. Requests go through the pool. */
  readonly knex: Knex
  readonly pool: ConnectionPool
  readonly questions: QuickQuestions
  readonly shared: SharedAnswers<Answer>
  readonly commits: SharedCommits
  readonly flushes: SharedFlushes
  readonly clock: DatabaseClock
  /** How long one piece of work may take, from asking for a connection to the commit. */
  readonly workMsMax: number
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** A libpq URL. */
  readonly url: string
  readonly poolMax: number
  /** Whether statements are prepared under a name (default: yes). Poolers before PgBouncer 1.21 cannot do that in transaction mode. */
  readonly namesStatements?: boolean
  /** How long one piece of work may take, in milliseconds. */
  readonly workMsMax?: number
  /** Told of every statement of a request before it goes out. */
  readonly onStatement?: (statement: Statement) => void
  /** Told of connections that break while idle. */
  readonly onError: (error: Error) => void
}

/** A request has 25 s (LIM-1): five to find out who asks, and what is left for what is asked. */
const workMsMax = 20_000
const waitMs = 5_000

export function openDatabase(options: DatabaseOptions): Database {
  const { url, poolMax, namesStatements = true, onError } = options
  const pool = new ConnectionPool({ url, connectionsMax: poolMax, statementTimeoutMs: workMsMax, waitMs, onError })
  const settings: PipelineSettings = { namesStatements, onStatement: options.onStatement }
  const clock = new DatabaseClock()
  const db = knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'latchkey', options: '-c TimeZone=UTC -c DateStyle=ISO' },
    pool: { min: 0, max: 2 },
    acquireConnectionTimeout: waitMs,
  })
  return {
    knex: db,
    pool,
    questions: new QuickQuestions(pool, settings, waitMs),
    shared: new SharedAnswers(),
    commits: new SharedCommits(pool, settings, clock),
    flushes: new SharedFlushes(pool, settings, waitMs),
    clock,
    ...settings,
    workMsMax: options.workMsMax ?? workMsMax,
    async close() {
      await Promise.all([db.destroy(), pool.close()])
    },
  }
}

/** Something that statements can be sent through: one transaction, or the pool. */
export interface Connection {
  send(statement: Statement): Promise<readonly Row[]>
  /** Like `send`, for an answer that may come as late as with the commit. */
  later(statement: Statement): Promise<readonly Row[]>
  /** For a statement whose answer nobody needs: within a transaction it goes out with the next one, at the latest with the commit, which fails if it does. */
  defer(statement: Statement): void
}

/** Statements that are bound to no organisation, each with a connection for itself. */
export function unbound(database: Database): Pick<Connection, 'send'> {
  return {
    async send(statement) {
      const lease = await database.pool.lease('unbound', performance.now() + waitMs)
      try {
        return await new Pipeline(lease.client, database).send(statement)
      } finally {
        lease.end()
      }
    },
  }
}

const bindsNothing = (): null => null

/** Look-ups by a key that say which organisation a request belongs to: every request has one, so they go together. */
export function credentials({ questions }: Database): Pick<Connection, 'send'> {
  return { send: (statement) => questions.ask('credentials', bindsNothing, statement).then(({ rows }) => rows) }
}

/** The rows of a statement whose text depends on the request: on the form of a filter, never on what it compares with. */
export async function query<Answer = Row>(
  connection: Pick<Connection, 'send'>,
  { text, values }: Sql,
  kind: Partial<StatementKind> = {},
): Promise<readonly Answer[]> {
  const form = formOf(text, () => text)
  return (await connection.send(statementOf(form.name, form.text, values, kind))) as readonly Answer[]
}

const quick = { isQuick: true }

/** How many forms are prepared. Providers ask a handful of questions over and over; whoever asks others is answered without. */
const formsMax = 200
const forms = new Map<string, Pick<Statement, 'name' | 'text'>>()

function formOf(key: string, textOf: () => string): Pick<Statement, 'name' | 'text'> {
  const known = forms.get(key)
  if (known) return known
  const isKept = forms.size < formsMax
  const form = { name: isKept ? `form-${forms.size}` : null, text: numbered(textOf()) }
  if (isKept) forms.set(key, form)
  return form
}

/** The same for a question that is quick, whose whole text follows from a key that is shorter: it is put together once. */
export async function ask<Answer = Row>(
  connection: Pick<Connection, 'send'>,
  key: string,
  textOf: () => string,
  values: readonly Bindable[],
): Promise<readonly Answer[]> {
  const { name, text } = formOf(key, textOf)
  return (await connection.send(statementOf(name, text, values, quick))) as readonly Answer[]
}

/** The rows of a statement of the hot path, which PostgreSQL plans once for each connection under its name. */
export async function run<Answer = Row>(
  connection: Pick<Connection, 'send'>,
  name: string,
  text: string,
  values: readonly Bindable[],
  kind: Partial<StatementKind> = {},
): Promise<readonly Answer[]> {
  return (await connection.send(named(name, text, values, kind))) as readonly Answer[]
}

/** The same, whose answer may come as late as with the commit. */
export async function runLater<Answer = Row>(
  connection: Connection,
  name: string,
  text: string,
  values: readonly Bindable[],
): Promise<readonly Answer[]> {
  return (await connection.later(named(name, text, values, {}))) as readonly Answer[]
}

/** A statement of the hot path whose answer nobody needs. */
export function defer(
  connection: Connection,
  name: string,
  text: string,
  values: readonly Bindable[],
  kind: Partial<StatementKind> = {},
): void {
  connection.defer(named(name, text, values, kind))
}

/** Rows for a table, whose values stand one behind the other. */
export function insert(connection: Connection, into: Into, values: readonly Bindable[]): void {
  connection.defer(insertStatement(into, values))
}

const numberedTexts = new Map<string, { readonly source: string; readonly text: string }>()

function named(name: string, source: string, values: readonly Bindable[], kind: Partial<StatementKind>): Statement {
  const known = numberedTexts.get(name)
  // Their lengths tell two apart, and to compare texts that were just put together costs as much as sending one.
  if (known && known.source.length !== source.length) throw new Error(`Two statements are called ${name}.`)
  const { text } = known ?? { text: numbered(source) }
  if (!known) numberedTexts.set(name, { source, text })
  return statementOf(name, text, values, kind)
}

/** Answers when the database does. */
export async function ping(database: Database): Promise<void> {
  await run(unbound(database), 'ping', 'select 1', [])
}

/** Refuses a server on which an acknowledged write could be lost (REL-1), or that is too old. */
export async function assertDurable({ knex: db }: Database): Promise<void> {
  const result: { rows: { name: string; setting: string }[] } = await db.raw(
    "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'server_version_num')",
  )
  const settings = new Map(result.rows.map(({ name, setting }) => [name, setting]))
  if (Number(settings.get('server_version_num')) < 150_000) throw new Error('PostgreSQL 15 or later is needed; this server is older.')
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    if (settings.get(name) === 'off')
      throw new Error(`PostgreSQL runs with ${name} off, so acknowledged changes could be lost; turn it on.`)
  }
}

/** Whether an error means that the database cannot be reached or has no room at the moment: the caller may try again (REL-5). */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof NoRoom) return true
  if (/Connection terminated|Connection ended|timeout exceeded|timeout expired|not queryable/i.test(error.message)) return true
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Classes 08 (connection), 53 (resources), 57P (shutdown), timeouts of ours, and what the socket says.
  return (
    /^(08|53|57P)/.test(code) || ['57014', '55P03', '25006', 'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code)
  )
}
