/** What kept the embedded PostgreSQL from serving, as one line for the person at the terminal: what is wrong, and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError'
}

/** Another process has the data folder, and waiting for it would not help or did not. */
export class DataFolderInUse extends EmbeddedPostgresError {
  override readonly name: string = 'DataFolderInUse'
}
