/** How many wait for one thing. Whoever comes then does not wait here. */
const waitingMax = 16

/** Work on the same thing, one after the other and in the order in which it was asked for; work on different things does not wait. */
export class Turns<Thing> {
  readonly #lines = new Map<Thing, Line>()

  /** `work` in its turn, which comes whatever became of those before; or `crowded` at once, where there are too many. */
  async take<Answer>(thing: Thing, work: () => Promise<Answer>, crowded: () => Promise<Answer>): Promise<Answer> {
    const line = this.#lines.get(thing) ?? { length: 0, last: null }
    if (line.length > waitingMax) return crowded()
    this.#lines.set(thing, line)
    line.length += 1
    const mine = line.last === null ? work() : line.last.then(work)
    line.last = mine.then(ignore, ignore)
    try {
      return await mine
    } finally {
      line.length -= 1
      if (line.length === 0) this.#lines.delete(thing)
    }
  }
}

interface Line {
  /** Who is served and who waits. */
  length: number
  /** Resolves when the last of them is done. */
  last: Promise<void> | null
}

const ignore = (): void => {}
