import type { Instant } from '@latchkey/domain'

/** A clock that stands still until it is moved. */
export interface SettableClock {
  now(): Instant
  advance(milliseconds: number): void
}

/** `start` is by default a morning in 2026. */
export function settableClock(start: Instant = Date.UTC(2026, 0, 5, 9)): SettableClock {
  let now = start
  return {
    now: () => now,
    advance(milliseconds) {
      if (milliseconds < 0) throw new RangeError('A clock goes forward.')
      now += milliseconds
    },
  }
}
