import type { FailedRequest, NoteActivity, RequestCount } from '@latchkey/application'
import { type OrganizationId, type ScimTokenId, hourMs } from '@latchkey/domain'
import type { Log } from '../log.ts'

interface Pending {
  readonly failed: FailedRequest[]
  /** Of each token by the hour, the latest last. */
  readonly counts: Map<ScimTokenId, Count[]>
}

type Count = { -readonly [Part in keyof RequestCount]: RequestCount[Part] }

/** Failures of one organisation that are kept between two writings; more are only counted. */
const failedMax = 500

/** Gathers what is told of requests and writes it once in a while: no request waits for it, and a crash loses a second of failures and counts. */
export class ActivityBuffer {
  readonly #note: NoteActivity
  readonly #log: Log
  readonly #timer: NodeJS.Timeout
  #pending = new Map<OrganizationId, Pending>()
  #writing: Promise<void> = Promise.resolve()

  constructor({ note, log, everyMs = 1_000 }: { readonly note: NoteActivity; readonly log: Log; readonly everyMs?: number }) {
    this.#note = note
    this.#log = log
    this.#timer = setInterval(() => void this.flush(), everyMs)
    this.#timer.unref()
  }

  /** One more request of its kind. */
  count(organization: OrganizationId, token: ScimTokenId, kind: 'reads' | 'writes' | 'failures', durationMs: number): void {
    const lastAt = Date.now()
    const hour = lastAt - (lastAt % hourMs)
    const { counts } = this.#of(organization)
    const hours = counts.get(token) ?? []
    let count = hours.at(-1)
    if (count?.hour !== hour) {
      count = { token, hour, reads: 0, writes: 0, failures: 0, slowestMs: 0, lastAt }
      counts.set(token, [...hours, count])
    }
    count[kind] += 1
    count.slowestMs = Math.max(count.slowestMs, durationMs)
    count.lastAt = lastAt
  }

  fail(organization: OrganizationId, request: FailedRequest): void {
    const { failed } = this.#of(organization)
    if (failed.length < failedMax) failed.push(request)
  }

  /** Writes what was gathered. What cannot be written is lost, and the log says so. */
  flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = new Map()
    if (pending.size > 0) this.#writing = this.#writing.then(() => this.#write(pending))
    return this.#writing
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  async #write(pending: ReadonlyMap<OrganizationId, Pending>): Promise<void> {
    for (const [organization, { failed, counts }] of pending) {
      try {
        await this.#note.execute(organization, failed, [...counts.values()].flat())
      } catch (error) {
        this.#log.error(
          { organization, failed: failed.length, error: { name: error instanceof Error ? error.name : typeof error } },
          'activity could not be noted',
        )
      }
    }
  }

  #of(organization: OrganizationId): Pending {
    const found = this.#pending.get(organization)
    if (found) return found
    const pending: Pending = { failed: [], counts: new Map() }
    this.#pending.set(organization, pending)
    return pending
  }
}
