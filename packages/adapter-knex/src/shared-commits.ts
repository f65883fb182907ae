import { Batches } from './batches.ts'
import { bindingThatWaitsForNobody, revisionIn, timeIn } from './bindings.ts'
import type { ConnectionPool, Lease } from './connection-pool.ts'
import type { DatabaseClock } from './database-clock.ts'
import { endsSession } from './ended-session.ts'
import { gathered } from './gathered-transactions.ts'
import type { PipelineSettings } from './pipeline.ts'
import { NoRoom } from './shares.ts'
import { NotSent, type Row, StatementBatch, type StatementResult } from './statement-batch.ts'
import { type Statement, unnamed } from './statement.ts'

/** One transaction that is all there before it begins, and somebody who waits for its commit. */
interface Waiting {
  readonly statements: readonly Statement[]
  /** Of `performance.now()`. */
  readonly deadline: number
  readonly resolve: (committed: Committed) => void
  readonly reject: (error: unknown) => void
}

/** What a transaction told. */
export interface Committed {
  /** `xmin` of every row that it wrote. */
  readonly revision: string
  /** What a statement was answered that is no insert of rows. */
  rowsOf(statement: Statement): readonly Row[]
}

/** A batch of which it is known what became of it. */
interface Done {
  /** Whether its connection can be used for more. */
  readonly isSound: boolean
  /** Tells everybody. */
  readonly tell: () => void
}

interface Outcome {
  readonly error: Error | null
  /** Of the binding, and of the statements behind it. */
  readonly results: readonly StatementResult[]
  readonly statements: readonly Statement[]
}

/**
 * The first of a batch waits for the last, so that large ones leave the database with nothing to do while they are put together, and this process while they are
 * carried out. With more than one batch under way the flushes would be more, and nobody would be faster.
 */
const limits = { batchMax: 4, underWayMax: 1 }

/**
 * Transactions of many requests of one organisation, in one trip and as one: what a transaction costs beside what it writes, the flush of the log to the disk above all,
 * they pay once (decision 0057). Where PostgreSQL refuses any of them, none was kept, and each is sent again as a transaction of its own: so each is committed or refused for what it is itself.
 */
export class SharedCommits {
  readonly #pool: ConnectionPool
  readonly #settings: PipelineSettings
  readonly #clock: DatabaseClock
  readonly #batches = new Batches<Waiting>(limits, (organization, batch, next) => this.#carryOut(organization, batch, next))

  constructor(pool: ConnectionPool, settings: PipelineSettings, clock: DatabaseClock) {
    this.#pool = pool
    this.#settings = settings
    this.#clock = clock
  }

  /** Resolves when the transaction is durable, which is bound to the organisation before its first statement. What is not sent by the deadline throws `NoRoom`. */
  commit(organization: string, statements: readonly Statement[], deadline: number): Promise<Committed> {
    return new Promise((resolve, reject) => this.#batches.add(organization, { statements, deadline, resolve, reject }))
  }

  /** What has gathered by the time that a batch is answered goes out before anybody is told: so PostgreSQL has something to do while the answers are written. */
  async #carryOut(organization: string, first: readonly Waiting[], next: () => readonly Waiting[]): Promise<void> {
    let lease: Lease
    try {
      lease = await this.#pool.lease(organization, lastDeadline(first), { isShort: true })
    } catch (error) {
      for (const { reject } of first) reject(error)
      return
    }
    let batch = first
    let underWay = this.#sendTogether(lease, organization, batch)
    while (batch.length > 0) {
      const { isSound, tell } = await underWay
      batch = isSound && !this.#pool.isAwaited ? next() : []
      if (batch.length > 0) {
        lease.keepUntil(lastDeadline(batch))
        underWay = this.#sendTogether(lease, organization, batch)
      } else {
        lease.end()
      }
      tell()
    }
  }

  /** Never throws. */
  async #sendTogether(lease: Lease, organization: string, batch: readonly Waiting[]): Promise<Done> {
    const now = performance.now()
    const inTime = batch.filter(({ deadline }) => deadline > now)
    const late = batch.filter(({ deadline }) => deadline <= now)
    for (const { reject } of late) reject(new NoRoom())
    if (inTime.length === 0) return { isSound: true, tell: () => {} }
    try {
      const transactions = inTime.map(({ statements }) => statements)
      const [together] = await this.#send(lease, organization, [gathered(transactions)])
      const { error = null } = together ?? {}
      const outcomes =
        error && inTime.length > 1 && isRolledBack(error) ? await this.#send(lease, organization, transactions) : inTime.map(() => together)
      const tells = inTime.map(({ resolve, reject }, index) => {
        const outcome = outcomes[index]
        if (!outcome || outcome.error) return () => reject(outcome?.error)
        const answer = committed(outcome)
        return () => resolve(answer)
      })
      const isSound = outcomes.every((outcome) => !outcome?.error || isRolledBack(outcome.error))
      const tell = () => {
        for (const tellOne of tells) tellOne()
      }
      return { isSound, tell }
    } catch (error) {
      // A bug of ours: whoever waits is told all the same, and the next batch has its turn.
      const tell = () => {
        for (const { reject } of inTime) reject(error)
      }
      return { isSound: false, tell }
    }
  }

  /** What became of each transaction. */
  #send({ client }: Lease, organization: string, transactions: readonly (readonly Statement[])[]): Promise<readonly Outcome[]> {
    const { namesStatements, onStatement } = this.#settings
    return new Promise((resolve) => {
      const outcomes: Outcome[] = []
      const end = (error: Error | null, results: readonly StatementResult[]) => {
        const [bound] = results
        if (bound) this.#clock.tell(timeIn(bound.rows[0]))
        outcomes.push({ error, results, statements: transactions[outcomes.length] ?? [] })
        if (outcomes.length === transactions.length) resolve(outcomes)
      }
      const batches = transactions.map((transaction) => {
        const statements = [bindingThatWaitsForNobody(organization), ...transaction]
        if (onStatement) for (const statement of statements) onStatement(statement)
        return new StatementBatch(namesStatements ? statements : statements.map(unnamed), end)
      })
      StatementBatch.sendAll(client, batches)
    })
  }
}

function lastDeadline(batch: readonly Waiting[]): number {
  return Math.max(...batch.map(({ deadline }) => deadline))
}

function committed({ results: [bound, ...results], statements }: Outcome): Committed {
  return {
    revision: revisionIn(bound?.rows[0]),
    rowsOf: (statement) => results[statements.indexOf(statement)]?.rows ?? [],
  }
}

/** Whether it is sure that nothing of a transaction was kept. What became of one whose connection broke, nobody knows. */
function isRolledBack(error: Error): boolean {
  return error instanceof NotSent || !endsSession(error)
}
