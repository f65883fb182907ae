import { type Organization, type OrganizationSettings, isSlug, organizationId, presetSettings, userId } from '@latchkey/domain'
import type { OrganizationRegister, OrganizationStore, OwnerLinkCredentials, OwnerLinkStore } from '@latchkey/application'
import { type Connection, type Database, credentials, defer, run, unbound } from './database.ts'
import type { Scope } from './scope.ts'

export interface OrganizationRow {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly scim_enabled: boolean
  /** What is not as it is preset. */
  readonly settings: Partial<OrganizationSettings>
  readonly created_at: Date
}

export const organizationColumns =
  'organizations.id, organizations.slug, organizations.name, organizations.scim_enabled, organizations.settings, organizations.created_at'

export function organizationFromRow(row: OrganizationRow): Organization {
  return {
    id: organizationId(row.id),
    slug: row.slug,
    name: row.name,
    scimEnabled: row.scim_enabled,
    settings: { ...presetSettings, ...row.settings },
    createdAt: row.created_at.getTime(),
  }
}

export function organizationStore(connection: Connection, { organization, now }: Scope): OrganizationStore {
  const find = async (name: string, locking: string): Promise<Organization> => {
    const [row] = await run<OrganizationRow>(connection, name, `select ${organizationColumns} from organizations where id = ? ${locking}`, [
      organization,
    ])
    if (!row) throw new Error('The organisation of this transaction does not exist.')
    return organizationFromRow(row)
  }
  return {
    get: () => find('organization-get', ''),
    lock: () => find('organization-lock', 'for no key update'),

    async insert({ id, slug, name, scimEnabled }) {
      const text = 'insert into organizations (id, slug, name, scim_enabled, created_at) values (?, ?, ?, ?, ?)'
      defer(connection, 'organization-insert', text, [id, slug, name, scimEnabled, new Date(now).toISOString()])
      return { id, slug, name, scimEnabled, settings: presetSettings, createdAt: now }
    },

    async save({ name, scimEnabled, settings }) {
      const text = 'update organizations set name = ?, scim_enabled = ?, settings = ? where id = ?'
      await run(connection, 'organization-save', text, [name, scimEnabled, JSON.stringify(settings), organization])
    },
  }
}

/** Organisations from outside any of them: for commands, which name one by its slug. */
export function knexOrganizationRegister(database: Database): OrganizationRegister {
  const connection = unbound(database)
  return {
    async list() {
      const rows = await run<OrganizationRow>(
        connection,
        'organizations-list',
        `select ${organizationColumns} from organizations order by id`,
        [],
      )
      return rows.map(organizationFromRow)
    },
    async findBySlug(slug) {
      // From anybody's request: PostgreSQL does not take every text, and what is no slug is nobody's.
      if (!isSlug(slug)) return undefined
      const [row] = await run<OrganizationRow>(
        connection,
        'organization-by-slug',
        `select ${organizationColumns} from organizations where slug = ?`,
        [slug],
      )
      return row && organizationFromRow(row)
    },
  }
}

export function ownerLinkStore(connection: Connection, { organization, now }: Scope): OwnerLinkStore {
  return {
    async insert({ user, digest, expiresAt }) {
      const text = `insert into owner_links (org_id, user_id, hmac, hmac_key_id, created_at, expires_at) values (?, ?, ?, ?, ?, ?)
        on conflict (org_id, user_id) do update set hmac = excluded.hmac, hmac_key_id = excluded.hmac_key_id,
          created_at = excluded.created_at, expires_at = excluded.expires_at`
      const values = [organization, user, digest.hmac, digest.keyId, new Date(now).toISOString(), new Date(expiresAt).toISOString()]
      await run(connection, 'owner-link-insert', text, values)
    },

    async isUsable(user, { hmac, keyId }) {
      const text = 'select 1 from owner_links where org_id = ? and user_id = ? and hmac = ? and hmac_key_id = ? and expires_at > ?'
      return (await run(connection, 'owner-link-usable', text, [organization, user, hmac, keyId, new Date(now).toISOString()])).length > 0
    },

    async remove(user) {
      await run(connection, 'owner-link-remove', 'delete from owner_links where org_id = ? and user_id = ?', [organization, user])
    },
  }
}

/** The one look-up of an owner link that is bound to no organisation, because it is what says which one. */
export function knexOwnerLinkCredentials(database: Database): OwnerLinkCredentials {
  const text = `select ${organizationColumns}, owner_links.user_id, owner_links.expires_at, clock_timestamp() as now
    from owner_links join organizations on organizations.id = owner_links.org_id where owner_links.hmac = ? and owner_links.hmac_key_id = ?`
  return {
    async find({ hmac, keyId }) {
      type Row = OrganizationRow & { readonly user_id: string; readonly expires_at: Date; readonly now: Date }
      const [row] = await run<Row>(credentials(database), 'owner-link-credential', text, [hmac, keyId])
      if (!row) return undefined
      return {
        organization: organizationFromRow(row),
        user: userId(row.user_id),
        expiresAt: row.expires_at.getTime(),
        now: row.now.getTime(),
      }
    },
  }
}
