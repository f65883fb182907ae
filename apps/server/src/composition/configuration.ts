import type { Logger } from 'pino'

/** What is known once the database runs and the port is taken: everything the container is built from. */
export interface Configuration {
  readonly databaseUrl: string
  readonly poolMax: number
  readonly publicUrl: string
  readonly secretKey: string
  readonly mail: { readonly smtpUrl: string } | { readonly folder: string }
  readonly mailFrom: string
  /** The licence from the settings, as its vendor signed it. */
  readonly licence: string | null
  readonly licencePublicKey: string | undefined
  readonly log: Logger
}
