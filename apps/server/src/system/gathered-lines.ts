import { destination } from 'pino'

/** As many characters go out at once, and no line is kept for longer. */
const lengthMin = 64_000
const keptMsMax = 1_000

/**
 * Lines for a file descriptor, written in pieces: a write for each costs as much as its request. The destination could gather them as well, and would measure all that
 * it has with every line; here a line is put behind the others and that is all. What is left at the end the destination writes then.
 */
export function gatheredLines(fd: number): { write(line: string): void } {
  const out = destination({ dest: fd, sync: false, minLength: lengthMin, maxWrite: 2 * lengthMin })
  let isOpen = true
  out.once('close', () => {
    isOpen = false
  })
  let lines = ''
  const hand = (): void => {
    if (!isOpen || lines === '') return
    out.write(lines)
    lines = ''
  }
  setInterval(() => {
    if (!isOpen || lines === '') return
    hand()
    out.flush()
  }, keptMsMax).unref()
  // Before pino's own listeners, which write what is left and end the destination.
  process.prependListener('beforeExit', hand)
  process.prependListener('exit', hand)
  return {
    write(line) {
      lines += line
      if (lines.length >= lengthMin) hand()
    },
  }
}
