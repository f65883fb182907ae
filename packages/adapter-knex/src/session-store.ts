import { type Session, sessionAgeMaxMs, sessionId, sessionIdleMaxMs, userId } from '@latchkey/domain'
import type { SessionCredentials, SessionStore } from '@latchkey/application'
import { inOrganization } from './bind-organization.ts'
import { type Connection, type Database, credentials, defer, run } from './database.ts'
import { type OrganizationRow, organizationFromRow } from './organization-store.ts'
import type { Scope } from './scope.ts'

interface SessionRow {
  readonly id: string
  readonly user_id: string
  readonly via: Session['via']
  readonly authenticated_at: Date
  readonly last_used_at: Date
  readonly unlocked_at: Date | null
  readonly address: string
  readonly user_agent: string
}

const columns = ['id', 'user_id', 'via', 'authenticated_at', 'last_used_at', 'unlocked_at', 'address', 'user_agent']
  .map((column) => `sessions.${column}`)
  .join(', ')

function sessionFromRow(row: SessionRow): Session {
  return {
    id: sessionId(row.id),
    user: userId(row.user_id),
    via: row.via,
    authenticatedAt: row.authenticated_at.getTime(),
    lastUsedAt: row.last_used_at.getTime(),
    unlockedAt: row.unlocked_at?.getTime() ?? null,
    address: row.address,
    userAgent: row.user_agent,
  }
}

export function sessionStore(connection: Connection, { organization, now, takesForGranted }: Scope): SessionStore {
  const at = (instant: number) => new Date(instant).toISOString()
  const isLive = 'sessions.authenticated_at > ? and sessions.last_used_at > ?'
  const liveSince = [at(now - sessionAgeMaxMs), at(now - sessionIdleMaxMs)]
  return {
    async insert({ id, user, via, address, userAgent }, digest) {
      const text = `insert into sessions (org_id, id, user_id, hmac, hmac_key_id, via, authenticated_at, last_used_at, address, user_agent)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      const values = [organization, id, user, digest.hmac, digest.keyId, via, at(now), at(now), address, userAgent]
      await run(connection, 'session-insert', text, values)
      return { id, user, via, authenticatedAt: now, lastUsedAt: now, unlockedAt: null, address, userAgent }
    },

    async lock(id) {
      const text = `select ${columns} from sessions where org_id = ? and id = ? and ${isLive} for update`
      const [row] = await run<SessionRow>(connection, 'session-lock', text, [organization, id, ...liveSince])
      return row && sessionFromRow(row)
    },

    async list(user) {
      const text = `select ${columns} from sessions where org_id = ? and user_id = ? and ${isLive} order by id`
      return (await run<SessionRow>(connection, 'sessions-list', text, [organization, user, ...liveSince])).map(sessionFromRow)
    },

    async noteUnlocked(id) {
      await run(connection, 'session-unlocked', 'update sessions set unlocked_at = ? where org_id = ? and id = ?', [
        at(now),
        organization,
        id,
      ])
    },

    async rotate(id, digest) {
      const text = 'update sessions set hmac = ?, hmac_key_id = ? where org_id = ? and id = ?'
      await run(connection, 'session-rotate', text, [digest.hmac, digest.keyId, organization, id])
    },

    async end(user, which) {
      const text = 'delete from sessions where org_id = ? and user_id = ? and (?::uuid[] is null or id = any(?)) returning id'
      const ids = which === 'all' ? null : which
      if (takesForGranted) {
        defer(connection, 'sessions-end', text, [organization, user, ids, ids])
        return []
      }
      const rows = await run<{ id: string }>(connection, 'sessions-end', text, [organization, user, ids, ids])
      return rows.map(({ id }) => sessionId(id)).sort()
    },

    async removeExpired() {
      await run(connection, 'sessions-expired', `delete from sessions where org_id = ? and not (${isLive})`, [organization, ...liveSince])
    },
  }
}

/** The one look-up of a session that is bound to no organisation, because it is what says which one. */
export function knexSessionCredentials(database: Database): SessionCredentials {
  const text = `select ${columns}, organizations.id as organization_id, organizations.slug, organizations.name, organizations.scim_enabled,
      organizations.settings, organizations.created_at, clock_timestamp() as now
    from sessions join organizations on organizations.id = sessions.org_id where sessions.hmac = ? and sessions.hmac_key_id = ?`
  return {
    async find({ hmac, keyId }) {
      type Row = SessionRow & OrganizationRow & { readonly organization_id: string; readonly now: Date }
      const [row] = await run<Row>(credentials(database), 'session-credential', text, [hmac, keyId])
      if (!row) return undefined
      const organization = organizationFromRow({ ...row, id: row.organization_id })
      return { organization, session: sessionFromRow(row), now: row.now.getTime() }
    },

    noteUse: (organization, session, address) =>
      inOrganization(database, organization, { kind: 'write' }, async (bound) => {
        const update = 'update sessions set last_used_at = clock_timestamp(), address = ? where org_id = ? and id = ?'
        await run(bound, 'session-used', update, [address, organization, session])
      }),
  }
}
