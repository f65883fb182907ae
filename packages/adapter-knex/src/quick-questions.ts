import type { ConnectionPool, Lease } from './connection-pool.ts'
import { Pipeline, type PipelineSettings } from './pipeline.ts'
import type { Row, Statement } from './statement-batch.ts'

/** A read by a key, and everybody who asked it. */
interface Question {
  readonly statement: Statement
  readonly askers: { readonly resolve: (rows: readonly Row[]) => void; readonly reject: (error: unknown) => void }[]
}

/** Questions of one share, which are asked under one binding. */
interface Gathered {
  readonly binding: Statement | null
  /** By what they ask: the same, asked twice before it is sent, is sent once. */
  questions: Map<string, Question>
  batchesUnderWay: number
}

/** So many go together at most, so that none waits long for the others. */
const batchMax = 16

/** While PostgreSQL answers one batch of a share, the next is on its way: neither waits for the other. */
const batchesMax = 2

/**
 * Questions that an index answers at once, of many requests, in few batches for each share. While batches are under way, the questions that come are gathered, and
 * go out together when one is back: under load a question costs a fraction of a round trip, and alone it costs one (decision 0040). Nothing is kept: each is
 * asked of the database after it was put.
 */
export class QuickQuestions {
  readonly #pool: ConnectionPool
  readonly #settings: PipelineSettings
  readonly #waitMs: number
  readonly #gathered = new Map<string, Gathered>()

  constructor(pool: ConnectionPool, settings: PipelineSettings, waitMs: number) {
    this.#pool = pool
    this.#settings = settings
    this.#waitMs = waitMs
  }

  /** The rows of a statement, asked in a transaction that begins with the binding. A share always has the same one. */
  ask(share: string, binding: Statement | null, statement: Statement): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      let gathered = this.#gathered.get(share)
      if (!gathered) {
        gathered = { binding, questions: new Map(), batchesUnderWay: 0 }
        this.#gathered.set(share, gathered)
      }
      const key = JSON.stringify([statement.name ?? statement.text, statement.values])
      const same = gathered.questions.get(key)
      if (same) same.askers.push({ resolve, reject })
      else gathered.questions.set(key, { statement, askers: [{ resolve, reject }] })
      // What is asked in the same breath goes together.
      if (gathered.questions.size === 1 && !same) setImmediate(() => this.#send(share, gathered))
    })
  }

  #send(share: string, gathered: Gathered): void {
    while (gathered.questions.size > 0 && gathered.batchesUnderWay < batchesMax) {
      const questions = [...gathered.questions.values()]
      const batch = questions.slice(0, batchMax)
      gathered.questions = new Map([...gathered.questions].slice(batchMax))
      gathered.batchesUnderWay += 1
      void this.#answer(share, gathered.binding, batch).then(() => {
        gathered.batchesUnderWay -= 1
        this.#send(share, gathered)
      })
    }
    if (gathered.questions.size === 0 && gathered.batchesUnderWay === 0) this.#gathered.delete(share)
  }

  async #answer(share: string, binding: Statement | null, batch: readonly Question[]): Promise<void> {
    let lease: Lease
    try {
      lease = await this.#pool.lease(share, performance.now() + this.#waitMs)
    } catch (error) {
      for (const { askers } of batch) for (const { reject } of askers) reject(error)
      return
    }
    const pipeline = new Pipeline(lease.client, this.#settings)
    if (binding) pipeline.defer(binding)
    try {
      const answers = await Promise.all(batch.map(({ statement }) => pipeline.send(statement)))
      lease.end()
      for (const [index, { askers }] of batch.entries()) for (const { resolve } of askers) resolve(answers[index] ?? [])
    } catch (error) {
      lease.end()
      // One that fails takes the others of its batch with it, through no fault of theirs: then each is asked by itself.
      if (batch.length > 1) for (const question of batch) await this.#answer(share, binding, [question])
      else for (const { reject } of batch[0]?.askers ?? []) reject(error)
    }
  }
}
