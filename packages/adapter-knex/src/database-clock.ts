import type { Instant } from '@latchkey/domain'

/** For how long what was told is gone by. A clock that somebody sets in between is as wrong as it is for whoever asked just before. */
const ageMsMax = 60_000

/** What time it is for the database, by when it last said so. */
export class DatabaseClock {
  #told: { readonly time: Instant; readonly at: number } | null = null

  tell(time: Instant): void {
    this.#told = { time, at: performance.now() }
  }

  /** In whole milliseconds; undefined where it was not told for long. It is behind by what a round trip takes. */
  get now(): Instant | undefined {
    if (!this.#told) return undefined
    const passed = performance.now() - this.#told.at
    return passed < ageMsMax ? this.#told.time + Math.floor(passed) : undefined
  }
}
