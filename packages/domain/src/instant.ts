/** A moment, in milliseconds since 1970-01-01T00:00:00Z. Moments that decide come from the database's clock. */
export type Instant = number

export const secondMs = 1_000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
