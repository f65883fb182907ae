import type { Randomness } from '@latchkey/application'

/** The same ids and bytes in every run, and others for every seed: nothing here is secret. Ids are UUIDs whose order follows their making. */
export function sequentialRandomness(seed = 1): Randomness {
  let state = seed >>> 0
  let made = 0
  // Mulberry32: 32 bits at a time, evenly spread.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
    uuid() {
      made += 1
      const time = made.toString(16).padStart(12, '0')
      const tail = next().toString(16).padStart(8, '0') + next().toString(16).padStart(8, '0')
      return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(4)}`
    },
  }
}
