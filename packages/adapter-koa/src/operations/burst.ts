/** How many are told at once, and how long one waits for others. */
const itemsMax = 64
const waitMsMax = 50

/**
 * Tells many in one go what nobody waits for. The code that tells one between two requests finds the processor's caches full of something else and takes some five times
 * as long (decision 0054).
 */
export class Burst<Item> {
  readonly #tell: (item: Item) => void
  #waiting: Item[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(tell: (item: Item) => void) {
    this.#tell = tell
  }

  add(item: Item): void {
    this.#waiting.push(item)
    if (this.#waiting.length >= itemsMax) this.tellAll()
    // Keeps the process alive until everything is told.
    else this.#timer ??= setTimeout(() => this.tellAll(), waitMsMax)
  }

  tellAll(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const waiting = this.#waiting
    this.#waiting = []
    for (const item of waiting) this.#tell(item)
  }
}
