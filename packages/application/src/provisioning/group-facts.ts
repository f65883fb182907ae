import type { Group } from '@latchkey/domain'
import type { Resource } from '@latchkey/scim'

/** A group resource without its members, who are rows of their own. */
export interface GroupFacts {
  readonly displayName: string
  readonly externalId: string | null
}

export function groupFacts({ displayName, externalId }: Resource): GroupFacts {
  return {
    displayName: typeof displayName === 'string' ? displayName : '',
    externalId: typeof externalId === 'string' ? externalId : null,
  }
}

export function writableGroup({ displayName, externalId }: Group): Resource {
  return { displayName, ...(externalId === null ? {} : { externalId }) }
}
