import { isScimActive, userStatus } from '@latchkey/domain'
import { type Json, type JsonObject, accountSchema, enterpriseUserSchema, etag, isObject, userSchema } from '@latchkey/scim'
import type { UserView } from '../ports/user-store.ts'
import type { Locations } from '../addresses.ts'

/** The whole representation of a user (RFC 7643 §4.1): what filters are evaluated on and projections are taken from. */
export function userResource({ record, groups, manager }: UserView, locations: Locations): JsonObject {
  const { user, attributes } = record
  const enterprise = attributes[enterpriseUserSchema.id]
  // Name by name: every answer is one of these, or a list of them, and a spread for each part costs more than all of them.
  const resource: Record<string, Json> = {
    schemas: enterprise === undefined ? [userSchema.id, accountSchema.id] : [userSchema.id, enterpriseUserSchema.id, accountSchema.id],
    id: user.id,
  }
  if (user.externalId !== null) resource['externalId'] = user.externalId
  resource['meta'] = {
    resourceType: 'User',
    created: new Date(record.createdAt).toISOString(),
    lastModified: new Date(record.lastModifiedAt).toISOString(),
    location: locations.user(user.id),
    version: etag(record.version),
  }
  resource['userName'] = user.userName
  for (const name of Object.keys(attributes)) if (name !== enterpriseUserSchema.id) resource[name] = attributes[name]!
  resource['active'] = isScimActive(user)
  if (groups.length > 0) resource['groups'] = groups.map((group) => groupOfUser(group, locations))
  if (enterprise !== undefined) resource[enterpriseUserSchema.id] = withManager(enterprise, manager, locations)
  resource[accountSchema.id] = account(user)
  return resource
}

/** How a user's representation shows a group that they are in. */
export function groupOfUser({ id, displayName }: UserView['groups'][number], locations: Locations): JsonObject {
  return { value: id, $ref: locations.group(id), display: displayName, type: 'direct' }
}

/** A manager who is one of our users gets a reference and a name; any other value is the provider's own and stays as it is. */
function withManager(enterprise: Json, manager: UserView['manager'], locations: Locations): Json {
  if (!manager || !isObject(enterprise) || !isObject(enterprise['manager'])) return enterprise
  return {
    ...enterprise,
    manager: {
      value: enterprise['manager']['value'] ?? manager.id,
      $ref: locations.user(manager.id),
      ...(manager.displayName === null ? {} : { displayName: manager.displayName }),
    },
  }
}

function account(user: UserView['record']['user']): JsonObject {
  const key = user.encryptionKey
  return {
    status: userStatus(user),
    signedInOnce: user.identityLink !== null,
    ...(key.state === 'registered' ? { keyFingerprint: key.fingerprint, keyRegisteredAt: new Date(key.registeredAt).toISOString() } : {}),
  }
}
