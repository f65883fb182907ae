import { Batches } from './batches.ts'
import type { ConnectionPool, Lease } from './connection-pool.ts'
import { Pipeline, type PipelineSettings } from './pipeline.ts'
import type { Row } from './statement-batch.ts'
import { type Statement, isSame } from './statement.ts'

/** What a question was answered, and when: the database's time, where its share's binding tells it. */
export interface Answer {
  readonly rows: readonly Row[]
  readonly boundAt: Row | undefined
}

/** A read by a key, the binding under which it is asked, and everybody who asked it. */
interface Question {
  readonly statement: Statement
  readonly bindingOf: BindingOf
  readonly askers: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[]
}

type BindingOf = (share: string) => Statement | null

/**
 * More than five together would be answered by one process of PostgreSQL while the others have nothing to do. Of two batches neither waits for the other; but each
 * costs both sides as much as a question does, so the second goes when it is worth one.
 */
const limits = { batchMax: 5, underWayMax: 2, besideOthersMin: 2 }

/**
 * Questions that an index answers at once, of many requests, in few batches for each share: under load a question costs a fraction of a round trip, and alone it
 * costs one (decision 0040). Nothing is kept: each is asked of the database after it was put.
 */
export class QuickQuestions {
  readonly #pool: ConnectionPool
  readonly #settings: PipelineSettings
  readonly #waitMs: number
  readonly #batches = new Batches<Question>(limits, (share, batch) => this.#answer(share, batch))

  constructor(pool: ConnectionPool, settings: PipelineSettings, waitMs: number) {
    this.#pool = pool
    this.#settings = settings
    this.#waitMs = waitMs
  }

  /** The answer to a statement, asked in a transaction that begins with the share's binding, whose row comes with it. A share has one binding. */
  ask(share: string, bindingOf: BindingOf, statement: Statement): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // The same, asked by several before it is sent, is sent once: they all want to know whether one token may be used.
      const same = this.#batches.waiting(share).find((question) => isSame(question.statement, statement))
      if (same) same.askers.push({ resolve, reject })
      else this.#batches.add(share, { statement, bindingOf, askers: [{ resolve, reject }] })
    })
  }

  async #answer(share: string, batch: readonly Question[]): Promise<void> {
    let lease: Lease
    try {
      lease = await this.#pool.lease(share, performance.now() + this.#waitMs, { isShort: true })
    } catch (error) {
      for (const { askers } of batch) for (const { reject } of askers) reject(error)
      return
    }
    const pipeline = new Pipeline(lease.client, this.#settings)
    try {
      const binding = batch[0]?.bindingOf(share)
      const bound = binding ? pipeline.send(binding) : undefined
      const answers = await Promise.all(batch.map(({ statement }) => pipeline.send(statement)))
      const boundAt = (await bound)?.[0]
      lease.end()
      for (const [index, { askers }] of batch.entries()) {
        const answer = { rows: answers[index] ?? [], boundAt }
        for (const { resolve } of askers) resolve(answer)
      }
    } catch (error) {
      lease.end()
      // One that fails takes the others of its batch with it, through no fault of theirs: then each is asked by itself.
      if (batch.length > 1) for (const question of batch) await this.#answer(share, [question])
      else for (const { reject } of batch[0]?.askers ?? []) reject(error)
    }
  }
}
