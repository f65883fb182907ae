import { isScimActive, userStatus } from '@latchkey/domain'
import { type Json, type JsonObject, accountSchema, enterpriseUserSchema, etag, isObject, userSchema } from '@latchkey/scim'
import type { UserView } from '../ports/user-store.ts'
import type { Locations } from '../addresses.ts'

/** The whole representation of a user (RFC 7643 §4.1): what filters are evaluated on and projections are taken from. */
export function userResource({ record, groups, manager }: UserView, locations: Locations): JsonObject {
  const { user, attributes } = record
  const { [enterpriseUserSchema.id]: enterprise, ...core } = attributes
  const location = locations.user(user.id)
  return {
    schemas: [userSchema.id, ...(enterprise === undefined ? [] : [enterpriseUserSchema.id]), accountSchema.id],
    id: user.id,
    ...(user.externalId === null ? {} : { externalId: user.externalId }),
    meta: {
      resourceType: 'User',
      created: new Date(record.createdAt).toISOString(),
      lastModified: new Date(record.lastModifiedAt).toISOString(),
      location,
      version: etag(record.version),
    },
    userName: user.userName,
    ...core,
    active: isScimActive(user),
    ...(groups.length === 0
      ? {}
      : {
          groups: groups.map((group) => ({ value: group.id, $ref: locations.group(group.id), display: group.displayName, type: 'direct' })),
        }),
    ...(enterprise === undefined ? {} : { [enterpriseUserSchema.id]: withManager(enterprise, manager, locations) }),
    [accountSchema.id]: account(record.user),
  }
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
