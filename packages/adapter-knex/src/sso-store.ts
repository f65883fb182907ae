import { createHash } from 'node:crypto'
import { type ClaimMatch, type SsoConnection, type SsoSettings, connectionId, userId } from '@latchkey/domain'
import type { SsoRegister, SsoStore } from '@latchkey/application'
import { type Connection, type Database, credentials, run } from './database.ts'
import { type OrganizationRow, organizationColumns, organizationFromRow } from './organization-store.ts'
import type { Scope } from './scope.ts'

interface ConnectionRow {
  readonly id: string
  readonly match_claim: string
  readonly match_attribute: ClaimMatch['attribute']
  readonly settings: SsoSettings
}

interface AttemptRow {
  readonly connection_id: string
  readonly remember: string
  readonly owner_id: string | null
  readonly expires_at: Date
}

const at = (instant: number) => new Date(instant).toISOString()

export function ssoStore(connection: Connection, { organization, now }: Scope): SsoStore {
  return {
    async connection() {
      const text = 'select id, match_claim, match_attribute, settings from sso_connections where org_id = ?'
      const [row] = await run<ConnectionRow>(connection, 'sso-connection', text, [organization])
      return row && connectionFromRow(row)
    },

    async save({ id, match, ...settings }) {
      const text = `insert into sso_connections (org_id, id, match_claim, match_attribute, settings) values (?, ?, ?, ?, ?)
        on conflict (org_id) do update set id = excluded.id, match_claim = excluded.match_claim, match_attribute = excluded.match_attribute,
          settings = excluded.settings`
      await run(connection, 'sso-connection-save', text, [organization, id, match.claim, match.attribute, JSON.stringify(settings)])
    },

    async begin({ connection: id, remember, owner, expiresAt }, { hmac, keyId }) {
      const text = `insert into sign_in_attempts (org_id, hmac, hmac_key_id, connection_id, remember, owner_id, expires_at) values (?, ?, ?, ?, ?, ?, ?)`
      await run(connection, 'sign-in-begin', text, [organization, hmac, keyId, id, remember, owner, at(expiresAt)])
    },

    async take({ hmac, keyId }) {
      const text = `delete from sign_in_attempts where org_id = ? and hmac = ? and hmac_key_id = ? returning connection_id, remember, owner_id, expires_at`
      const [row] = await run<AttemptRow>(connection, 'sign-in-take', text, [organization, hmac, keyId])
      return (
        row && {
          connection: connectionId(row.connection_id),
          remember: row.remember,
          owner: row.owner_id === null ? null : userId(row.owner_id),
          expiresAt: row.expires_at.getTime(),
        }
      )
    },

    async isFirstUse(id, assertionId, expiresAt) {
      const text = `insert into seen_assertions (org_id, connection_id, assertion_id, expires_at) values (?, ?, ?, ?) on conflict do nothing returning 1 as first`
      return (await run(connection, 'assertion-seen', text, [organization, id, assertionId, at(expiresAt)])).length > 0
    },

    async notePlace(user, place) {
      // A place tells where somebody was; whether it is known needs no more than its digest.
      const digest = createHash('sha256').update(place).digest('base64url')
      const text = `with noted as (insert into sign_in_places (org_id, user_id, place) values (?, ?, ?) on conflict do nothing returning 1)
        select (select count(*) from noted)::integer as added,
          exists (select 1 from sign_in_places where org_id = ? and user_id = ?) as others`
      const values = [organization, user, digest, organization, user]
      const [row] = await run<{ added: number; others: boolean }>(connection, 'sign-in-place', text, values)
      if (row?.added === 0) return 'known'
      return row?.others ? 'new' : 'first'
    },

    async removeExpired() {
      await run(connection, 'sign-in-expired', 'delete from sign_in_attempts where org_id = ? and expires_at <= ?', [organization, at(now)])
      await run(connection, 'assertions-expired', 'delete from seen_assertions where org_id = ? and expires_at <= ?', [
        organization,
        at(now),
      ])
    },
  }
}

/** The look-ups that are bound to no organisation, because they are what says which one. */
export function knexSsoRegister(database: Database): SsoRegister {
  const find = async (name: string, table: string, where: string, values: readonly string[]) => {
    const text = `select ${organizationColumns} from ${table} join organizations on organizations.id = ${table}.org_id where ${where}`
    const [row] = await run<OrganizationRow>(credentials(database), name, text, values)
    return row && organizationFromRow(row)
  }
  return {
    organizationOfAttempt: ({ hmac, keyId }) =>
      find('sign-in-organization', 'sign_in_attempts', 'hmac = ? and hmac_key_id = ?', [hmac, keyId]),
    organizationOfConnection: (id) => find('sso-organization', 'sso_connections', 'sso_connections.id = ?', [id]),
  }
}

function connectionFromRow({ id, match_claim: claim, match_attribute: attribute, settings }: ConnectionRow): SsoConnection {
  return { id: connectionId(id), match: { claim, attribute }, ...settings }
}
