import { Batches } from './batches.ts'
import { bindingThatWaitsForNobody, bindingThatWaitsForNothing } from './bindings.ts'
import type { ConnectionPool, Lease } from './connection-pool.ts'
import type { PipelineSettings } from './pipeline.ts'
import { flush } from './shared-flushes.ts'
import { NoRoom } from './shares.ts'
import { type Statement, StatementBatch } from './statement-batch.ts'

/** One transaction that is all there before it begins, and somebody who waits for its commit. */
interface Waiting {
  readonly statements: readonly Statement[]
  /** Of `performance.now()`. */
  readonly deadline: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The first of a batch waits for the last. With more than one batch under way the flushes would be more, and nobody would be faster. */
const limits = { batchMax: 8, underWayMax: 1 }

/**
 * Transactions of many requests, one behind the other on one connection. Each is a transaction of its own: bound to its organisation by itself, committed or failed by itself.
 * What they share is the flush of the log to the disk, which costs PostgreSQL more than the transaction does: none of them waits for its own, and nobody is told
 * of a commit before one flush behind the last has made all of them durable (decision 0053).
 */
export class SharedCommits {
  readonly #pool: ConnectionPool
  readonly #settings: PipelineSettings
  readonly #batches = new Batches<Waiting>(limits, (organization, batch) => this.#carryOut(organization, batch))

  constructor(pool: ConnectionPool, settings: PipelineSettings) {
    this.#pool = pool
    this.#settings = settings
  }

  /** Resolves when the transaction is durable, which is bound to the organisation before its first statement. What is not sent by the deadline throws `NoRoom`. */
  commit(organization: string, statements: readonly Statement[], deadline: number): Promise<void> {
    return new Promise((resolve, reject) => this.#batches.add(organization, { statements, deadline, resolve, reject }))
  }

  async #carryOut(organization: string, batch: readonly Waiting[]): Promise<void> {
    const deadline = Math.max(...batch.map((one) => one.deadline))
    let lease: Lease
    try {
      lease = await this.#pool.lease(organization, deadline, { isShort: true })
    } catch (error) {
      for (const { reject } of batch) reject(error)
      return
    }
    const now = performance.now()
    const inTime = batch.filter((one) => one.deadline > now)
    for (const one of batch) if (one.deadline <= now) one.reject(new NoRoom())
    try {
      const isAlone = inTime.length === 1
      const binding = (isAlone ? bindingThatWaitsForNobody : bindingThatWaitsForNothing)(organization)
      const [errors, flushed] = await this.#sendAll(
        lease,
        inTime.map(({ statements }) => [binding, ...statements]),
        !isAlone,
      )
      for (const [index, { resolve, reject }] of inTime.entries()) {
        const error = errors[index] ?? flushed
        if (error) reject(error)
        else resolve()
      }
    } catch (error) {
      // It could not even be sent: whoever waits is told, and the next batch has its turn.
      for (const { reject } of inTime) reject(error)
    } finally {
      lease.end()
    }
  }

  /** What became of each transaction, and of the flush behind them. */
  #sendAll(
    { client }: Lease,
    transactions: readonly (readonly Statement[])[],
    flushes: boolean,
  ): Promise<readonly [readonly (Error | null)[], Error | null]> {
    const { namesStatements, onStatement } = this.#settings
    return new Promise((resolve) => {
      const outcomes: (Error | null)[] = []
      const all = flushes ? [...transactions, [flush]] : transactions
      const batches = all.map((statements) => {
        if (onStatement) for (const statement of statements) onStatement(statement)
        const sent = namesStatements ? statements : statements.map((statement) => ({ ...statement, name: null }))
        return new StatementBatch(sent, (error) => {
          outcomes.push(error)
          if (outcomes.length === all.length) resolve([outcomes.slice(0, transactions.length), outcomes[transactions.length] ?? null])
        })
      })
      StatementBatch.sendAll(client, batches)
    })
  }
}
