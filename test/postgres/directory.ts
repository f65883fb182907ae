import { type Statement, knexStorage } from '@latchkey/adapter-knex'
import { addresses } from '@latchkey/application'
import { type OrganizationId, organizationId } from '@latchkey/domain'
import { randomUUID } from 'node:crypto'
import { type TestDatabase, testDatabase } from '../database.ts'

export const { locations } = addresses('http://localhost:8080')

export interface FilledDirectory extends TestDatabase {
  readonly organization: OrganizationId
  readonly storage: ReturnType<typeof knexStorage>
  /** A statement as the organisation sees the database: row-level security holds. */
  inside<Row>(text: string, bindings?: Statement['values']): Promise<readonly Row[]>
  /** Analysed, as after a while, unless it is said otherwise. */
  addUsers(count: number, options?: { readonly analyzes: boolean }): Promise<void>
}

/** An organisation on PostgreSQL that bulk SQL can fill, since a plan is worth something only on tables that are large. */
export async function filledDirectory(): Promise<FilledDirectory> {
  const open = await testDatabase()
  const organization = organizationId(randomUUID())
  const storage = knexStorage(open.database, { locations })
  await storage.transaction(organization, ({ organization: store }) =>
    store.insert({ id: organization, slug: `org-${organization.slice(0, 8)}`, name: 'Acme', scimEnabled: true }),
  )
  const inside = <Row>(text: string, bindings: Statement['values'] = []): Promise<readonly Row[]> =>
    open.database.knex.transaction(async (transaction) => {
      await transaction.raw("select set_config('latchkey.organization', ?, true)", [organization])
      const result: { rows: Row[] } = await transaction.raw(
        text,
        bindings.map((value) => (typeof value === 'object' && value !== null ? [...value] : value)),
      )
      return result.rows
    })
  return {
    ...open,
    organization,
    storage,
    inside,
    async addUsers(count, { analyzes } = { analyzes: true }) {
      await inside(
        `insert into users (org_id, id, user_name, user_name_key, external_id, managed_by, directory, key_state, key_version, set_up_mail_queued,
            attributes, search, display_key, version, created_at, last_modified_at)
          select ?::uuid, gen_random_uuid(), 'user' || n, 'user' || n, 'ext' || n, 'scim', 'enabled', 'none', 0, true,
            jsonb_build_object('emails', jsonb_build_array(jsonb_build_object('value', 'user' || n || '@acme.example', 'type', 'work'))),
            jsonb_build_object('userName', 'user' || n, 'emails', jsonb_build_array(jsonb_build_object('value', 'user' || n || '@acme.example', 'type', 'work'))),
            'user' || n, 1, now(), now() from generate_series(1, ?::integer) as n`,
        [organization, count],
      )
      await inside("insert into user_emails (org_id, user_id, value_key) select org_id, id, user_name_key || '@acme.example' from users")
      await inside(
        `insert into groups (org_id, id, display_name, display_name_key, external_id, managed_by, version, created_at, last_modified_at)
          select ?::uuid, gen_random_uuid(), 'group' || n, 'group' || n, 'gext' || n, 'scim', 1, now(), now() from generate_series(1, ?::integer) as n`,
        [organization, Math.ceil(count / 10)],
      )
      await inside(
        `insert into memberships (org_id, group_id, user_id, since)
          select groups.org_id, groups.id, users.id, now() from groups join users on users.user_name = replace(groups.display_name, 'group', 'user')`,
      )
      if (analyzes) await open.database.knex.raw('analyze')
    },
  }
}
