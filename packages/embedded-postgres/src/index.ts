export { DataFolderInUse, EmbeddedPostgresError } from './embedded-postgres-error.ts'
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, ownEmbeddedPostgres, shareEmbeddedPostgres } from './own-or-share.ts'
export { type ThrowawayPostgres, startThrowawayPostgres } from './throwaway.ts'
