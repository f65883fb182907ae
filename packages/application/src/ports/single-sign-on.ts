import type { Instant, SsoConnection } from '@latchkey/domain'

/** Why a provider's word on a person does not count. */
export type AssertionRefusalReason =
  /** The person, or somebody, ended it at the provider. */
  | 'provider-refused'
  /** Signature, issuer, audience, recipient, nonce or time do not hold. */
  | 'assertion-invalid'
  /** It answers no request of ours, and the connection allows none without. */
  | 'not-requested'
  /** The provider cannot be reached, or its own description does not hold. */
  | 'provider-unavailable'

/** Thrown by `complete` and `begin`. What a library said of it goes nowhere. */
export class AssertionRefused extends Error {
  readonly reason: AssertionRefusalReason

  constructor(reason: AssertionRefusalReason) {
    super(reason)
    this.name = 'AssertionRefused'
    this.reason = reason
  }
}

/** What a provider has shown, all of it verified. */
export interface VerifiedAssertion {
  /** Stable at this provider: OpenID Connect's `sub` (Entra: tenant and object id), SAML's NameID. */
  readonly subject: string
  /** The value of the connection's mapped claim; null where it was not sent or may not count. */
  readonly matchValue: string | null
  /** Names this assertion once and for all, so that it counts once; null where the protocol sees to that itself. */
  readonly assertionId: string | null
  /** Until when a replay could be accepted. */
  readonly expiresAt: Instant
}

/** What came back from the provider. */
export type ProviderResponse =
  | { readonly kind: 'oidc'; readonly url: string }
  | { readonly kind: 'saml'; readonly samlResponse: string; readonly connectionId: string }

export interface SingleSignOn {
  /** Where to send the browser, and what must be remembered until it comes back. `handle` comes back with it. */
  begin(connection: SsoConnection, handle: string): Promise<{ readonly redirectUrl: string; readonly remember: string }>
  /** `remembered` is null for a sign-in that began at the provider. Throws `AssertionRefused`. */
  complete(connection: SsoConnection, response: ProviderResponse, remembered: string | null): Promise<VerifiedAssertion>
  /** SAML only: what an administrator gives to the provider. */
  metadata(connection: SsoConnection): string
  /** In plain words, one for each thing that can be wrong. */
  test(connection: SsoConnection): Promise<readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[]>
}
