/** One thing that can be wrong with a connection, in plain words. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}
