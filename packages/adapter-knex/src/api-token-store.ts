import { type ApiToken, apiTokenId } from '@latchkey/domain'
import type { ApiCredentials, ApiTokenStore } from '@latchkey/application'
import { inOrganization } from './bind-organization.ts'
import { type Connection, type Database, credentials, run } from './database.ts'
import { type OrganizationRow, organizationFromRow } from './organization-store.ts'
import type { Scope } from './scope.ts'

interface ApiTokenRow {
  readonly id: string
  readonly public_id: string
  readonly description: string
  readonly role: ApiToken['role']
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
  readonly last_used_at: Date | null
}

interface CredentialRow extends ApiTokenRow, Pick<OrganizationRow, 'slug' | 'name' | 'scim_enabled' | 'settings'> {
  readonly org_id: string
  readonly hmac: string
  readonly hmac_key_id: string
  readonly organization_created_at: Date
  readonly now: Date
}

const columns = ['id', 'public_id', 'description', 'role', 'created_at', 'expires_at', 'revoked_at', 'last_used_at']
  .map((column) => `api_tokens.${column}`)
  .join(', ')

function tokenFromRow(row: ApiTokenRow): ApiToken {
  return {
    id: apiTokenId(row.id),
    publicId: row.public_id,
    description: row.description,
    role: row.role,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
  }
}

const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())

export function apiTokenStore(connection: Connection, { organization, now }: Scope): ApiTokenStore {
  return {
    async list() {
      const text = `select ${columns} from api_tokens where org_id = ? order by id`
      return (await run<ApiTokenRow>(connection, 'api-tokens-list', text, [organization])).map(tokenFromRow)
    },

    async lock(id) {
      const text = `select ${columns} from api_tokens where org_id = ? and id = ? for update`
      const [row] = await run<ApiTokenRow>(connection, 'api-token-lock', text, [organization, id])
      return row && tokenFromRow(row)
    },

    async insert(token, digest) {
      const text = `insert into api_tokens (org_id, id, public_id, hmac, hmac_key_id, description, role, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)`
      const { id, publicId, description, role, expiresAt } = token
      const values = [organization, id, publicId, digest.hmac, digest.keyId, description, role, iso(now), iso(expiresAt)]
      await run(connection, 'api-token-insert', text, values)
      return { ...token, createdAt: now }
    },

    async save({ id, description, expiresAt, revokedAt }) {
      const text = 'update api_tokens set description = ?, expires_at = ?, revoked_at = ? where org_id = ? and id = ?'
      await run(connection, 'api-token-save', text, [description, iso(expiresAt), iso(revokedAt), organization, id])
    },
  }
}

/** The one look-up of an API token that is bound to no organisation, because it is what says which one. */
export function knexApiCredentials(database: Database): ApiCredentials {
  const text = `select ${columns}, api_tokens.org_id, api_tokens.hmac, api_tokens.hmac_key_id, organizations.slug, organizations.name,
      organizations.scim_enabled, organizations.settings, organizations.created_at as organization_created_at, clock_timestamp() as now
    from api_tokens join organizations on organizations.id = api_tokens.org_id where api_tokens.public_id = ?`
  return {
    async find(publicId) {
      const [row] = await run<CredentialRow>(credentials(database), 'api-credential', text, [publicId])
      if (!row) return undefined
      return {
        organization: organizationFromRow({ ...row, id: row.org_id, created_at: row.organization_created_at }),
        token: tokenFromRow(row),
        digest: { keyId: row.hmac_key_id, hmac: row.hmac },
        now: row.now.getTime(),
      }
    },

    noteUse: (organization, token) =>
      inOrganization(database, organization, { kind: 'write' }, async (bound) => {
        const update = 'update api_tokens set last_used_at = clock_timestamp() where org_id = ? and id = ?'
        await run(bound, 'api-token-used', update, [organization, token])
      }),
  }
}
