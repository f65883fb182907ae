import { AssertionRefused, type VerifiedAssertion } from '@latchkey/application'
import type { SsoConnection } from '@latchkey/domain'
import {
  ClientSecretBasic,
  type Configuration,
  type CustomFetch,
  None,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client'
import type { Check } from './check.ts'

export type OidcConnection = Extract<SsoConnection, { kind: 'oidc' }>

interface Remembered {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export interface OidcOptions {
  /** Exactly this, at the provider too. */
  readonly redirectUri: string
  readonly fetch: (address: string, options?: RequestInit) => Promise<Response>
  readonly allowsLoopback: boolean
  readonly openSecret: (sealed: string) => string | undefined
}

/** The code flow with PKCE, state and nonce (SSO-2). Signatures of ID tokens are checked although they came from the provider itself. */
export async function beginOidc(connection: OidcConnection, handle: string, options: OidcOptions) {
  const configuration = await configurationOf(connection, options)
  const remembered: Remembered = { state: handle, nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: options.redirectUri,
    scope: 'openid profile email',
    state: handle,
    nonce: remembered.nonce,
    code_challenge: await calculatePKCECodeChallenge(remembered.verifier),
    code_challenge_method: 'S256',
  })
  return { redirectUrl: url.href, remember: JSON.stringify(remembered) }
}

export async function completeOidc(
  connection: OidcConnection,
  url: string,
  remember: string,
  options: OidcOptions,
): Promise<VerifiedAssertion> {
  const { state, nonce, verifier }: Remembered = JSON.parse(remember)
  const configuration = await configurationOf(connection, options)
  const returned = new URL(url)
  if (returned.searchParams.has('error')) throw new AssertionRefused('provider-refused')
  let claims: Readonly<Record<string, unknown>> | undefined
  try {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
    claims = (await authorizationCodeGrant(configuration, returned, checks)).claims()
  } catch {
    throw new AssertionRefused('assertion-invalid')
  }
  if (!claims || typeof claims['sub'] !== 'string' || typeof claims['exp'] !== 'number') throw new AssertionRefused('assertion-invalid')
  return {
    subject: subjectOf(claims),
    matchValue: matchValueOf(connection, claims),
    // State, nonce and code have each been used up; the same answer again finds no attempt.
    assertionId: null,
    expiresAt: claims['exp'] * 1_000,
  }
}

/** What an administrator sees when they try the connection. */
export async function testOidc(connection: OidcConnection, options: OidcOptions): Promise<readonly Check[]> {
  let configuration: Configuration
  try {
    configuration = await configurationOf(connection, options)
  } catch {
    const detail = `${connection.issuer}/.well-known/openid-configuration cannot be read, or names another issuer.`
    return [{ name: 'discovery', ok: false, detail }]
  }
  const metadata = configuration.serverMetadata()
  const algorithms = metadata.id_token_signing_alg_values_supported ?? ['RS256']
  return [
    { name: 'discovery', ok: true, detail: `The provider describes itself as ${metadata.issuer}.` },
    check(
      'code flow',
      metadata.authorization_endpoint !== undefined && metadata.token_endpoint !== undefined,
      'It has an authorization and a token endpoint.',
      'It lacks an authorization or a token endpoint.',
    ),
    check(
      'PKCE',
      metadata.code_challenge_methods_supported?.includes('S256') !== false,
      'It takes S256 code challenges.',
      'It does not take S256 code challenges.',
    ),
    check(
      'signatures',
      algorithms.some((algorithm) => /^(RS|PS|ES)\d{3}$|^EdDSA$/.test(algorithm)),
      `It signs with ${algorithms.join(', ')}.`,
      `It signs with ${algorithms.join(', ')} only.`,
    ),
  ]
}

function check(name: string, ok: boolean, good: string, bad: string): Check {
  return { name, ok, detail: ok ? good : bad }
}

async function configurationOf(connection: OidcConnection, options: OidcOptions): Promise<Configuration> {
  const { issuer, clientId, sealedClientSecret } = connection
  const secret = sealedClientSecret === null ? null : options.openSecret(sealedClientSecret)
  if (secret === undefined) throw new AssertionRefused('provider-unavailable')
  try {
    const get: CustomFetch = (url, request) => options.fetch(url, request as RequestInit)
    const configuration = await discovery(new URL(issuer), clientId, undefined, secret === null ? None() : ClientSecretBasic(secret), {
      [customFetch]: get,
      execute: options.allowsLoopback ? [enableNonRepudiationChecks, allowInsecureRequests] : [enableNonRepudiationChecks],
    })
    if (configuration.serverMetadata().issuer !== issuer) throw new Error('The provider describes another issuer.')
    return configuration
  } catch {
    throw new AssertionRefused('provider-unavailable')
  }
}

/** Microsoft Entra ID's `sub` is another one for every application; tenant and object id stay (SSO-1). */
function subjectOf(claims: Readonly<Record<string, unknown>>): string {
  const { tid, oid, sub } = claims
  return typeof tid === 'string' && typeof oid === 'string' ? `${tid} ${oid}` : String(sub)
}

/** An address that the provider has not verified is anybody's. */
function matchValueOf({ match: { claim } }: OidcConnection, claims: Readonly<Record<string, unknown>>): string | null {
  const value = claims[claim]
  if (typeof value !== 'string') return null
  return claim === 'email' && claims['email_verified'] !== true ? null : value
}
