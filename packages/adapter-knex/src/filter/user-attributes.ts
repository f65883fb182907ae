import type { Locations } from '@latchkey/application'
import { accountSchema, attributeName, enterpriseUserSchema, userSchema } from '@latchkey/scim'
import { constant, sql } from '../sql.ts'
import type { Sources } from './compile-filter.ts'
import { searched } from './search-document.ts'
import { type Source, type Value, boolean, instant, single, text, uuid } from './source.ts'

/** Where each attribute of a user is: in a column, in rows, or in the search document. */
export function userSources(locations: Locations): Sources {
  const columns = columnsOf(locations)
  return (target) => columns.get(attributeName(target)) ?? columns.get(attributeName({ ...target, subAttribute: null })) ?? searched(target)
}

function columnsOf(locations: Locations): ReadonlyMap<string, Source> {
  const usersAt = `${locations.base}/Users/`
  const columns: Record<string, Source> = {
    id: single(uuid(constant('users.id'))),
    externalId: single(text(constant('users.external_id'))),
    userName: single(text(constant('users.user_name_key'))),
    active: single(boolean(constant("(users.directory = 'enabled')"))),
    ...metaColumns('users', usersAt, 'User'),
    schemas: schemasOf(),
    emails,
    groups: groupsOf(locations),
  }
  const enterprise = enterpriseUserSchema.id
  columns[`${enterprise}:manager.$ref`] = single(text(sql`(select ${usersAt}::text || manager.id ${liveManager})`))
  columns[`${enterprise}:manager.displayName`] = single(text(sql`(select manager.search->>'displayName' ${liveManager})`))
  const account: Record<string, Value> = {
    status: text(
      constant(
        "(case when users.directory = 'deactivated' then 'deactivated' when users.key_state = 'registered' then 'active' else 'pending-encryption-key' end)",
      ),
    ),
    signedInOnce: boolean(constant('(users.link_connection_id is not null)')),
    keyFingerprint: text(constant('users.key_fingerprint')),
    keyRegisteredAt: instant(constant('users.key_registered_at')),
  }
  for (const [name, value] of Object.entries(account)) columns[`${accountSchema.id}:${name}`] = single(value)
  return new Map(Object.entries(columns))
}

/** `meta` of a row of either table; `at` is where its resources are. */
export function metaColumns(table: 'users' | 'groups', at: string, resourceType: 'User' | 'Group'): Readonly<Record<string, Source>> {
  return {
    // As a whole it can only be asked whether it is there, and it always is.
    meta: single(boolean(constant('true'))),
    'meta.resourceType': single(text(sql`${resourceType}::text`)),
    'meta.created': single(instant(constant(`${table}.created_at`))),
    'meta.lastModified': single(instant(constant(`${table}.last_modified_at`))),
    'meta.location': single(text(sql`(${at}::text || ${constant(`${table}.id`)})`)),
    'meta.version': single(text(constant(`('W/"' || ${table}.version || '"')`))),
  }
}

const liveManager = constant(
  'from users as manager where manager.org_id = users.org_id and manager.id = users.manager_id and manager.deleted_at is null',
)

function schemasOf(): Source {
  const enterprise = sql`case when users.search->${enterpriseUserSchema.id}::text is not null then ${enterpriseUserSchema.id}::text end`
  return {
    kind: 'elements',
    from: sql`from unnest(array[${userSchema.id}::text, ${enterprise}, ${accountSchema.id}::text]) as element (value) where element.value is not null`,
    value: () => text(constant('element.value')),
  }
}

const emails: Source = {
  ...elementsOf(searched({ extension: null, attribute: userSchema.attributes.find(({ name }) => name === 'emails')!, subAttribute: null })),
  // Found first, and then their users by their keys: in whatever a condition is part of, PostgreSQL asks this once.
  indexed: (operand) => sql`users.id = any(array(
    select user_emails.user_id from user_emails where user_emails.org_id = current_organization() and user_emails.value_key = ${operand}::text))`,
  // Of no single user, so that PostgreSQL looks through the addresses once and not for each user.
  containing: (operand) => sql`(users.org_id, users.id) in (
    select user_emails.org_id, user_emails.user_id from user_emails where strpos(user_emails.value_key, ${operand}::text) > 0)`,
}

function elementsOf(source: Source): Extract<Source, { kind: 'elements' }> {
  if (source.kind === 'value') throw new Error('A single value has no elements.')
  return source
}

function groupsOf(locations: Locations): Source {
  const parts: Readonly<Record<string, Value>> = {
    value: uuid(constant('groups.id')),
    $ref: text(sql`(${`${locations.base}/Groups/`}::text || groups.id)`),
    display: text(constant('groups.display_name_key')),
    type: text(constant("'direct'::text")),
  }
  return {
    kind: 'elements',
    from: constant(
      'from memberships join groups on groups.org_id = memberships.org_id and groups.id = memberships.group_id where memberships.org_id = users.org_id and memberships.user_id = users.id',
    ),
    value: (name) => partOf(parts, name),
  }
}

/** A sub-attribute by its name; without one, the element's `value`. */
export function partOf(parts: Readonly<Record<string, Value>>, name: string | null): Value {
  const part = parts[name ?? 'value']
  if (!part) throw new Error(`${name} is nowhere.`)
  return part
}
