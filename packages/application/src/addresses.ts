import type { ConnectionId, GroupId, UserId } from '@latchkey/domain'

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
  /** Where an OpenID provider sends the browser back to: one for all organisations, and exactly this at the provider too. */
  readonly oidcRedirect: string
  samlServiceProvider(connection: ConnectionId): SamlServiceProvider
  /** The secret stands in the fragment, which browsers never send. */
  ownerLink(secret: string): string
}

/** What a SAML provider is told of us. Each connection is a service provider of its own, so that no assertion counts for another one. */
export interface SamlServiceProvider {
  /** Our name at the provider, and where our metadata is. */
  readonly entityId: string
  /** Where the browser brings the provider's response. */
  readonly assertionConsumer: string
}

/** From the configured public URL only, never from a request (SSO-5). */
export function addresses(publicUrl: string): Addresses {
  const origin = publicUrl.replace(/\/+$/, '')
  const base = `${origin}/scim/v2`
  return {
    locations: { base, user: (id) => `${base}/Users/${id}`, group: (id) => `${base}/Groups/${id}` },
    host: origin.replace(/^[a-z]+:\/\//, '').replace(/[:/].*$/, ''),
    signIn: (slug) => `${origin}/account/sign-in?organization=${encodeURIComponent(slug)}`,
    oidcRedirect: `${origin}/sso/oidc/callback`,
    samlServiceProvider: (connection) => ({
      entityId: `${origin}/sso/saml/${connection}/metadata`,
      assertionConsumer: `${origin}/sso/saml/${connection}/acs`,
    }),
    ownerLink: (secret) => `${origin}/account/owner#${secret}`,
  }
}
