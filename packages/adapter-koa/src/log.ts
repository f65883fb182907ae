/** Where structured lines go. Fields are named one by one where they are logged: no bodies, no headers, no addresses with queries (AUD-3). */
export interface Log {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}
