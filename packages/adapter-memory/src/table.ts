/** Rows by key, in the order in which their keys came. A fork shares the rows of its origin until one of the two is written. */
export class Table<Key, Row> {
  #rows: Map<Key, Row>
  #isShared: boolean

  constructor(rows: Map<Key, Row> = new Map()) {
    this.#rows = rows
    this.#isShared = false
  }

  /** As this table is now, and from here on a table of its own. */
  fork(): Table<Key, Row> {
    this.#isShared = true
    const fork = new Table(this.#rows)
    fork.#isShared = true
    return fork
  }

  get(key: Key): Row | undefined {
    return this.#rows.get(key)
  }

  get size(): number {
    return this.#rows.size
  }

  values(): readonly Row[] {
    return [...this.#rows.values()]
  }

  entries(): readonly (readonly [Key, Row])[] {
    return [...this.#rows]
  }

  set(key: Key, row: Row): void {
    this.#own().set(key, row)
  }

  delete(key: Key): void {
    if (this.#rows.has(key)) this.#own().delete(key)
  }

  #own(): Map<Key, Row> {
    if (this.#isShared) this.#rows = new Map(this.#rows)
    this.#isShared = false
    return this.#rows
  }
}
