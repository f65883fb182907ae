/** How many wait for one thing. Whoever comes then does not wait here. */
const waitingMax = 16

/** Work on the same thing, one after the other and in the order in which it was asked for; work on different things does not wait. */
export class Turns<Thing> {
  readonly #lines = new Map<Thing, Line>()

  /**
   * `work` in its turn, which comes whatever became of those before; or `crowded` at once, where there are too many. The next one's turn comes when the work is done, or
   * says that it does not matter any more.
   */
  async take<Answer>(thing: Thing, work: (next: () => void) => Promise<Answer>, crowded: () => Promise<Answer>): Promise<Answer> {
    const line = this.#lines.get(thing) ?? { length: 0, last: null }
    if (line.length > waitingMax) return crowded()
    this.#lines.set(thing, line)
    line.length += 1
    let next = (): void => {}
    const turn = new Promise<void>((resolve) => (next = resolve))
    const mine = line.last === null ? work(next) : line.last.then(() => work(next))
    line.last = turn
    try {
      return await mine
    } finally {
      next()
      line.length -= 1
      if (line.length === 0) this.#lines.delete(thing)
    }
  }
}

interface Line {
  /** Who is served and who waits. */
  length: number
  /** Resolves when it is the turn of whoever comes next. */
  last: Promise<void> | null
}
