import type { LicenceStore } from '@latchkey/application'
import { type Connection, type Database, run } from './database.ts'

export function knexLicenceStore({ knex, namesStatements }: Database): LicenceStore {
  const connection: Connection = { executor: knex, namesStatements }
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
