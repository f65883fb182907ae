import { canonicalText, groupId, userId } from '@latchkey/domain'
import type { DeletedGroup, GroupRecord, GroupStore, GroupView, Locations } from '@latchkey/application'
import { type Connection, defer, run } from './database.ts'
import { holding } from './holding.ts'
import type { Scope } from './scope.ts'

interface GroupRow {
  readonly id: string
  readonly display_name: string
  readonly external_id: string | null
  readonly managed_by: 'scim' | 'local'
  readonly version: number
  readonly created_at: Date
  readonly last_modified_at: Date
}

const groupColumns =
  'groups.id, groups.display_name, groups.external_id, groups.managed_by, groups.version, groups.created_at, groups.last_modified_at'

function groupFromRow(row: GroupRow): GroupRecord {
  return {
    group: { id: groupId(row.id), displayName: row.display_name, externalId: row.external_id, managedBy: row.managed_by },
    version: row.version,
    createdAt: row.created_at.getTime(),
    lastModifiedAt: row.last_modified_at.getTime(),
  }
}

/** Records that were seen and not locked. */
const unlocked = new WeakSet<GroupRecord>()

const live = 'from groups where org_id = ? and id = ? and deleted_at is null'
const see = `select ${groupColumns} ${live}`
const lock = `select ${groupColumns} ${live} for no key update`

const update = `update groups set display_name = ?, display_name_key = ?, external_id = ?, version = ?, last_modified_at = ? where org_id = ? and id = ?`
/** Every change of a group or of its members is a version; what else it writes back is compared, for versions that were never kept. */
const guardedUpdate = holding(
  `${update} and version = ? and display_name = ? and external_id is not distinct from ? and deleted_at is null returning 1`,
)

export function groupStore(connection: Connection, { organization, now, takesForGranted, recollection }: Scope): GroupStore {
  return {
    async get(id, wants) {
      const text = `${selectGroupViews(wants.members)} where groups.org_id = ? and groups.id = ? and groups.deleted_at is null`
      const [row] = await run<GroupViewRow>(connection, wants.members ? 'group-get-with-members' : 'group-get', text, [organization, id], {
        isQuick: !wants.members,
      })
      return row && groupViewFromRow(row, wants.members)
    },

    async text(id, { locations, membersMax }) {
      const text = `select ${groupColumns},
          case when (select true from memberships where ${ofGroup('groups.org_id', 'groups.id')} order by memberships.position offset ? limit 1) then null
            else coalesce((select string_agg(member.text, ',') from (select ${memberAsText} as text from memberships
              where ${ofGroup('groups.org_id', 'groups.id')} order by memberships.position limit ?) as member), '') end as members
        from groups where groups.org_id = ? and groups.id = ? and groups.deleted_at is null`
      const [row] = await run<GroupRow & { members: string | null }>(connection, 'group-text', text, [
        membersMax,
        referenceTo(locations),
        membersMax,
        organization,
        id,
      ])
      return row && { record: groupFromRow(row), members: row.members }
    },

    async portion(id, { locations, after, limit }) {
      const text = `select string_agg(member.text, ',') as text, max(member.position) as last, count(*)::integer as count
        from (select memberships.position, ${memberAsText} as text from memberships
          where ${ofGroup('?', '?')} and memberships.position > ? order by memberships.position limit ?) as member`
      const [row] = await run<{ text: string | null; last: string | null; count: number }>(connection, 'group-portion', text, [
        referenceTo(locations),
        organization,
        id,
        after,
        limit,
      ])
      return { text: row?.text ?? '', next: row && row.count === limit ? Number(row.last) : null }
    },

    async lock(id) {
      if (!takesForGranted) {
        const [row] = await run<GroupRow>(connection, 'group-lock', lock, [organization, id])
        return row && groupFromRow(row)
      }
      if (recollection?.isAll) return recollection.group(id)
      const [row] = await run<GroupRow>(connection, 'group-see', see, [organization, id], { isQuick: true })
      if (!row) return undefined
      const record = groupFromRow(row)
      unlocked.add(record)
      return record
    },

    async lockAll(ids) {
      if (ids.length === 0) return
      const text = 'select id from groups where org_id = ? and id = any(?) order by id for no key update'
      await run(connection, 'groups-lock', text, [organization, ids])
    },

    async insert(group) {
      const at = new Date(now).toISOString()
      const text = `insert into groups (org_id, id, display_name, display_name_key, external_id, managed_by, version, created_at, last_modified_at)
        values (?, ?, ?, ?, ?, ?, 1, ?, ?)`
      const values = [
        organization,
        group.id,
        group.displayName,
        canonicalText(group.displayName),
        group.externalId,
        group.managedBy,
        at,
        at,
      ]
      defer(connection, 'group-insert', text, values)
      return { group, version: 1, createdAt: now, lastModifiedAt: now }
    },

    async save(before, group) {
      const lastModifiedAt = Math.max(now, before.lastModifiedAt + 1)
      const values = [
        group.displayName,
        canonicalText(group.displayName),
        group.externalId,
        before.version + 1,
        new Date(lastModifiedAt).toISOString(),
        organization,
        group.id,
      ]
      const after = { group, version: before.version + 1, createdAt: before.createdAt, lastModifiedAt }
      if (!unlocked.has(before)) {
        defer(connection, 'group-save', update, values)
        recollection?.dropGroup(group.id)
        return after
      }
      const { displayName, externalId } = before.group
      defer(connection, 'group-save-guarded', guardedUpdate, [...values, before.version, displayName, externalId])
      unlocked.add(after)
      recollection?.noteGroup(after)
      return after
    },

    async touch(ids) {
      if (ids.length === 0) return
      for (const id of ids) recollection?.dropGroup(id)
      const text = `update groups set version = version + 1, last_modified_at = greatest(?::timestamptz, last_modified_at + interval '1 millisecond')
        where org_id = ? and id = any(?)`
      defer(connection, 'groups-touch', text, [new Date(now).toISOString(), organization, ids])
    },

    async deleted() {
      const text = `select ${groupColumns}, groups.deleted_at from groups where org_id = ? and deleted_at is not null order by deleted_at, id limit 100`
      return (await run<DeletedRow>(connection, 'groups-deleted', text, [organization])).map(deletedFromRow)
    },

    async lockDeleted(id) {
      const text = `select ${groupColumns}, groups.deleted_at from groups where org_id = ? and id = ? and deleted_at is not null for update`
      const [row] = await run<DeletedRow>(connection, 'group-lock-deleted', text, [organization, id])
      return row && deletedFromRow(row)
    },

    async restore({ record: before }) {
      const lastModifiedAt = Math.max(now, before.lastModifiedAt + 1)
      const text = 'update groups set deleted_at = null, version = ?, last_modified_at = ? where org_id = ? and id = ?'
      defer(connection, 'group-restore', text, [before.version + 1, new Date(lastModifiedAt).toISOString(), organization, before.group.id])
      return { ...before, version: before.version + 1, lastModifiedAt }
    },

    async deletedBefore(moment, limit) {
      const text = 'select id from groups where org_id = ? and deleted_at < ? order by deleted_at, id limit ? for update'
      const values = [organization, new Date(moment).toISOString(), limit]
      return (await run<{ id: string }>(connection, 'groups-deleted-before', text, values)).map(({ id }) => groupId(id))
    },

    async erase(id) {
      await run(connection, 'group-erase', 'delete from groups where org_id = ? and id = ? and deleted_at is not null', [organization, id])
    },

    async delete({ group }) {
      recollection?.dropGroup(group.id)
      const text = 'delete from memberships where org_id = ? and group_id = ? returning user_id'
      const left = await run<{ user_id: string }>(connection, 'group-empty', text, [organization, group.id])
      const mark = 'update groups set deleted_at = ?, version = version + 1 where org_id = ? and id = ?'
      defer(connection, 'group-delete', mark, [new Date(now).toISOString(), organization, group.id])
      return left.map((row) => userId(row.user_id))
    },
  }
}

interface DeletedRow extends GroupRow {
  readonly deleted_at: Date
}

function deletedFromRow(row: DeletedRow): DeletedGroup {
  return { record: groupFromRow(row), deletedAt: row.deleted_at.getTime() }
}

export interface GroupViewRow extends GroupRow {
  readonly members: readonly { readonly id: string; readonly display: string }[] | null
}

/** A user as a member is shown. */
export const memberDisplay = "coalesce(users.attributes->>'displayName', users.user_name)"

/** The members of a group as their index has them, `memberships_order`: there are no plainer words for which PostgreSQL would take it. */
function ofGroup(organization: string, group: string): string {
  return `memberships.org_id = ${organization} and nullif(memberships.group_id, '00000000-0000-0000-0000-000000000000') = ${group}`
}

/** Each member by its key. A join would be planned for groups of the usual size, and read the whole directory for one of ten. */
const displayOfMember = `(select ${memberDisplay} from users where users.org_id = memberships.org_id and users.id = memberships.user_id)`

const membersOfGroup = `(
    select json_agg(json_build_object('id', memberships.user_id, 'display', ${displayOfMember}) order by memberships.position)
    from memberships where ${ofGroup('groups.org_id', 'groups.id')}
  )`

/** What `groupResource` shows of a member, as JSON. PostgreSQL escapes the characters that JavaScript does. */
const memberAsText = `concat('{"value":"', memberships.user_id, '","$ref":"', ?::text, memberships.user_id, '","type":"User","display":',
  to_json(${displayOfMember}), '}')`

/** What stands before a user's id in `$ref`, within quotes. */
function referenceTo({ base }: Locations): string {
  return JSON.stringify(`${base}/Users/`).slice(1, -1)
}

/** A group, and its members in the order in which they joined; `wantsMembers` decides whether they are read. */
export function selectGroupViews(wantsMembers: boolean): string {
  return `select ${groupViewColumns(wantsMembers)} from groups`
}

export function groupViewColumns(wantsMembers: boolean): string {
  return `${groupColumns}, ${wantsMembers ? membersOfGroup : 'null'} as members`
}

export function groupViewFromRow(row: GroupViewRow, wantsMembers: boolean): GroupView {
  const members = wantsMembers ? (row.members ?? []).map(({ id, display }) => ({ id: userId(id), display })) : null
  return { record: groupFromRow(row), members }
}
