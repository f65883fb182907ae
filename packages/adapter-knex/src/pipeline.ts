import type { ClientBase } from 'pg'
import { type Row, StatementBatch, type StatementResult } from './statement-batch.ts'
import { type Statement, statementOf, unnamed } from './statement.ts'

export interface PipelineSettings {
  /** Whether statements are prepared under their names. Poolers before PgBouncer 1.21 cannot do that in transaction mode. */
  readonly namesStatements: boolean
  /** Told of every statement before it goes out. */
  readonly onStatement?: ((statement: Statement) => void) | undefined
}

interface Queued {
  readonly statement: Statement
  readonly settle: { readonly resolve: (result: StatementResult) => void; readonly reject: (error: unknown) => void } | null
}

/**
 * One connection for one piece of work. Statements that are asked for at the same time go out together; a statement whose answer nobody waits for
 * goes out with the next one that is waited for. They are carried out in the order in which they were asked for, and after the first that fails
 * none is: every later one fails with the same error.
 */
export class Pipeline {
  readonly #client: ClientBase
  readonly #settings: PipelineSettings
  #queue: Queued[] = []
  #isScheduled = false
  #failure: { readonly error: unknown } | null = null

  constructor(client: ClientBase, settings: PipelineSettings) {
    this.#client = client
    this.#settings = settings
  }

  /** The rows of a statement. */
  send(statement: Statement): Promise<readonly Row[]> {
    return this.#settled(statement, ({ rows }) => rows)
  }

  later(statement: Statement): Promise<readonly Row[]> {
    return this.send(statement)
  }

  /** A statement whose answer nobody needs. It is in time if it goes out before the commit; if it fails, the commit does. */
  defer(statement: Statement): void {
    this.#queue.push({ statement, settle: null })
  }

  /** Commits, or throws what made that impossible. */
  async commit(): Promise<void> {
    const command = await this.#settled(commitStatement, (result) => result.command)
    // To commit a transaction in which a statement failed is to roll it back, and PostgreSQL reports that as success.
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back.')
  }

  async rollback(): Promise<void> {
    this.#queue = []
    this.#failure = null
    await this.#settled(rollbackStatement, () => {})
  }

  #settled<Answer>(statement: Statement, answerOf: (result: StatementResult) => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ statement, settle: { resolve: (result) => resolve(answerOf(result)), reject } })
      if (this.#isScheduled) return
      this.#isScheduled = true
      queueMicrotask(() => this.#flush())
    })
  }

  #flush(): void {
    this.#isScheduled = false
    const batch = this.#queue
    this.#queue = []
    if (this.#failure) {
      reject(batch, this.#failure.error)
      return
    }
    this.#submit(batch, (error, results) => {
      for (let index = 0; index < results.length; index += 1) batch[index]?.settle?.resolve(results[index]!)
      if (!error) return
      this.#failure ??= { error }
      reject(batch.slice(results.length), this.#failure.error)
    })
  }

  #submit(batch: readonly Queued[], end: (error: Error | null, results: readonly StatementResult[]) => void): void {
    const { namesStatements, onStatement } = this.#settings
    if (onStatement) for (const { statement } of batch) onStatement(statement)
    const statements = batch.map(({ statement }) => (namesStatements ? statement : unnamed(statement)))
    this.#client.query(new StatementBatch(statements, end))
  }
}

function reject(batch: readonly Queued[], error: unknown): void {
  for (const { settle } of batch) settle?.reject(error)
}

const commitStatement = statementOf('commit', 'commit', [])
const rollbackStatement = statementOf('rollback', 'rollback', [])
