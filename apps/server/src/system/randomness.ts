import { randomBytes } from 'node:crypto'
import type { Randomness } from '@latchkey/application'

const bytesOfUuid = 10
const drawnAtOnce = 400 * bytesOfUuid

/** The operating system's generator. UUIDs are version 7: a time, a counter within it, and 62 random bits (RFC 9562 §5.7 and §6.2). */
export function systemRandomness(now: () => number = Date.now): Randomness {
  let last = 0
  let counter = 0
  let drawn = Buffer.alloc(0)
  let at = 0
  /** Asking the system costs as much for one id as for hundreds. */
  const draw = (length: number): Buffer => {
    if (at + length > drawn.length) {
      drawn = randomBytes(drawnAtOnce)
      at = 0
    }
    at += length
    return drawn.subarray(at - length, at)
  }
  return {
    bytes: (length) => new Uint8Array(randomBytes(length)),
    uuid() {
      const random = draw(bytesOfUuid)
      const time = Math.max(now(), last)
      // Begins in the lower half, so that there is room to count; a full counter borrows the next millisecond.
      counter = time > last ? random.readUInt16BE(0) & 0x7ff : counter + 1
      last = counter > 0xfff ? time + 1 : time
      if (counter > 0xfff) counter = 0
      const hex = last.toString(16).padStart(12, '0')
      const tail = ((random[2]! & 0x3f) | 0x80).toString(16).padStart(2, '0') + random.toString('hex', 3)
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4, 16)}`
    },
  }
}
