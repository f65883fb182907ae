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
  /** Whether the open page of somebody who holds a group's key gives it to new members without anybody's looking (KEY-5). Never after a reset. */
  readonly automaticGranting: boolean
  /** How many such grants are made within an hour at most. */
  readonly automaticGrantsPerHour: number
}

export const presetSettings: OrganizationSettings = {
  auditRetentionDays: 400,
  activityRetentionDays: 90,
  setUpMail: true,
  defaultRole: 'member',
  automaticGranting: false,
  automaticGrantsPerHour: 50,
}

/** Less than the 30 days in which a deletion can be undone would forget who deleted. */
export const auditRetentionDaysRange = { min: 30, max: 3_650 } as const
export const activityRetentionDaysRange = { min: 7, max: 400 } as const

export const automaticGrantsPerHourRange = { min: 1, max: 1_000 } as const

export function settingsAreInRange(settings: OrganizationSettings): boolean {
  return (
    isWithin(settings.auditRetentionDays, auditRetentionDaysRange) &&
    isWithin(settings.activityRetentionDays, activityRetentionDaysRange) &&
    isWithin(settings.automaticGrantsPerHour, automaticGrantsPerHourRange)
  )
}

function isWithin(count: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return Number.isInteger(count) && count >= min && count <= max
}
