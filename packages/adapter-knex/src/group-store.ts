import { type GroupId, canonicalText, groupId, userId } from '@latchkey/domain'
import type { GroupRecord, GroupStore, GroupView, Member } from '@latchkey/application'
import { type Connection, defer, run } from './database.ts'
import type { Scope } from './scope.ts'

export interface GroupRow {
  readonly id: string
  readonly display_name: string
  readonly external_id: string | null
  readonly managed_by: 'scim' | 'local'
  readonly version: number
  readonly created_at: Date
  readonly last_modified_at: Date
}

export const groupColumns =
  'groups.id, groups.display_name, groups.external_id, groups.managed_by, groups.version, groups.created_at, groups.last_modified_at'

export function groupFromRow(row: GroupRow): GroupRecord {
  return {
    group: { id: groupId(row.id), displayName: row.display_name, externalId: row.external_id, managedBy: row.managed_by },
    version: row.version,
    createdAt: row.created_at.getTime(),
    lastModifiedAt: row.last_modified_at.getTime(),
  }
}

export function groupStore(connection: Connection, { organization, now }: Scope): GroupStore {
  const select = `select ${groupColumns} from groups where org_id = ? and id = ? and deleted_at is null`
  const find = async (id: GroupId): Promise<GroupRecord | undefined> => {
    const [row] = await run<GroupRow>(connection, 'group-get', select, [organization, id])
    return row && groupFromRow(row)
  }

  return {
    async get(id, wants) {
      const record = await find(id)
      if (!record) return undefined
      const members = wants.members ? ((await membersOf(connection, { organization, now }, [id])).get(id) ?? []) : null
      return { record, members } satisfies GroupView
    },

    async lock(id) {
      const [row] = await run<GroupRow>(connection, 'group-lock', `${select} for no key update`, [organization, id])
      return row && groupFromRow(row)
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
      const text = `update groups set display_name = ?, display_name_key = ?, external_id = ?, version = ?, last_modified_at = ? where org_id = ? and id = ?`
      const values = [
        group.displayName,
        canonicalText(group.displayName),
        group.externalId,
        before.version + 1,
        new Date(lastModifiedAt).toISOString(),
        organization,
        group.id,
      ]
      defer(connection, 'group-save', text, values)
      return { group, version: before.version + 1, createdAt: before.createdAt, lastModifiedAt }
    },

    async touch(ids) {
      if (ids.length === 0) return
      const text = `update groups set version = version + 1, last_modified_at = greatest(?::timestamptz, last_modified_at + interval '1 millisecond')
        where org_id = ? and id = any(?)`
      defer(connection, 'groups-touch', text, [new Date(now).toISOString(), organization, ids])
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
      const text = 'delete from memberships where org_id = ? and group_id = ? returning user_id'
      const left = await run<{ user_id: string }>(connection, 'group-empty', text, [organization, group.id])
      const mark = 'update groups set deleted_at = ?, version = version + 1 where org_id = ? and id = ?'
      defer(connection, 'group-delete', mark, [new Date(now).toISOString(), organization, group.id])
      return left.map((row) => userId(row.user_id))
    },
  }
}

/** The members of several groups in one statement, each group's in the order in which they joined. */
export async function membersOf(
  connection: Connection,
  { organization }: Scope,
  groups: readonly GroupId[],
): Promise<ReadonlyMap<GroupId, readonly Member[]>> {
  const text = `select memberships.group_id, users.id, coalesce(users.attributes->>'displayName', users.user_name) as display
    from memberships join users on users.org_id = memberships.org_id and users.id = memberships.user_id
    where memberships.org_id = ? and memberships.group_id = any(?) order by memberships.group_id, memberships.position`
  const rows = await run<{ group_id: string; id: string; display: string }>(connection, 'groups-members', text, [organization, groups])
  const members = new Map<GroupId, Member[]>()
  for (const row of rows) {
    const group = groupId(row.group_id)
    const list = members.get(group)
    const member = { id: userId(row.id), display: row.display }
    if (list) list.push(member)
    else members.set(group, [member])
  }
  return members
}
