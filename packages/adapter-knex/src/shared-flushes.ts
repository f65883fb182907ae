import type { ConnectionPool } from './connection-pool.ts'
import { Pipeline, type PipelineSettings } from './pipeline.ts'
import { SharedAnswers } from './shared-answers.ts'
import { statementOf } from './statement.ts'

/** A transaction that writes nothing but a record to the log, so that its commit flushes the log up to there: what was committed before it is durable then. */
const flush = statementOf('flush', "select pg_logical_emit_message(true, 'latchkey', '')", [])

/**
 * One flush of the log to the disk for all who committed before it began. It costs PostgreSQL more than most transactions do, and a transaction that does not wait for
 * its own gives its connection back the sooner (decision 0053). One alone flushes by itself, which saves it a trip.
 */
export class SharedFlushes {
  readonly #pool: ConnectionPool
  readonly #settings: PipelineSettings
  readonly #waitMs: number
  readonly #flushes = new SharedAnswers<void>()
  #writing = 0

  constructor(pool: ConnectionPool, settings: PipelineSettings, waitMs: number) {
    this.#pool = pool
    this.#settings = settings
    this.#waitMs = waitMs
  }

  /** Runs what writes. It is told whether others do so too, when it asks. */
  async among<Answer>(work: (hasOthers: () => boolean) => Promise<Answer>): Promise<Answer> {
    this.#writing += 1
    try {
      return await work(() => this.#writing > 1)
    } finally {
      this.#writing -= 1
    }
  }

  /** Resolves when everything is durable that was committed before the call. */
  flush(): Promise<void> {
    return this.#flushes.ask('flush', async () => {
      const lease = await this.#pool.lease('flush', performance.now() + this.#waitMs, { isShort: true })
      try {
        await new Pipeline(lease.client, this.#settings).send(flush)
      } finally {
        lease.end()
      }
    })
  }
}
