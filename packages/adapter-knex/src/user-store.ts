import { type DeletedUser, type UserRecord, type UserStore, type UserView, emailKeys } from '@latchkey/application'
import { type User, type UserId, canonicalName, userId } from '@latchkey/domain'
import { type Resource, sameResource } from '@latchkey/scim'
import { type Connection, defer, insert, run, runLater } from './database.ts'
import { rowsMax } from './gathered-transactions.ts'
import { holdLive } from './holding.ts'
import type { Scope } from './scope.ts'
import { type UserRow, userAsStored, userColumns, userFromRow } from './user-row.ts'
import {
  addresses,
  assigned,
  bondsOf,
  contentOf,
  hasSameBonds,
  isSameContent,
  linkAndKeyColumns,
  linkAndKeyOf,
  people,
  saving,
  stateOf,
} from './user-values.ts'
import { type UserViewRow, groupsFromRow, groupsOfUser, manager, managerFromRow, selectUserViews, userViewFromRow } from './user-view.ts'

/** `xmin` of the row that a record was read from, where it was not locked. It changes with every change of the row, and with nothing else. */
const revisions = new WeakMap<UserRecord, string>()

/** By a key, with the handful of groups that a person is in. */
const quick = { isQuick: true }

const live = 'where users.org_id = ? and users.id = ? and users.deleted_at is null'
const getText = `${selectUserViews(false)} ${live}`
const getWithGroupsText = `${selectUserViews(true)} ${live}`
const seeText = `select users.xmin as revision, ${userColumns} from users ${live}`
const around = ['user-around', `select ${manager}, null as groups from users ${live}`] as const
const aroundWithGroups = ['user-around-with-groups', `select ${manager}, ${groupsOfUser} as groups from users ${live}`] as const
const lockText = `select ${userColumns} from users ${live} for no key update`

interface DeletedRow extends UserRow {
  readonly deleted_at: Date
}

function deletedFromRow(row: DeletedRow): DeletedUser {
  return { record: userFromRow(row), deletedAt: row.deleted_at.getTime() }
}

export function userStore(connection: Connection, { organization, now, takesForGranted, recollection }: Scope): UserStore {
  const get = async (id: UserId, wants: { readonly groups: boolean }): Promise<UserView | undefined> => {
    const [row] = wants.groups
      ? await run<UserViewRow>(connection, 'user-get-with-groups', getWithGroupsText, [organization, id], quick)
      : await run<UserViewRow>(connection, 'user-get', getText, [organization, id], quick)
    return row && userViewFromRow(row, groupsFromRow(row.groups))
  }

  /** What is seen and not locked: PostgreSQL's own name for this state of the row is kept beside it, so that `save` can tell whether it still is so. */
  const seen = async (id: UserId): Promise<UserRecord | undefined> => {
    if (recollection?.isAll) {
      const { stored, revision } = recollection.user(id)
      const record = userAsStored(stored)
      revisions.set(record, revision)
      return record
    }
    const [row] = await run<UserRow & { readonly revision: string }>(connection, 'user-see', seeText, [organization, id], quick)
    if (!row) return undefined
    const record = userFromRow(row)
    revisions.set(record, row.revision)
    return record
  }

  return {
    get,

    async lock(id) {
      if (takesForGranted) return seen(id)
      const [row] = await run<UserRow>(connection, 'user-lock', lockText, [organization, id])
      return row && userFromRow(row)
    },

    async around(id, wants) {
      const [name, text] = wants.groups ? aroundWithGroups : around
      const [row] = await runLater<Pick<UserViewRow, 'manager' | 'groups'>>(connection, name, text, [organization, id])
      return row && { groups: groupsFromRow(row.groups), manager: managerFromRow(row.manager) }
    },

    async insert(user, attributes) {
      const at = new Date(now).toISOString()
      const attributesJson = JSON.stringify(attributes)
      const values = [organization, user.id, ...contentOf(user, attributes, attributesJson), ...stateOf(user), ...bondsOf(user), 1, at, at]
      insert(connection, people, values)
      insertEmails(user.id, emailKeys(attributes))
      const record = { user, attributes, attributesJson, version: 1, createdAt: now, lastModifiedAt: now }
      recollection?.noteUser(record)
      return record
    },

    async save(before, user, attributes) {
      const lastModifiedAt = Math.max(now, before.lastModifiedAt + 1)
      const deletedAt = user.directory === 'deleted' ? new Date(now).toISOString() : null
      const parts = { content: !isSameContent(before, user, attributes), bonds: !hasSameBonds(before.user, user) }
      const attributesJson = (attributes === before.attributes ? before.attributesJson : undefined) ?? JSON.stringify(attributes)
      const values = [
        ...(parts.content ? contentOf(user, attributes, attributesJson) : []),
        ...stateOf(user),
        ...(parts.bonds ? bondsOf(user) : []),
        deletedAt,
        before.version + 1,
        new Date(lastModifiedAt).toISOString(),
        organization,
        user.id,
      ]
      const revision = revisions.get(before)
      const [name, text] = saving(parts, revision !== undefined)
      defer(connection, name, text, revision === undefined ? values : [...values, revision])
      if (parts.content) replaceEmails(before, attributes)
      const after = { user, attributes, attributesJson, version: before.version + 1, createdAt: before.createdAt, lastModifiedAt }
      if (revision === undefined) recollection?.dropUser(user.id)
      else recollection?.noteUser(after)
      return after
    },

    async saveLinkAndKey(before, { identityLink, encryptionKey }) {
      recollection?.dropUser(before.user.id)
      const text = `update users set ${assigned(linkAndKeyColumns)} where org_id = ? and id = ?`
      await run(connection, 'user-save-link-and-key', text, [
        ...linkAndKeyOf({ identityLink, encryptionKey }),
        organization,
        before.user.id,
      ])
      return withUser(before, { ...before.user, identityLink, encryptionKey })
    },

    async saveRole(before, role) {
      recollection?.dropUser(before.user.id)
      await run(connection, 'user-save-role', 'update users set role = ? where org_id = ? and id = ?', [role, organization, before.user.id])
      return withUser(before, { ...before.user, role })
    },

    async lockLive(ids) {
      if (ids.length === 0) return new Set()
      const text = 'select id from users where org_id = ? and id = any(?) and deleted_at is null order by id for share'
      if (takesForGranted) {
        for (const id of ids) holdLive(connection, organization, id)
        return new Set(ids)
      }
      const rows = await run<{ id: string }>(connection, 'users-lock-live', text, [organization, ids])
      return new Set(rows.map(({ id }) => userId(id)))
    },

    async byName(userName) {
      const text = `select ${userColumns} from users where org_id = ? and user_name_key = ? and deleted_at is null`
      const [row] = await run<UserRow>(connection, 'user-by-name', text, [organization, canonicalName(userName)])
      return row && userFromRow(row)
    },

    async byExternalId(externalId) {
      const text = `select ${userColumns} from users where org_id = ? and external_id = ? and deleted_at is null`
      const [row] = await run<UserRow>(connection, 'user-by-external-id', text, [organization, externalId])
      return row && userFromRow(row)
    },

    async byAddress(address) {
      const text = `select ${userColumns} from users where org_id = ? and directory = 'enabled'
        and id in (select id from users where org_id = ? and user_name_key = ? and deleted_at is null
          union all select user_id from user_emails where org_id = ? and value_key = ?) limit 5`
      const key = canonicalName(address)
      const rows = await run<UserRow>(connection, 'users-by-address', text, [organization, organization, key, organization, key])
      return rows.map(userFromRow)
    },

    async byLink(id, subject) {
      const text = `select id from users where org_id = ? and link_connection_id = ? and link_subject = ? and deleted_at is null`
      const [row] = await run<{ id: string }>(connection, 'user-by-link', text, [organization, id, subject])
      return row && userId(row.id)
    },

    async owners() {
      const text = `select ${userColumns} from users where org_id = ? and role = 'owner' and deleted_at is null order by id`
      return (await run<UserRow>(connection, 'users-owners', text, [organization])).map(userFromRow)
    },

    async resetsDue(now) {
      const text = `select id from users where org_id = ? and key_reset_effective_at <= ? and deleted_at is null order by id`
      const rows = await run<{ id: string }>(connection, 'users-resets-due', text, [organization, new Date(now).toISOString()])
      return rows.map(({ id }) => userId(id))
    },

    async lockDeleted(id) {
      const text = `select ${userColumns}, users.deleted_at from users where org_id = ? and id = ? and deleted_at is not null for no key update`
      const [row] = await run<DeletedRow>(connection, 'user-lock-deleted', text, [organization, id])
      return row && deletedFromRow(row)
    },

    async deleted() {
      const text = `select ${userColumns}, users.deleted_at from users where org_id = ? and deleted_at is not null order by deleted_at desc, id limit 500`
      return (await run<DeletedRow>(connection, 'users-deleted', text, [organization])).map(deletedFromRow)
    },

    async deletedBefore(moment, limit) {
      const text =
        'select id from users where org_id = ? and deleted_at is not null and deleted_at < ? order by deleted_at, id limit ? for update'
      const values = [organization, new Date(moment).toISOString(), limit]
      return (await run<{ id: string }>(connection, 'users-deleted-before', text, values)).map(({ id }) => userId(id))
    },

    async erase(id) {
      recollection?.dropUser(id)
      await run(connection, 'user-erase', 'delete from users where org_id = ? and id = ? and deleted_at is not null', [organization, id])
    },

    async brief(ids) {
      if (ids.length === 0) return new Map()
      const text = 'select id, user_name, role from users where org_id = ? and id = any(?::uuid[]) and deleted_at is null'
      const rows = await run<Pick<UserRow, 'id' | 'user_name' | 'role'>>(connection, 'users-brief', text, [organization, ids])
      return new Map(rows.map((row) => [userId(row.id), { userName: row.user_name, role: row.role }]))
    },

    async all(status) {
      const text = `select ${userColumns} from users where org_id = ? and deleted_at is null
        and (?::text is null or ?::text = case when directory = 'deactivated' then 'deactivated' when key_state = 'registered' then 'active' else 'pending-encryption-key' end)
        order by id`
      const rows = await run<UserRow>(connection, 'users-all', text, [organization, status, status])
      return rows.map((row) => userFromRow(row).user)
    },
  }

  function insertEmails(id: UserId, keys: readonly string[]): void {
    for (let index = 0; index < keys.length; index += rowsMax) {
      const values = keys.slice(index, index + rowsMax).flatMap((key) => [organization, id, key])
      insert(connection, addresses, values)
    }
  }

  function replaceEmails(before: UserRecord, attributes: Resource): void {
    const [had, has] = [emailKeys(before.attributes), emailKeys(attributes)]
    if (sameResource([...had].sort(), [...has].sort())) return
    defer(connection, 'user-emails-delete', 'delete from user_emails where org_id = ? and user_id = ?', [organization, before.user.id])
    insertEmails(before.user.id, has)
  }
}

/** A record as it is but for the user, whose changes SCIM does not show. */
function withUser({ attributes, version, createdAt, lastModifiedAt }: UserRecord, user: User): UserRecord {
  return { user, attributes, version, createdAt, lastModifiedAt }
}
