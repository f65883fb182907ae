import knex, { type Knex } from 'knex'
import type { Bindable, Sql } from './sql.ts'

export interface Database {
  readonly knex: Knex
  /** Whether statements are prepared under a name. Poolers before PgBouncer 1.21 cannot do that in transaction mode. */
  readonly namesStatements: boolean
}

export interface DatabaseOptions {
  /** A libpq URL. */
  readonly url: string
  readonly poolMax: number
  readonly namesStatements?: boolean
  /** Told of connections that break while idle. */
  readonly onError: (error: Error) => void
}

/** Longer than any statement of ours takes, shorter than a request may (25 s). */
const statementTimeoutMs = 20_000
const acquireTimeoutMs = 5_000

export function openDatabase({ url, poolMax, namesStatements = true, onError }: DatabaseOptions): Database {
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'latchkey',
      statement_timeout: statementTimeoutMs,
      options: '-c TimeZone=UTC -c DateStyle=ISO -c lock_timeout=15s',
    },
    pool: {
      min: 0,
      max: poolMax,
      // A connection that breaks while nobody uses it would otherwise end the process.
      afterCreate: (
        connection: { on(event: 'error', listener: (error: Error) => void): void },
        done: (error: Error | null, connection: unknown) => void,
      ) => {
        connection.on('error', onError)
        done(null, connection)
      },
    },
    acquireConnectionTimeout: acquireTimeoutMs,
  })
  return { knex: db, namesStatements }
}

/** Something that statements can be sent through: one transaction, or the pool. */
export interface Connection {
  readonly executor: Knex
  readonly namesStatements: boolean
  /** Told of a statement that failed: PostgreSQL will then commit nothing, and would not say so. */
  readonly onFailure?: (error: unknown) => void
}

type Row = Readonly<Record<string, unknown>>

/** The rows of a statement whose text depends on the request. */
export function query<Answer = Row>(connection: Connection, { text, values }: Sql): Promise<readonly Answer[]> {
  return send(connection, connection.executor.raw(text, [...values] as Knex.RawBinding[]))
}

/** The rows of a statement of the hot path, which PostgreSQL plans once for each connection under its name. */
export function run<Answer = Row>(
  connection: Connection,
  name: string,
  text: string,
  values: readonly Bindable[],
): Promise<readonly Answer[]> {
  const statement = connection.executor.raw(text, [...values] as Knex.RawBinding[])
  return send(connection, connection.namesStatements ? statement.options({ name }) : statement)
}

async function send<Answer>({ onFailure }: Connection, statement: Knex.Raw): Promise<readonly Answer[]> {
  try {
    const result: { rows: Answer[] } = await statement
    return result.rows
  } catch (error) {
    onFailure?.(error)
    throw error
  }
}

/** Answers when the database does. */
export async function ping({ knex: db }: Database): Promise<void> {
  await db.raw('select 1')
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
  if (error.name === 'KnexTimeoutError' || error.name === 'TimeoutError') return true
  if (/Connection terminated|Connection ended|timeout expired|Unable to acquire/i.test(error.message)) return true
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Classes 08 (connection), 53 (resources), 57P (shutdown), timeouts of ours, and what the socket says.
  return (
    /^(08|53|57P)/.test(code) || ['57014', '55P03', '25006', 'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code)
  )
}
