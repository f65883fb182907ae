import { runMigrations } from 'graphile-worker'
import type { Knex } from 'knex'
import { Client } from 'pg'
import type { Database } from './database.ts'
import { createOrganizations } from './migrations/001-create-organizations.ts'
import { createUsers } from './migrations/002-create-users.ts'
import { createGroups } from './migrations/003-create-groups.ts'
import { createSecrets } from './migrations/004-create-secrets.ts'
import { createRecords } from './migrations/005-create-records.ts'
import { createSso } from './migrations/006-create-sso.ts'
import { createSessions } from './migrations/007-create-sessions.ts'
import { createKeys } from './migrations/008-create-keys.ts'
import { sealAudit } from './migrations/020-seal-audit.ts'
import { createDeployment } from './migrations/021-create-deployment.ts'
import { createActivity } from './migrations/022-create-activity.ts'
import { createRoleMappings } from './migrations/023-create-role-mappings.ts'
import { createApiTokens } from './migrations/024-create-api-tokens.ts'
import { noteTokenMakers } from './migrations/025-note-token-makers.ts'
import { createGroupKeys } from './migrations/040-create-group-keys.ts'
import { writeLess } from './migrations/050-write-less.ts'
import { createOutbox } from './migrations/052-create-outbox.ts'
import { orderMemberships } from './migrations/053-order-memberships.ts'
import { findManagers } from './migrations/054-find-managers.ts'
import { checkInPolicies } from './migrations/055-check-in-policies.ts'

interface Migration {
  readonly name: string
  readonly up: string
}

/** In the order in which they are applied. Never edited once released. */
const migrations: readonly Migration[] = [
  createOrganizations,
  createUsers,
  createGroups,
  createSecrets,
  createRecords,
  createSso,
  createSessions,
  createKeys,
  sealAudit,
  createDeployment,
  createActivity,
  createRoleMappings,
  createApiTokens,
  noteTokenMakers,
  createGroupKeys,
  writeLess,
  createOutbox,
  orderMemberships,
  findManagers,
  checkInPolicies,
]

const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: async () => [...migrations],
  getMigrationName: ({ name }) => name,
  getMigration: async ({ up }) => ({
    up: async (trx) => {
      await trx.raw(up)
    },
    down: async () => {
      throw new Error('Migrations are not undone; restore a backup instead.')
    },
  }),
}

/** Any number that nobody else locks. */
const advisoryLock = 5_372_046_117

/**
 * Brings the database to the present schema and answers what that took. Two at once wait for one another: the lock belongs to a session and goes
 * with it, so a process that dies while migrating locks nobody out, as knex's own lock would.
 */
export async function migrate({ knex: db }: Database, url: string): Promise<readonly string[]> {
  const holder = new Client({ connectionString: url })
  await holder.connect()
  try {
    await holder.query('select pg_advisory_lock($1)', [advisoryLock])
    const config = { migrationSource, disableMigrationsListValidation: true, tableName: 'migrations' }
    await db.migrate.forceFreeMigrationsLock(config)
    const [, applied]: [number, string[]] = await db.migrate.latest(config)
    await runMigrations({ connectionString: url })
    return applied
  } finally {
    await holder.end()
  }
}

/** The names of migrations that this code has and the database has not. */
export async function pendingMigrations({ knex: db }: Database): Promise<readonly string[]> {
  const exists: { rows: { found: boolean }[] } = await db.raw("select to_regclass('migrations') is not null as found")
  if (!exists.rows[0]?.found) return migrations.map(({ name }) => name)
  const applied: { rows: { name: string }[] } = await db.raw('select name from migrations')
  const names = new Set(applied.rows.map(({ name }) => name))
  return migrations.filter(({ name }) => !names.has(name)).map(({ name }) => name)
}
