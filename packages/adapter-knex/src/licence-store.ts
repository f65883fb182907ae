import type { LicenceStore } from '@latchkey/application'
import { type Database, run, unbound } from './database.ts'

export function knexLicenceStore(database: Database): LicenceStore {
  const connection = unbound(database)
  return {
    async facts() {
      type Row = { readonly created_at: Date; readonly licence: string | null; readonly now: Date }
      const [row] = await run<Row>(connection, 'licence-facts', 'select created_at, licence, clock_timestamp() as now from deployment', [])
      if (!row) throw new Error('The database has lost when it was created.')
      return { createdAt: row.created_at.getTime(), installed: row.licence, now: row.now.getTime() }
    },
    async install(signed) {
      await run(connection, 'licence-install', 'update deployment set licence = ?', [signed])
    },
  }
}
