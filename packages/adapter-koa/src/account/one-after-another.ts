import type { Log } from '../log.ts'
import { describeError } from '../middleware/render-errors.ts'

/** More than so many wait for nobody. */
const waitingMax = 20

/** Work that nobody waits for, one piece at a time, so that a flood of it takes nothing from anybody else. Answers false where there is no room. */
export function oneAfterAnother(log: Log): (work: () => Promise<void>) => boolean {
  let waiting = 0
  let last = Promise.resolve()
  return (work) => {
    if (waiting === waitingMax) return false
    waiting += 1
    last = last
      .then(work)
      .catch((error: unknown) => log.error({ error: describeError(error) }, 'work after an answer failed'))
      .finally(() => {
        waiting -= 1
      })
    return true
  }
}
