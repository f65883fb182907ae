import type { GrantedRole } from './role.ts'

/** What an organisation's owners decide about keeping, telling and trusting. */
export interface OrganizationSettings {
  /** Days for which audit events are kept (AUD-2). */
  readonly auditRetentionDays: number
  /** Days for which the list of requests that changed something or failed is kept. */
  readonly activityRetentionDays: number
  /** Whether people who are provisioned get the set-up mail (IDN-5). */
  readonly setUpMail: boolean
  /** What everybody may do who has no role of their own or by a group. To make everybody an administrator is no setting. */
  readonly defaultRole: Exclude<GrantedRole, 'admin'>
}

export const presetSettings: OrganizationSettings = {
  auditRetentionDays: 400,
  activityRetentionDays: 90,
  setUpMail: true,
  defaultRole: 'member',
}

/** Less than the 30 days in which a deletion can be undone would forget who deleted. */
export const auditRetentionDaysRange = { min: 30, max: 3_650 } as const
export const activityRetentionDaysRange = { min: 7, max: 400 } as const

export function settingsAreInRange({ auditRetentionDays, activityRetentionDays }: OrganizationSettings): boolean {
  return isDays(auditRetentionDays, auditRetentionDaysRange) && isDays(activityRetentionDays, activityRetentionDaysRange)
}

function isDays(days: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return Number.isInteger(days) && days >= min && days <= max
}
