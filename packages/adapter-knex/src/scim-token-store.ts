import { type ScimToken, scimTokenId } from '@latchkey/domain'
import type { ScimCredential, ScimCredentials, ScimTokenStore } from '@latchkey/application'
import { inOrganization } from './bind-organization.ts'
import { type Connection, type Database, credentials, run } from './database.ts'
import { noteRevision } from './credential-hold.ts'
import { type OrganizationRow, organizationFromRow } from './organization-store.ts'
import type { Scope } from './scope.ts'

interface TokenRow {
  readonly id: string
  readonly public_id: string
  readonly description: string
  readonly mode: ScimToken['mode']
  readonly created_by: ScimToken['createdBy']
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
  readonly frozen_at: Date | null
  readonly last_used_at: Date | null
}

interface CredentialRow extends TokenRow {
  readonly org_id: string
  readonly hmac: string
  readonly hmac_key_id: string
  readonly slug: string
  readonly name: string
  readonly scim_enabled: boolean
  readonly settings: OrganizationRow['settings']
  readonly organization_created_at: Date
  readonly now: Date
  readonly revision: string
}

const columns = [
  'id',
  'public_id',
  'description',
  'mode',
  'created_by',
  'created_at',
  'expires_at',
  'revoked_at',
  'frozen_at',
  'last_used_at',
]
  .map((column) => `scim_tokens.${column}`)
  .join(', ')

function tokenFromRow(row: TokenRow): ScimToken {
  return {
    id: scimTokenId(row.id),
    publicId: row.public_id,
    description: row.description,
    mode: row.mode,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
    frozenAt: row.frozen_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
  }
}

const selectCredentials = `select ${columns}, concat(scim_tokens.xmin, ' ', organizations.xmin) as revision, scim_tokens.org_id, scim_tokens.hmac, scim_tokens.hmac_key_id, organizations.slug, organizations.name,
    organizations.scim_enabled, organizations.settings, organizations.created_at as organization_created_at, clock_timestamp() as now
  from scim_tokens join organizations on organizations.id = scim_tokens.org_id`

/** By the row: one that several asked for at once is read once. */
const credentialsRead = new WeakMap<CredentialRow, ScimCredential>()

function credentialFromRow(row: CredentialRow): ScimCredential {
  const read = credentialsRead.get(row)
  if (read) return read
  const credential = {
    organization: organizationFromRow({ ...row, id: row.org_id, created_at: row.organization_created_at }),
    token: tokenFromRow(row),
    digest: { keyId: row.hmac_key_id, hmac: row.hmac },
    now: row.now.getTime(),
  }
  credentialsRead.set(row, credential)
  noteRevision(credential, row.revision)
  return credential
}

export function scimTokenStore(connection: Connection, { organization, now, recollection }: Scope): ScimTokenStore {
  return {
    async list() {
      const rows = await run<TokenRow>(connection, 'scim-tokens-list', `select ${columns} from scim_tokens where org_id = ? order by id`, [
        organization,
      ])
      return rows.map(tokenFromRow)
    },

    async lock(id) {
      const text = `select ${columns} from scim_tokens where org_id = ? and id = ? for update`
      const [row] = await run<TokenRow>(connection, 'scim-token-lock', text, [organization, id])
      return row && tokenFromRow(row)
    },

    async insert(token, digest) {
      const text = `insert into scim_tokens (org_id, id, public_id, hmac, hmac_key_id, description, mode, created_by, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      const at = new Date(now).toISOString()
      const values = [
        organization,
        token.id,
        token.publicId,
        digest.hmac,
        digest.keyId,
        token.description,
        token.mode,
        token.createdBy === null ? null : JSON.stringify(token.createdBy),
        at,
        iso(token.expiresAt),
      ]
      await run(connection, 'scim-token-insert', text, values)
      return { ...token, createdAt: now }
    },

    async save(token) {
      const text = 'update scim_tokens set description = ?, expires_at = ?, revoked_at = ?, frozen_at = ? where org_id = ? and id = ?'
      const values = [token.description, iso(token.expiresAt), iso(token.revokedAt), iso(token.frozenAt), organization, token.id]
      await run(connection, 'scim-token-save', text, values)
    },

    async credential(id) {
      if (recollection?.isAll) return recollection.credential(id)
      const text = `${selectCredentials} where scim_tokens.org_id = ? and scim_tokens.id = ?`
      const [row] = await run<CredentialRow>(connection, 'scim-token-credential', text, [organization, id], { isQuick: true })
      const credential = row && credentialFromRow(row)
      if (credential) recollection?.noteCredential(credential)
      return credential
    },

    async countUsable() {
      const text = `select count(*)::integer as usable from scim_tokens
        where org_id = ? and revoked_at is null and (expires_at is null or expires_at > ?)`
      const [row] = await run<{ usable: number }>(connection, 'scim-tokens-count', text, [organization, new Date(now).toISOString()])
      return row?.usable ?? 0
    },
  }
}

/** The one look-up that is bound to no organisation, because it is what says which one. */
export function knexScimCredentials(database: Database): ScimCredentials {
  const text = `${selectCredentials} where scim_tokens.public_id = ?`
  return {
    async find(publicId) {
      const [row] = await run<CredentialRow>(credentials(database), 'scim-credential', text, [publicId])
      return row && credentialFromRow(row)
    },

    noteUse: (organization, token, address) =>
      inOrganization(database, organization, { kind: 'write' }, async (bound) => {
        const update = 'update scim_tokens set last_used_at = clock_timestamp(), last_used_address = ? where org_id = ? and id = ?'
        await run(bound, 'scim-token-used', update, [address, organization, token])
      }),
  }
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString()
}
