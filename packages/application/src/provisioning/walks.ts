import type { Position } from '../ports/directory-store.ts'
import type { ScimCaller } from './scim-caller.ts'

/** How long somebody may take for one page. */
const rememberedMs = 10 * 60_000
const walksMax = 10_000

/**
 * Where pages by index ended, so that the next one goes on from there. An index counts from the beginning, and whoever is deleted before it moves everybody behind:
 * a client that walks a directory would miss as many as left it meanwhile. Nothing of what was read is kept, and a page that nobody's walk leads to is counted as ever.
 */
export class Walks {
  readonly #elapsedMs: () => number
  /** The longest unused first. */
  readonly #ends = new Map<string, { readonly position: Position; readonly atMs: number }>()

  /** `elapsedMs` is a clock that only goes forward. */
  constructor({ elapsedMs }: { readonly elapsedMs: () => number }) {
    this.#elapsedMs = elapsedMs
  }

  /** Where this caller's last page of the list ended that stood before this index. */
  endBefore(caller: ScimCaller, query: string, startIndex: number): Position | undefined {
    const end = this.#ends.get(keyOf(caller, query, startIndex))
    return end && this.#elapsedMs() - end.atMs < rememberedMs ? end.position : undefined
  }

  note(caller: ScimCaller, query: string, nextIndex: number, position: Position): void {
    const key = keyOf(caller, query, nextIndex)
    this.#ends.delete(key)
    this.#ends.set(key, { position, atMs: this.#elapsedMs() })
    const [oldest] = this.#ends.keys()
    if (this.#ends.size > walksMax && oldest !== undefined) this.#ends.delete(oldest)
  }
}

const keyOf = ({ organization, token }: ScimCaller, query: string, startIndex: number): string =>
  JSON.stringify([organization.id, token, query, startIndex])
