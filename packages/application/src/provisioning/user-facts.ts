import { type EmailAddress, type User, canonicalName, isScimActive } from '@latchkey/domain'
import { type Json, type JsonObject, type Resource, enterpriseUserSchema, isArray, isObject, sameResource } from '@latchkey/scim'

/** A user resource in its two parts: what rules decide on, and what is only kept. */
export interface UserFacts {
  readonly userName: string
  readonly externalId: string | null
  readonly active: boolean
  readonly attributes: Resource
}

/** `active` is what a resource that does not say means: true for a new user, whatever it was for one who exists (D-17). */
export function userFacts(resource: Resource, active: boolean): UserFacts {
  const { userName, externalId, active: named, ...attributes } = resource
  return {
    userName: typeof userName === 'string' ? userName : '',
    externalId: typeof externalId === 'string' ? externalId : null,
    active: typeof named === 'boolean' ? named : active,
    attributes,
  }
}

/** The two parts as the one resource that a client may write. */
export function writableUser(user: User, attributes: Resource): Resource {
  return {
    userName: user.userName,
    ...(user.externalId === null ? {} : { externalId: user.externalId }),
    ...attributes,
    active: isScimActive(user),
  }
}

/** The names of the attributes in which two resources differ: what an event tells. */
export function changedAttributes(before: Resource, after: Resource): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !isSame(before[name], after[name])).sort()
}

function isSame(had: Json | undefined, has: Json | undefined): boolean {
  return had === has || (had !== undefined && has !== undefined && sameResource(had, has))
}

export function emailsOf(attributes: Resource): readonly EmailAddress[] {
  const { emails } = attributes
  if (!isArray(emails)) return []
  return emails.flatMap((email) => {
    if (!isObject(email) || typeof email['value'] !== 'string') return []
    return [{ value: email['value'], primary: email['primary'] === true }]
  })
}

/** The canonical form of every e-mail, each once: by these a person is looked up. */
export function emailKeys(attributes: Resource): readonly string[] {
  return [...new Set(emailsOf(attributes).map(({ value }) => canonicalName(value)))]
}

/** How a letter addresses the person; null where the provider gave no name. */
export function recipientName(attributes: Resource): string | null {
  const { displayName, name } = attributes
  if (typeof displayName === 'string') return displayName
  if (!isObject(name)) return null
  const { formatted, givenName } = name
  return typeof formatted === 'string' ? formatted : typeof givenName === 'string' ? givenName : null
}

/** The enterprise extension's `manager.value`, whatever the provider put there. */
export function managerValue(attributes: Resource): string | null {
  const { manager } = enterpriseOf(attributes)
  return isObject(manager) && typeof manager['value'] === 'string' ? manager['value'] : null
}

/** The attributes with the manager that other attributes have. */
export function withManagerOf(attributes: Resource, other: Resource): Resource {
  const { manager: _dropped, ...rest } = enterpriseOf(attributes)
  const { manager } = enterpriseOf(other)
  return { ...attributes, [enterpriseUserSchema.id]: { ...rest, ...(manager === undefined ? {} : { manager }) } }
}

function enterpriseOf(attributes: Resource): JsonObject {
  const enterprise = attributes[enterpriseUserSchema.id]
  return isObject(enterprise) ? enterprise : {}
}
