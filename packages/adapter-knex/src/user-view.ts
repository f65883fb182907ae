import type { UserView } from '@latchkey/application'
import { canonicalText, groupId, userId } from '@latchkey/domain'
import { compareCodePoints } from '@latchkey/scim'
import { type UserRow, userColumns, userFromRow } from './user-row.ts'

export interface UserViewRow extends UserRow {
  /** What each group is called, by its id. */
  readonly groups: Readonly<Record<string, string>> | null
  readonly manager: { readonly id: string; readonly displayName: string | null } | null
}

/** One object, in no order: to make one of each group and to sort them took PostgreSQL an eighth of reading the user. */
export const groupsOfUser = `(
    select json_object_agg(groups.id, groups.display_name)
    from memberships join groups on groups.org_id = memberships.org_id and groups.id = memberships.group_id
    where memberships.org_id = users.org_id and memberships.user_id = users.id
  )`

/** The same for many people, who are in the same groups: what these are called is then asked once. */
export const groupIdsOfUser =
  'array(select memberships.group_id from memberships where memberships.org_id = users.org_id and memberships.user_id = users.id)'

/** The manager, if they are live. A function, so that it costs only those who have one: what stands in the statement is got ready for everybody. */
export const manager = 'case when users.manager_id is not null then live_manager(users.org_id, users.manager_id) end as manager'

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

export function managerFromRow(manager: UserViewRow['manager']): UserView['manager'] {
  return manager && { id: userId(manager.id), displayName: manager.displayName }
}
