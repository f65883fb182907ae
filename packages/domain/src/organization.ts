import type { OrganizationId } from './ids.ts'
import type { Instant } from './instant.ts'
import { isNameable } from './canonical-name.ts'
import type { OrganizationSettings } from './organization-settings.ts'

/** One customer. Every user, group, token and event belongs to exactly one. */
export interface Organization {
  readonly id: OrganizationId
  /** In addresses and commands: `acme`. */
  readonly slug: string
  readonly name: string
  readonly scimEnabled: boolean
  readonly settings: OrganizationSettings
  readonly createdAt: Instant
}

/** Lower-case letters, digits and inner hyphens, at most 63: what fits a URL and a host label. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
}

export function isOrganizationName(text: string): boolean {
  return isNameable(text) && text.length <= 200
}
