import type { GroupId } from './ids.ts'
import { type Result, ok, refuse } from './result.ts'

/** A group; its memberships are rows of their own and are never loaded with it. */
export interface Group {
  readonly id: GroupId
  /** As it was sent; unique per organisation in its canonical form. */
  readonly displayName: string
  readonly externalId: string | null
  readonly managedBy: 'scim' | 'local'
}

/** SCIM reads every group and writes only those it manages. */
export function changeGroupByProvisioning(
  group: Group,
  change: { readonly displayName: string; readonly externalId: string | null },
): Result<Group, 'managed-locally'> {
  if (group.managedBy !== 'scim') return refuse('managed-locally')
  if (group.displayName === change.displayName && group.externalId === change.externalId) return ok(group)
  return ok({ ...group, displayName: change.displayName, externalId: change.externalId })
}
