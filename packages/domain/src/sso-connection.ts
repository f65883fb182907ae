import type { ConnectionId } from './ids.ts'

/** By what a person is recognised at their first sign-in, and only then: a claim of the provider's against an attribute of ours (U4). */
export interface ClaimMatch {
  readonly claim: string
  readonly attribute: 'userName' | 'externalId'
}

/** How an organisation's people show who they are: OpenID Connect or SAML 2.0. */
export type SsoConnection = { readonly id: ConnectionId; readonly match: ClaimMatch } & SsoSettings

export type SsoSettings =
  | {
      readonly kind: 'oidc'
      /** The issuer identifier; discovery is beneath it. */
      readonly issuer: string
      readonly clientId: string
      /** Sealed with the deployment's key, so that the database alone does not have it; null for a public client. */
      readonly sealedClientSecret: string | null
    }
  | {
      readonly kind: 'saml'
      /** The provider's entity id. */
      readonly entityId: string
      readonly signOnUrl: string
      /** Pinned signing certificates, base64 without headings; several while one replaces another. */
      readonly certificates: readonly string[]
      /** Whether a sign-in may begin at the provider, without a request of ours. */
      readonly allowsProviderInitiated: boolean
    }

/** Claims of OpenID Connect by which a person may be recognised: people cannot edit them themselves, and `email` counts only when verified (SSO-1). */
const oidcClaims: Readonly<Record<ClaimMatch['attribute'], readonly string[]>> = {
  userName: ['preferred_username', 'upn', 'email'],
  externalId: ['sub', 'oid'],
}

export type ConnectionProblem = 'claim-not-allowed' | 'claim-missing' | 'certificate-missing'

/** What is wrong with a connection that an administrator wishes for; null for nothing. */
export function connectionProblem(settings: SsoSettings, { claim, attribute }: ClaimMatch): ConnectionProblem | null {
  if (settings.kind === 'oidc') return oidcClaims[attribute].includes(claim) ? null : 'claim-not-allowed'
  if (claim.trim() === '') return 'claim-missing'
  return settings.certificates.length === 0 ? 'certificate-missing' : null
}

/**
 * Whether a change lets somebody else vouch for people who are linked already: the same provider, by a certificate that was not pinned. Whoever has its key
 * can sign in as each of them. With OpenID Connect the issuer's own keys decide, and they are found beneath its name.
 */
export function newlyTrusts(before: SsoSettings, after: SsoSettings): boolean {
  if (before.kind !== 'saml' || after.kind !== 'saml' || !isSameProvider(before, after)) return false
  return after.certificates.some((certificate) => !before.certificates.includes(certificate))
}

/**
 * Whether two settings speak of the same provider. Where they do not, the connection gets a new id, and nobody who was linked by the former one can be
 * signed in as by the new one without being linked anew (SSO-3).
 */
export function isSameProvider(one: SsoSettings, other: SsoSettings): boolean {
  if (one.kind === 'oidc') return other.kind === 'oidc' && one.issuer === other.issuer && one.clientId === other.clientId
  return other.kind === 'saml' && one.entityId === other.entityId
}
