import type { GroupId, UserId } from '@latchkey/domain'

/** Where resources are: the same absolute address for everyone, whichever path a request came in by. */
export interface Locations {
  /** `https://…/scim/v2`, without a slash at its end. */
  readonly base: string
  user(id: UserId): string
  group(id: GroupId): string
}

/** From the configured public URL only, never from a request (SSO-5). */
export function locations(publicUrl: string): Locations {
  const base = `${publicUrl.replace(/\/+$/, '')}/scim/v2`
  return { base, user: (id) => `${base}/Users/${id}`, group: (id) => `${base}/Groups/${id}` }
}
