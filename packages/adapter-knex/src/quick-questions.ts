import type { ConnectionPool, Lease } from './connection-pool.ts'
import { Pipeline, type PipelineSettings } from './pipeline.ts'
import type { Row, Statement } from './statement-batch.ts'

/** What a question was answered, and when: the database's time, where its share's binding tells it. */
export interface Answer {
  readonly rows: readonly Row[]
  readonly boundAt: Row | undefined
}

/** A read by a key, and everybody who asked it. */
interface Question {
  readonly statement: Statement
  readonly askers: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[]
}

/** Questions of one share, which are asked under one binding. */
interface Gathered {
  readonly binding: Statement | null
  questions: Question[]
  batchesUnderWay: number
}

/** So many go together at most: more would be answered by one process of PostgreSQL while the others have nothing to do. */
const batchMax = 5

/** While PostgreSQL answers some batches of a share, the next is on its way: neither waits for the other. */
const batchesMax = 2

/** Fewer wait until a batch is back that is under way: each batch costs both sides as much as a question does. */
const batchMinBesideOthers = 3

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

  /** The answer to a statement, asked in a transaction that begins with the share's binding, whose row comes with it. */
  ask(share: string, bindingOf: (share: string) => Statement | null, statement: Statement): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let gathered = this.#gathered.get(share)
      if (!gathered) {
        gathered = { binding: bindingOf(share), questions: [], batchesUnderWay: 0 }
        this.#gathered.set(share, gathered)
      }
      const { questions } = gathered
      // The same, asked by several before it is sent, is sent once: they all want to know whether one token may be used.
      const same = questions.find((question) => isSame(question.statement, statement))
      if (same) same.askers.push({ resolve, reject })
      else questions.push({ statement, askers: [{ resolve, reject }] })
      // What is asked in the same breath goes together.
      if (!same && (questions.length === 1 || questions.length === batchMinBesideOthers)) queueMicrotask(() => this.#send(share, gathered))
    })
  }

  #send(share: string, gathered: Gathered): void {
    while (
      gathered.batchesUnderWay < batchesMax &&
      gathered.questions.length >= (gathered.batchesUnderWay === 0 ? 1 : batchMinBesideOthers)
    ) {
      const batch = gathered.questions
      gathered.questions = batch.splice(batchMax)
      gathered.batchesUnderWay += 1
      void this.#answer(share, gathered.binding, batch).then(() => {
        gathered.batchesUnderWay -= 1
        this.#send(share, gathered)
      })
    }
    if (gathered.questions.length === 0 && gathered.batchesUnderWay === 0) this.#gathered.delete(share)
  }

  async #answer(share: string, binding: Statement | null, batch: readonly Question[]): Promise<void> {
    let lease: Lease
    try {
      lease = await this.#pool.lease(share, performance.now() + this.#waitMs, { isShort: true })
    } catch (error) {
      for (const { askers } of batch) for (const { reject } of askers) reject(error)
      return
    }
    const pipeline = new Pipeline(lease.client, this.#settings)
    try {
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
      if (batch.length > 1) for (const question of batch) await this.#answer(share, binding, [question])
      else for (const { reject } of batch[0]?.askers ?? []) reject(error)
    }
  }
}

function isSame(a: Statement, b: Statement): boolean {
  return a.text === b.text && a.values.length === b.values.length && a.values.every((value, index) => value === b.values[index])
}
