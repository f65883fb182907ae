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

/** While PostgreSQL carries out some of a share, the next are on their way. */
const batchesMax = 1

/** Whoever is locked by somebody else is not waited for here, where others stand behind: they get a transaction that can wait. */
const lockTimeout = '100ms'

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

  /** Resolves when the transaction is durable. What is not sent by the deadline throws `NoRoom`. */
  commit(share: string, statements: readonly Statement[], deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let gathered = this.#gathered.get(share)
      if (!gathered) {
        gathered = { waiting: [], batchesUnderWay: 0 }
        this.#gathered.set(share, gathered)
      }
      gathered.waiting.push({ statements, deadline, resolve, reject })
      if (gathered.waiting.length === 1) queueMicrotask(() => this.#send(share, gathered))
    })
  }

  #send(share: string, gathered: Gathered): void {
    while (gathered.waiting.length > 0 && gathered.batchesUnderWay < batchesMax) {
      const batch = gathered.waiting
      gathered.waiting = batch.splice(batchMax)
      gathered.batchesUnderWay += 1
      void this.#carryOut(share, batch).then(() => {
        gathered.batchesUnderWay -= 1
        this.#send(share, gathered)
      })
    }
    if (gathered.waiting.length === 0 && gathered.batchesUnderWay === 0) this.#gathered.delete(share)
  }

  async #carryOut(share: string, batch: readonly Waiting[]): Promise<void> {
    const deadline = Math.max(...batch.map((one) => one.deadline))
    let lease: Lease
    try {
      lease = await this.#pool.lease(share, deadline, { isShort: true })
    } catch (error) {
      for (const { reject } of batch) reject(error)
      return
    }
    const now = performance.now()
    const inTime = batch.filter((one) => one.deadline > now)
    for (const one of batch) if (one.deadline <= now) one.reject(new NoRoom())
    try {
      const isAlone = inTime.length === 1
      const [errors, flushed] = await this.#sendAll(
        lease,
        inTime.map(({ statements }) => [isAlone ? waitForNobody : waitForNothing, ...statements]),
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

const waitForNobody: Statement = {
  name: 'wait-for-nobody',
  text: "select set_config('lock_timeout', $1, true)",
  values: [lockTimeout],
}

/** Neither for a lock nor for the disk. */
const waitForNothing: Statement = {
  name: 'wait-for-nothing',
  text: "select set_config('lock_timeout', $1, true), set_config('synchronous_commit', 'off', true)",
  values: [lockTimeout],
}
