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

interface Gathered {
  waiting: Waiting[]
  batchesUnderWay: number
}

/** So many transactions go together at most: the first of them waits for the last. */
const batchMax = 8

/** While PostgreSQL carries out some of an organisation, its next are gathered. */
const batchesMax = 1

/**
 * Transactions of many requests, one behind the other on one connection. Each is a transaction of its own: bound to its organisation by itself, committed or failed by itself.
 * What they share is the flush of the log to the disk, which costs PostgreSQL more than the transaction does: none of them waits for its own, and nobody is told
 * of a commit before one flush behind the last has made all of them durable (decision 0053).
 */
export class SharedCommits {
  readonly #pool: ConnectionPool
  readonly #settings: PipelineSettings
  readonly #gathered = new Map<string, Gathered>()

  constructor(pool: ConnectionPool, settings: PipelineSettings) {
    this.#pool = pool
    this.#settings = settings
  }

  /** Resolves when the transaction is durable, which is bound to the organisation before its first statement. What is not sent by the deadline throws `NoRoom`. */
  commit(organization: string, statements: readonly Statement[], deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let gathered = this.#gathered.get(organization)
      if (!gathered) {
        gathered = { waiting: [], batchesUnderWay: 0 }
        this.#gathered.set(organization, gathered)
      }
      gathered.waiting.push({ statements, deadline, resolve, reject })
      if (gathered.waiting.length === 1) queueMicrotask(() => this.#send(organization, gathered))
    })
  }

  #send(organization: string, gathered: Gathered): void {
    while (gathered.waiting.length > 0 && gathered.batchesUnderWay < batchesMax) {
      const batch = gathered.waiting
      gathered.waiting = batch.splice(batchMax)
      gathered.batchesUnderWay += 1
      void this.#carryOut(organization, batch).then(() => {
        gathered.batchesUnderWay -= 1
        this.#send(organization, gathered)
      })
    }
    if (gathered.waiting.length === 0 && gathered.batchesUnderWay === 0) this.#gathered.delete(organization)
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
