import { type JsonObject, etag, groupSchema } from '@latchkey/scim'
import type { GroupView, Member } from '../ports/group-store.ts'
import type { Locations } from '../addresses.ts'

/** The whole representation of a group (RFC 7643 §4.2): every asserted member, whatever their status, so that the provider converges. */
export function groupResource({ record, members }: GroupView, locations: Locations): JsonObject {
  const { group } = record
  return {
    schemas: [groupSchema.id],
    id: group.id,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    meta: {
      resourceType: 'Group',
      created: new Date(record.createdAt).toISOString(),
      lastModified: new Date(record.lastModifiedAt).toISOString(),
      location: locations.group(group.id),
      version: etag(record.version),
    },
    displayName: group.displayName,
    ...(members === null || members.length === 0 ? {} : { members: members.map((member) => memberResource(member, locations)) }),
  }
}

export function memberResource({ id, display }: Member, locations: Locations): JsonObject {
  return { value: id, $ref: locations.user(id), type: 'User', display }
}
