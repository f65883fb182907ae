/** A map of at most so many, which lets go of what was longest not asked for. */
export class LastOnes<Key, Value> {
  readonly #max: number
  readonly #all = new Map<Key, Value>()

  constructor(max: number) {
    this.#max = max
  }

  get(key: Key): Value | undefined {
    const value = this.#all.get(key)
    if (value === undefined) return undefined
    this.#all.delete(key)
    this.#all.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    this.#all.delete(key)
    this.#all.set(key, value)
    const [longestAgo] = this.#all.keys()
    if (this.#all.size > this.#max && longestAgo !== undefined) this.#all.delete(longestAgo)
  }

  delete(key: Key): void {
    this.#all.delete(key)
  }
}
