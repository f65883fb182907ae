/** Of how many that were asked for again a map has room beside those that were not. */
const shareAgain = 3 / 4

/**
 * A map of at most so many, which lets go of what was longest not asked for: first of what nobody asked for again, so that a hundred thousand who pass by once do not push
 * out those who are asked for every day (a segmented LRU).
 */
export class LastOnes<Key, Value> {
  readonly #max: number
  readonly #againMax: number
  /** The longest not asked for come first. */
  readonly #once = new Map<Key, Value>()
  readonly #again = new Map<Key, Value>()

  constructor(max: number) {
    this.#max = max
    this.#againMax = Math.floor(max * shareAgain)
  }

  get(key: Key): Value | undefined {
    const value = this.#again.get(key) ?? this.#once.get(key)
    if (value === undefined) return undefined
    this.delete(key)
    this.#again.set(key, value)
    if (this.#again.size > this.#againMax) moveFirst(this.#again, this.#once)
    return value
  }

  set(key: Key, value: Value): void {
    if (this.#again.delete(key)) this.#again.set(key, value)
    else {
      this.#once.delete(key)
      this.#once.set(key, value)
    }
    if (this.#once.size + this.#again.size > this.#max) moveFirst(this.#once)
  }

  delete(key: Key): void {
    this.#once.delete(key)
    this.#again.delete(key)
  }
}

/** From one map to the end of another, or away. */
function moveFirst<Key, Value>(from: Map<Key, Value>, to?: Map<Key, Value>): void {
  const [first] = from
  if (first === undefined) return
  from.delete(first[0])
  to?.set(...first)
}
