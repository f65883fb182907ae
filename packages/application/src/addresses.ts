import type { GroupId, UserId } from '@latchkey/domain'

/** Where resources are: the same absolute address for everyone, whichever path a request came in by. */
export interface Locations {
  /** `https://…/scim/v2`, without a slash at its end: the SCIM URL that administrators copy. */
  readonly base: string
  user(id: UserId): string
  group(id: GroupId): string
}

/** Every address the product tells anybody. */
export interface Addresses {
  readonly locations: Locations
  readonly host: string
  signIn(slug: string): string
  /** The secret stands in the fragment, which browsers never send. */
  ownerLink(secret: string): string
}

/** From the configured public URL only, never from a request (SSO-5). */
export function addresses(publicUrl: string): Addresses {
  const origin = publicUrl.replace(/\/+$/, '')
  const base = `${origin}/scim/v2`
  return {
    locations: { base, user: (id) => `${base}/Users/${id}`, group: (id) => `${base}/Groups/${id}` },
    host: origin.replace(/^[a-z]+:\/\//, '').replace(/[:/].*$/, ''),
    signIn: (slug) => `${origin}/account/sign-in?organization=${encodeURIComponent(slug)}`,
    ownerLink: (secret) => `${origin}/account/owner#${secret}`,
  }
}
