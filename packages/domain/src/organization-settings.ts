/** What an organisation's owners decide about keeping and telling. */
export interface OrganizationSettings {
  /** Days for which audit events are kept (AUD-2). */
  readonly auditRetentionDays: number
  /** Days for which the list of requests that changed something or failed is kept. */
  readonly activityRetentionDays: number
}

export const presetSettings: OrganizationSettings = { auditRetentionDays: 400, activityRetentionDays: 90 }

/** The days for which audit events may be kept. Less than the 30 days in which a deletion can be undone would forget who deleted. */
export const auditRetentionDaysRange = { min: 30, max: 3_650 } as const
