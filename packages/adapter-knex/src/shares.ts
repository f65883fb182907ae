/** There was no room in time: nothing was begun. */
export class NoRoom extends Error {
  constructor() {
    super('No database connection became free in time.')
    this.name = 'NoRoom'
  }
}

interface Waiting {
  readonly isShort: boolean
  readonly enter: () => void
}

/**
 * Who may use a connection next (LIM-1). Those who wait take turns by share, so that however many requests one organisation sends, another waits for one
 * turn; and no share holds so many that there is none left for another, however slow its statements are. Only what is short may take the last.
 */
export class Shares {
  readonly #shareMax: number
  #free: number
  readonly #held = new Map<string, number>()
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Waiting[]>()

  constructor(places: number) {
    this.#free = places
    this.#shareMax = Math.max(1, Math.ceil(places * 0.75))
  }

  get waiting(): number {
    let count = 0
    for (const { length } of this.#waiting.values()) count += length
    return count
  }

  /** Resolves when there is a place for this share; `leave` gives it back. `isShort` is what one round trip ends. Throws `NoRoom` after `waitMs`. */
  async enter(share: string, waitMs: number, { isShort = false }: { readonly isShort?: boolean } = {}): Promise<void> {
    if (this.#free > 0 && (isShort || this.#heldBy(share) < this.#shareMax) && !this.#waiting.has(share)) {
      this.#take(share)
      return
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#forget(share, waiting)
        reject(new NoRoom())
      }, waitMs)
      const waiting: Waiting = {
        isShort,
        enter: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      const queue = this.#waiting.get(share)
      if (queue) queue.push(waiting)
      else this.#waiting.set(share, [waiting])
    })
  }

  leave(share: string): void {
    this.#free += 1
    const held = this.#heldBy(share) - 1
    if (held === 0) this.#held.delete(share)
    else this.#held.set(share, held)
    this.#admit()
  }

  #admit(): void {
    for (const [share, queue] of this.#waiting) {
      if (this.#free === 0) return
      const [next] = queue
      if (!next || (!next.isShort && this.#heldBy(share) >= this.#shareMax)) continue
      queue.shift()
      // To the end of the round.
      this.#waiting.delete(share)
      if (queue.length > 0) this.#waiting.set(share, queue)
      this.#take(share)
      next.enter()
    }
  }

  #take(share: string): void {
    this.#free -= 1
    this.#held.set(share, this.#heldBy(share) + 1)
  }

  #forget(share: string, waiting: Waiting): void {
    const rest = (this.#waiting.get(share) ?? []).filter((other) => other !== waiting)
    if (rest.length > 0) this.#waiting.set(share, rest)
    else this.#waiting.delete(share)
  }

  #heldBy(share: string): number {
    return this.#held.get(share) ?? 0
  }
}
