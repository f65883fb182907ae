import { type OrganizationId, type User, type UserId, canonicalName, canonicalText, groupId, isId, userId } from '@latchkey/domain'
import {
  type DeletedUser,
  type UserRecord,
  type UserStore,
  type UserView,
  emailKeys,
  managerValue,
  searchDocument,
} from '@latchkey/application'
import { type Resource, compareCodePoints, sameResource, userType } from '@latchkey/scim'
import { type Connection, defer, insert, run, runLater } from './database.ts'
import { rowsMax } from './gathered-transactions.ts'
import type { Scope } from './scope.ts'
import type { Bindable } from './sql.ts'
import type { Into } from './statement.ts'
import { type UserRow, userAsStored, userColumns, userFromRow } from './user-row.ts'

export interface UserViewRow extends UserRow {
  /** What each group is called, by its id. */
  readonly groups: Readonly<Record<string, string>> | null
  readonly manager: { readonly id: string; readonly displayName: string | null } | null
}

/** `xmin` of the row that a record was read from, where it was not locked. It changes with every change of the row, and with nothing else. */
const revisions = new WeakMap<UserRecord, string>()

/** A statement that has to find something, or else nothing of its transaction is kept. */
export const holding = (text: string): string => `with found as (${text}) select hold(count(*)) from found`

/** A user who has to be live, and is until the transaction ends. */
export function holdLive(connection: Connection, organization: OrganizationId, user: UserId): void {
  const text = holding('select id from users where org_id = ? and id = ? and deleted_at is null for share')
  defer(connection, 'user-hold-live', text, [organization, user], { isHold: true })
}

/** By a key, with the handful of groups that a person is in. */
const quick = { isQuick: true }

/** One object, in no order: to make one of each group and to sort them took PostgreSQL an eighth of reading the user. */
const groupsOfUser = `(
    select json_object_agg(groups.id, groups.display_name)
    from memberships join groups on groups.org_id = memberships.org_id and groups.id = memberships.group_id
    where memberships.org_id = users.org_id and memberships.user_id = users.id
  )`

/** The same for many people, who are in the same groups: what these are called is then asked once. */
export const groupIdsOfUser =
  'array(select memberships.group_id from memberships where memberships.org_id = users.org_id and memberships.user_id = users.id)'

/** The manager, if they are live. A function, so that it costs only those who have one: what stands in the statement is got ready for everybody. */
const manager = 'case when users.manager_id is not null then live_manager(users.org_id, users.manager_id) end as manager'

/** A user with what others say of them, but for the groups. */
export const userViewColumns = `${userColumns}, ${manager}`

/** A user with what others say of them; `wantsGroups` decides whether the groups are read. */
export function selectUserViews(wantsGroups: boolean): string {
  return `select ${userViewColumns}, ${wantsGroups ? groupsOfUser : 'null'} as groups from users`
}

/** The groups of one person, or of all on a page, in the order of their names. */
export function groupsFromRow(groups: UserViewRow['groups']): UserView['groups'] {
  if (groups === null) return noGroups
  const named = Object.entries(groups).map(([id, displayName]) => ({ id: groupId(id), displayName }))
  if (named.length < 2) return named
  const keys = new Map(named.map(({ id, displayName }) => [id, canonicalText(displayName)]))
  return named.sort((a, b) => compareCodePoints(keys.get(a.id)!, keys.get(b.id)!) || compareCodePoints(a.id, b.id))
}

const noGroups: UserView['groups'] = []

export function userViewFromRow(row: Omit<UserViewRow, 'groups'>, groups: UserView['groups']): UserView {
  return {
    record: userFromRow(row),
    groups,
    manager: managerFromRow(row.manager),
  }
}

function managerFromRow(manager: UserViewRow['manager']): UserView['manager'] {
  return manager && { id: userId(manager.id), displayName: manager.displayName }
}

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

const contentColumns = ['user_name', 'user_name_key', 'external_id', 'attributes', 'search', 'display_key', 'manager_id'] as const
const stateColumns = ['directory', 'set_up_mail_queued'] as const
const linkAndKeyColumns = [
  'link_connection_id',
  'link_subject',
  'key_state',
  'key_version',
  'key_encryption_public',
  'key_signing_public',
  'key_fingerprint',
  'key_envelope',
  'key_envelope_version',
  'key_registered_at',
  'key_reset_requested_at',
  'key_reset_effective_at',
] as const
const bondColumns = ['managed_by', 'role', ...linkAndKeyColumns] as const

const insertedColumns = ['org_id', 'id', ...contentColumns, ...stateColumns, ...bondColumns, 'version', 'created_at', 'last_modified_at']
const people: Into = { name: 'user-insert', table: `users (${insertedColumns.join(', ')})`, width: insertedColumns.length }
const addresses: Into = { name: 'user-emails-insert', table: 'user_emails (org_id, user_id, value_key)', width: 3 }

const assigned = (columns: readonly string[]): string => columns.map((column) => `${column} = ?`).join(', ')

type Parts = { readonly content: boolean; readonly bonds: boolean }

const savings = new Map<string, readonly [name: string, text: string]>()

/** Only what has changed is written: most changes are of the state alone, or of what the provider says of the person. */
function saving(parts: Parts, isGuarded: boolean): readonly [name: string, text: string] {
  const name = `user-save${parts.content ? '-content' : ''}${parts.bonds ? '-bonds' : ''}${isGuarded ? '-guarded' : ''}`
  const known = savings.get(name)
  if (known) return known
  const columns = [
    ...(parts.content ? contentColumns : []),
    ...stateColumns,
    ...(parts.bonds ? bondColumns : []),
    'deleted_at',
    'version',
    'last_modified_at',
  ]
  const update = `update users set ${assigned(columns)} where org_id = ? and id = ?`
  const made = [name, isGuarded ? holding(`${update} and xmin = ?::xid returning 1`) : update] as const
  savings.set(name, made)
  return made
}

/** A record as it is but for the user, whose changes SCIM does not show. */
function withUser({ attributes, version, createdAt, lastModifiedAt }: UserRecord, user: User): UserRecord {
  return { user, attributes, version, createdAt, lastModifiedAt }
}

/** What SCIM says of a person. */
function contentOf(user: User, attributes: Resource, attributesJson: string): readonly Bindable[] {
  const displayName = attributes['displayName']
  return [
    user.userName,
    canonicalName(user.userName),
    user.externalId,
    attributesJson,
    JSON.stringify(searchDocument(userType, attributes)),
    canonicalText(typeof displayName === 'string' ? displayName : user.userName),
    managerIdOf(attributes),
  ]
}

function isSameContent({ user: before, attributes: had }: UserRecord, user: User, has: Resource): boolean {
  return before.userName === user.userName && before.externalId === user.externalId && (had === has || sameResource(had, has))
}

function stateOf(user: User): readonly Bindable[] {
  return [user.directory, user.setUpMailQueued]
}

/** Whose the person is, and what is no affair of SCIM. */
function bondsOf(user: User): readonly Bindable[] {
  return [user.managedBy, user.role, ...linkAndKeyOf(user)]
}

function hasSameBonds(before: User, after: User): boolean {
  return (
    before.managedBy === after.managedBy &&
    before.role === after.role &&
    before.identityLink === after.identityLink &&
    before.encryptionKey === after.encryptionKey
  )
}

function linkAndKeyOf({ identityLink, encryptionKey: key }: Pick<User, 'identityLink' | 'encryptionKey'>): readonly Bindable[] {
  const registered = key.state === 'registered' ? key : null
  const at = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString())
  return [
    identityLink?.connectionId ?? null,
    identityLink?.subject ?? null,
    key.state,
    key.state === 'registered' ? key.version : key.lastVersion,
    registered?.publicKeys.encryption ?? null,
    registered?.publicKeys.signing ?? null,
    registered?.fingerprint ?? null,
    registered?.protectedPrivateKeys.envelope ?? null,
    registered?.protectedPrivateKeys.version ?? null,
    at(registered?.registeredAt),
    at(registered?.resetRequest?.requestedAt),
    at(registered?.resetRequest?.effectiveAt),
  ]
}

function managerIdOf(attributes: Resource): string | null {
  const manager = managerValue(attributes)
  return manager !== null && isId(manager) ? manager.toLowerCase() : null
}
