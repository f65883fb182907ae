import { type User, type UserId, canonicalName, canonicalText, groupId, isId, userId } from '@latchkey/domain'
import {
  type DeletedUser,
  type UserRecord,
  type UserStore,
  type UserView,
  emailKeys,
  managerValue,
  searchDocument,
} from '@latchkey/application'
import { type Resource, sameResource, userType } from '@latchkey/scim'
import { type Connection, defer, run } from './database.ts'
import type { Scope } from './scope.ts'
import { byKey } from './sql.ts'
import { type UserRow, userColumns, userFromRow } from './user-row.ts'

export interface UserViewRow extends UserRow {
  readonly groups: readonly { readonly id: string; readonly displayName: string }[] | null
  readonly live_manager_id: string | null
  readonly live_manager_name: string | null
}

/** By a key, with the handful of groups that a person is in. */
const quick = { isQuick: true }

const groupsOfUser = `(
    select json_agg(json_build_object('id', groups.id, 'displayName', groups.display_name) order by groups.display_name_key collate "C", groups.id)
    from memberships join groups on groups.org_id = memberships.org_id and groups.id = memberships.group_id
    where memberships.org_id = users.org_id and memberships.user_id = users.id
  )`

/** A user with what others say of them; `wantsGroups` decides whether the groups are read. */
export function selectUserViews(wantsGroups: boolean): string {
  return `select ${userColumns}, ${wantsGroups ? groupsOfUser : 'null'} as groups, manager.id as live_manager_id, manager.name as live_manager_name
    from users left join lateral (select manager.id, manager.attributes->>'displayName' as name from users as manager
      where manager.org_id = users.org_id and manager.id = users.manager_id and manager.directory <> 'deleted' ${byKey}) as manager on true`
}

export function userViewFromRow(row: UserViewRow): UserView {
  return {
    record: userFromRow(row),
    groups: (row.groups ?? []).map(({ id, displayName }) => ({ id: groupId(id), displayName })),
    manager: row.live_manager_id === null ? null : { id: userId(row.live_manager_id), displayName: row.live_manager_name },
  }
}

interface DeletedRow extends UserRow {
  readonly deleted_at: Date
}

function deletedFromRow(row: DeletedRow): DeletedUser {
  return { record: userFromRow(row), deletedAt: row.deleted_at.getTime() }
}

export function userStore(connection: Connection, { organization, now }: Scope): UserStore {
  const get = async (id: UserId, wants: { readonly groups: boolean }): Promise<UserView | undefined> => {
    const text = `${selectUserViews(wants.groups)} where users.org_id = ? and users.id = ? and users.directory <> 'deleted'`
    const [row] = await run<UserViewRow>(connection, wants.groups ? 'user-get-with-groups' : 'user-get', text, [organization, id], quick)
    return row && userViewFromRow(row)
  }

  return {
    get,

    async lock(id) {
      const text = `select ${userColumns} from users where org_id = ? and id = ? and directory <> 'deleted' for no key update`
      const [row] = await run<UserRow>(connection, 'user-lock', text, [organization, id])
      return row && userFromRow(row)
    },

    async view(record, wants) {
      const isAlone = !wants.groups && managerIdOf(record.attributes) === null
      return (isAlone ? undefined : await get(record.user.id, wants)) ?? { record, groups: [], manager: null }
    },

    async insert(user, attributes) {
      const columns = Object.entries(columnsOf(user, attributes))
      const names = ['org_id', 'id', ...columns.map(([name]) => name), 'version', 'created_at', 'last_modified_at']
      const text = `insert into users (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
      const at = new Date(now).toISOString()
      defer(connection, 'user-insert', text, [organization, user.id, ...columns.map(([, value]) => value), 1, at, at])
      insertEmails(user.id, emailKeys(attributes))
      return { user, attributes, version: 1, createdAt: now, lastModifiedAt: now }
    },

    async save(before, user, attributes) {
      const columns = Object.entries(columnsOf(user, attributes))
      const lastModifiedAt = Math.max(now, before.lastModifiedAt + 1)
      const text = `update users set ${columns.map(([name]) => `${name} = ?`).join(', ')}, deleted_at = ?, version = ?, last_modified_at = ?
        where org_id = ? and id = ?`
      const deletedAt = user.directory === 'deleted' ? new Date(now).toISOString() : null
      const values = [
        ...columns.map(([, value]) => value),
        deletedAt,
        before.version + 1,
        new Date(lastModifiedAt).toISOString(),
        organization,
        user.id,
      ]
      defer(connection, 'user-save', text, values)
      replaceEmails(before, attributes)
      return { user, attributes, version: before.version + 1, createdAt: before.createdAt, lastModifiedAt }
    },

    async saveLinkAndKey(before, { identityLink, encryptionKey }) {
      const columns = Object.entries(linkAndKeyColumns({ identityLink, encryptionKey }))
      const text = `update users set ${columns.map(([name]) => `${name} = ?`).join(', ')} where org_id = ? and id = ?`
      await run(connection, 'user-save-link-and-key', text, [...columns.map(([, value]) => value), organization, before.user.id])
      return { ...before, user: { ...before.user, identityLink, encryptionKey } }
    },

    async saveRole(before, role) {
      await run(connection, 'user-save-role', 'update users set role = ? where org_id = ? and id = ?', [role, organization, before.user.id])
      return { ...before, user: { ...before.user, role } }
    },

    async lockLive(ids) {
      if (ids.length === 0) return new Set()
      const text = "select id from users where org_id = ? and id = any(?) and directory <> 'deleted' order by id for share"
      const rows = await run<{ id: string }>(connection, 'users-lock-live', text, [organization, ids])
      return new Set(rows.map(({ id }) => userId(id)))
    },

    async byName(userName) {
      const text = `select ${userColumns} from users where org_id = ? and user_name_key = ? and directory <> 'deleted'`
      const [row] = await run<UserRow>(connection, 'user-by-name', text, [organization, canonicalName(userName)])
      return row && userFromRow(row)
    },

    async byExternalId(externalId) {
      const text = `select ${userColumns} from users where org_id = ? and external_id = ? and directory <> 'deleted'`
      const [row] = await run<UserRow>(connection, 'user-by-external-id', text, [organization, externalId])
      return row && userFromRow(row)
    },

    async byAddress(address) {
      const text = `select ${userColumns} from users where org_id = ? and directory = 'enabled'
        and id in (select id from users where org_id = ? and user_name_key = ? and directory <> 'deleted'
          union all select user_id from user_emails where org_id = ? and value_key = ?) limit 5`
      const key = canonicalName(address)
      const rows = await run<UserRow>(connection, 'users-by-address', text, [organization, organization, key, organization, key])
      return rows.map(userFromRow)
    },

    async byLink(id, subject) {
      const text = `select id from users where org_id = ? and link_connection_id = ? and link_subject = ? and directory <> 'deleted'`
      const [row] = await run<{ id: string }>(connection, 'user-by-link', text, [organization, id, subject])
      return row && userId(row.id)
    },

    async owners() {
      const text = `select ${userColumns} from users where org_id = ? and role = 'owner' and directory <> 'deleted' order by id`
      return (await run<UserRow>(connection, 'users-owners', text, [organization])).map(userFromRow)
    },

    async resetsDue(now) {
      const text = `select id from users where org_id = ? and key_reset_effective_at <= ? and directory <> 'deleted' order by id`
      const rows = await run<{ id: string }>(connection, 'users-resets-due', text, [organization, new Date(now).toISOString()])
      return rows.map(({ id }) => userId(id))
    },

    async lockDeleted(id) {
      const text = `select ${userColumns}, users.deleted_at from users where org_id = ? and id = ? and directory = 'deleted' for no key update`
      const [row] = await run<DeletedRow>(connection, 'user-lock-deleted', text, [organization, id])
      return row && deletedFromRow(row)
    },

    async deleted() {
      const text = `select ${userColumns}, users.deleted_at from users where org_id = ? and directory = 'deleted' order by deleted_at desc, id limit 500`
      return (await run<DeletedRow>(connection, 'users-deleted', text, [organization])).map(deletedFromRow)
    },

    async deletedBefore(moment, limit) {
      const text =
        "select id from users where org_id = ? and directory = 'deleted' and deleted_at < ? order by deleted_at, id limit ? for update"
      const values = [organization, new Date(moment).toISOString(), limit]
      return (await run<{ id: string }>(connection, 'users-deleted-before', text, values)).map(({ id }) => userId(id))
    },

    async erase(id) {
      await run(connection, 'user-erase', "delete from users where org_id = ? and id = ? and directory = 'deleted'", [organization, id])
    },

    async brief(ids) {
      if (ids.length === 0) return new Map()
      const text = "select id, user_name, role from users where org_id = ? and id = any(?::uuid[]) and directory <> 'deleted'"
      const rows = await run<Pick<UserRow, 'id' | 'user_name' | 'role'>>(connection, 'users-brief', text, [organization, ids])
      return new Map(rows.map((row) => [userId(row.id), { userName: row.user_name, role: row.role }]))
    },

    async all(status) {
      const text = `select ${userColumns} from users where org_id = ? and directory <> 'deleted'
        and (?::text is null or ?::text = case when directory = 'deactivated' then 'deactivated' when key_state = 'registered' then 'active' else 'pending-encryption-key' end)
        order by id`
      const rows = await run<UserRow>(connection, 'users-all', text, [organization, status, status])
      return rows.map((row) => userFromRow(row).user)
    },
  }

  function insertEmails(id: UserId, keys: readonly string[]): void {
    if (keys.length === 0) return
    const text = 'insert into user_emails (org_id, user_id, value_key) select ?::uuid, ?::uuid, unnest(?::text[])'
    defer(connection, 'user-emails-insert', text, [organization, id, keys])
  }

  function replaceEmails(before: UserRecord, attributes: Resource): void {
    const [had, has] = [emailKeys(before.attributes), emailKeys(attributes)]
    if (sameResource([...had].sort(), [...has].sort())) return
    defer(connection, 'user-emails-delete', 'delete from user_emails where org_id = ? and user_id = ?', [organization, before.user.id])
    insertEmails(before.user.id, has)
  }
}

/** Everything of a user but identity, version and times, by column. */
function columnsOf(user: User, attributes: Resource): Record<string, string | number | boolean | null> {
  const displayName = attributes['displayName']
  return {
    user_name: user.userName,
    user_name_key: canonicalName(user.userName),
    external_id: user.externalId,
    managed_by: user.managedBy,
    role: user.role,
    directory: user.directory,
    ...linkAndKeyColumns(user),
    set_up_mail_queued: user.setUpMailQueued,
    attributes: JSON.stringify(attributes),
    search: JSON.stringify(searchDocument(userType, attributes)),
    display_key: canonicalText(typeof displayName === 'string' ? displayName : user.userName),
    manager_id: managerIdOf(attributes),
  }
}

function linkAndKeyColumns({
  identityLink,
  encryptionKey: key,
}: Pick<User, 'identityLink' | 'encryptionKey'>): Record<string, string | number | null> {
  const registered = key.state === 'registered' ? key : null
  const at = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString())
  return {
    link_connection_id: identityLink?.connectionId ?? null,
    link_subject: identityLink?.subject ?? null,
    key_state: key.state,
    key_version: key.state === 'registered' ? key.version : key.lastVersion,
    key_encryption_public: registered?.publicKeys.encryption ?? null,
    key_signing_public: registered?.publicKeys.signing ?? null,
    key_fingerprint: registered?.fingerprint ?? null,
    key_envelope: registered?.protectedPrivateKeys.envelope ?? null,
    key_envelope_version: registered?.protectedPrivateKeys.version ?? null,
    key_registered_at: at(registered?.registeredAt),
    key_reset_requested_at: at(registered?.resetRequest?.requestedAt),
    key_reset_effective_at: at(registered?.resetRequest?.effectiveAt),
  }
}

function managerIdOf(attributes: Resource): string | null {
  const manager = managerValue(attributes)
  return manager !== null && isId(manager) ? manager.toLowerCase() : null
}
