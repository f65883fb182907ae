import { migrate, openDatabase } from '@latchkey/adapter-knex'
import { startThrowawayPostgres } from '@latchkey/embedded-postgres'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's URL of the run's own PostgreSQL. */
    postgres: string
  }
}

/** One PostgreSQL for the whole run, with a migrated database that test files copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startThrowawayPostgres()
  const admin = new Client({ connectionString: postgres.adminUrl })
  await admin.connect()
  await admin.query('create database latchkey_template owner latchkey')
  await admin.end()
  const url = postgres.url.replace('/latchkey?', '/latchkey_template?')
  const database = openDatabase({ url, poolMax: 2, onError: () => {} })
  await migrate(database, url)
  await database.close()
  project.provide('postgres', postgres.adminUrl)
  return () => postgres.stop()
}
