export type { EmbeddedPostgres } from './embedded-postgres.ts'
export { ownEmbeddedPostgres, shareEmbeddedPostgres, startThrowawayPostgres } from './embedded-postgres.ts'
export { DataFolderInUse } from './folder-lock.ts'
