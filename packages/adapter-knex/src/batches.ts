interface Gathered<Item> {
  waiting: Item[]
  underWay: number
}

export interface BatchLimits {
  /** How many go together at most. So many do not wait for more. */
  readonly batchMax: number
  /** How many batches of one share are under way at most. */
  readonly underWayMax: number
  /** How many it takes to go beside a batch that is under way; fewer wait until it is back (default: 1). */
  readonly besideOthersMin?: number
}

/** Carries out a batch and tells everybody in it what became of it; never throws. What has gathered meanwhile (`next`) it may carry out in place of that batch, and go on like that. */
type CarryOut<Item> = (share: string, batch: readonly Item[], next: () => readonly Item[]) => Promise<void>

/** What many requests want of the database, in few batches for each share. While batches are under way, what comes is gathered, and goes out together. */
export class Batches<Item> {
  readonly #limits: Required<BatchLimits>
  readonly #carryOut: CarryOut<Item>
  readonly #gathered = new Map<string, Gathered<Item>>()

  constructor(limits: BatchLimits, carryOut: CarryOut<Item>) {
    this.#limits = { besideOthersMin: 1, ...limits }
    this.#carryOut = carryOut
  }

  /** What was added and has not gone yet. */
  waiting(share: string): readonly Item[] {
    return this.#gathered.get(share)?.waiting ?? []
  }

  add(share: string, item: Item): void {
    const gathered = this.#gathered.get(share) ?? { waiting: [], underWay: 0 }
    this.#gathered.set(share, gathered)
    const length = gathered.waiting.push(item)
    const { batchMax, besideOthersMin } = this.#limits
    if (length >= batchMax) this.#send(share, gathered)
    // What the requests want that were read in the same turn of the event loop goes together: each is read, and has its microtasks run, before the next one is.
    else if (length === 1 || length === besideOthersMin) setImmediate(() => this.#send(share, gathered))
  }

  #send(share: string, gathered: Gathered<Item>): void {
    const { underWayMax, besideOthersMin } = this.#limits
    while (gathered.underWay < underWayMax && gathered.waiting.length >= (gathered.underWay === 0 ? 1 : besideOthersMin)) {
      gathered.underWay += 1
      void this.#carryOut(share, this.#take(gathered), () => this.#take(gathered)).then(() => {
        gathered.underWay -= 1
        this.#send(share, gathered)
      })
    }
    // What was sent before its turn ended may be over by then, and others have gathered.
    const isOver = gathered.waiting.length === 0 && gathered.underWay === 0
    if (isOver && this.#gathered.get(share) === gathered) this.#gathered.delete(share)
  }

  #take(gathered: Gathered<Item>): readonly Item[] {
    const batch = gathered.waiting
    gathered.waiting = batch.splice(this.#limits.batchMax)
    return batch
  }
}
