import type { ConnectionPool } from './connection-pool.ts'
import { Pipeline, type PipelineSettings } from './pipeline.ts'
import type { Row, Statement } from './statement-batch.ts'

/** A read by a key: the statements that bind it and the one that asks. */
interface Question {
  readonly statements: readonly Statement[]
  readonly resolve: (rows: readonly Row[]) => void
  readonly reject: (error: unknown) => void
}

/** So many go together at most, so that none waits long for the others. */
const batchMax = 16

/**
 * Questions that an index answers at once, of many requests, over one connection for each share. While one batch is under way, the questions that come are
 * gathered, and go out together when it is back: under load a question costs a fraction of a round trip, and alone it costs one (decision 0040). Nothing
 * is kept: each is asked of the database after it was put.
 */
export class QuickQuestions {
  readonly #pool: ConnectionPool
  readonly #settings: PipelineSettings
  readonly #waitMs: number
  readonly #gathered = new Map<string, Question[]>()

  constructor(pool: ConnectionPool, settings: PipelineSettings, waitMs: number) {
    this.#pool = pool
    this.#settings = settings
    this.#waitMs = waitMs
  }

  /** The rows of the last of these statements, which stand or fall together. */
  ask(share: string, statements: readonly Statement[]): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      const question = { statements, resolve, reject }
      const gathered = this.#gathered.get(share)
      if (gathered) {
        gathered.push(question)
        return
      }
      this.#gathered.set(share, [question])
      void this.#answerAll(share)
    })
  }

  async #answerAll(share: string): Promise<void> {
    for (;;) {
      const batch = this.#gathered.get(share)?.splice(0, batchMax) ?? []
      if (batch.length === 0) break
      await this.#answer(share, batch)
    }
    this.#gathered.delete(share)
  }

  /** One that fails takes the others of its batch with it, through no fault of theirs: then each is asked by itself. */
  async #answer(share: string, batch: readonly Question[]): Promise<void> {
    try {
      const lease = await this.#pool.lease(share, performance.now() + this.#waitMs)
      try {
        const pipeline = new Pipeline(lease.client, this.#settings)
        const answers = await Promise.all(batch.map(({ statements }) => answerOf(pipeline, statements)))
        for (const [index, { resolve }] of batch.entries()) resolve(answers[index] ?? [])
      } finally {
        lease.end()
      }
    } catch (error) {
      const [only, ...others] = batch
      if (others.length === 0) only?.reject(error)
      else for (const question of batch) await this.#answer(share, [question])
    }
  }
}

function answerOf(pipeline: Pipeline, statements: readonly Statement[]): Promise<readonly Row[]> {
  for (const statement of statements.slice(0, -1)) pipeline.defer(statement)
  return pipeline.send(statements.at(-1)!)
}
