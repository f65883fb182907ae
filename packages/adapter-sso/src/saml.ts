import { randomBytes } from 'node:crypto'
import { AssertionRefused, type SamlServiceProvider, type VerifiedAssertion } from '@latchkey/application'
import type { SsoConnection } from '@latchkey/domain'
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import type { Check } from './check.ts'

export type SamlConnection = Extract<SsoConnection, { kind: 'saml' }>

/** The parts of a signed assertion that are looked at here, as the library reads them. */
interface ParsedAssertion {
  readonly $?: { readonly ID?: string }
  readonly Subject?: readonly {
    readonly SubjectConfirmation?: readonly {
      readonly $?: { readonly Method?: string }
      readonly SubjectConfirmationData?: readonly {
        readonly $?: { readonly Recipient?: string; readonly NotOnOrAfter?: string; readonly InResponseTo?: string }
      }[]
    }[]
  }[]
}

/** Clocks of two organisations differ by this much at most. */
const clockSkewMs = 60_000

export function samlMetadata(connection: SamlConnection, addresses: SamlServiceProvider): string {
  return samlOf(connection, addresses).generateServiceProviderMetadata(null)
}

/** The provider is asked by a redirect; `handle` comes back as RelayState, and the request's id within the signed assertion. */
export async function beginSaml(connection: SamlConnection, handle: string, addresses: SamlServiceProvider) {
  const requestId = `_${randomBytes(20).toString('hex')}`
  const redirectUrl = await samlOf(connection, addresses, requestId).getAuthorizeUrlAsync(handle, undefined, {})
  return { redirectUrl, remember: requestId }
}

/**
 * The assertion, read from exactly the bytes that the provider signed. The library checks signature, certificate, time and audience; the recipient, the request
 * that it answers, and that there is one assertion and no trick around it, are checked here (SSO-2).
 */
export async function completeSaml(
  connection: SamlConnection,
  samlResponse: string,
  requestId: string | null,
  addresses: SamlServiceProvider,
): Promise<VerifiedAssertion> {
  const xml = Buffer.from(samlResponse, 'base64').toString('utf8')
  if (!isPlain(xml)) throw new AssertionRefused('assertion-invalid')
  let profile: Awaited<ReturnType<SAML['validatePostResponseAsync']>>['profile']
  try {
    profile = (await samlOf(connection, addresses).validatePostResponseAsync({ SAMLResponse: samlResponse })).profile
  } catch (error) {
    // The provider's own refusal is a response without an assertion, and the library tells it by this name.
    const isRefusal = error instanceof Error && /status code|StatusCode|urn:oasis:names:tc:SAML:2.0:status/i.test(error.message)
    throw new AssertionRefused(isRefusal ? 'provider-refused' : 'assertion-invalid')
  }
  const { Assertion: assertion } = (profile?.getAssertion?.() ?? {}) as { readonly Assertion?: ParsedAssertion }
  if (!profile || !assertion) throw new AssertionRefused('assertion-invalid')

  const confirmation = assertion.Subject?.[0]?.SubjectConfirmation?.[0]
  const data = confirmation?.SubjectConfirmationData?.[0]?.$ ?? {}
  const expiresAt = Date.parse(data.NotOnOrAfter ?? '')
  const isBearer = confirmation?.$?.Method === 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
  if (!isBearer || data.Recipient !== addresses.assertionConsumer || Number.isNaN(expiresAt))
    throw new AssertionRefused('assertion-invalid')
  const answers = data.InResponseTo
  if (requestId === null ? answers !== undefined || !connection.allowsProviderInitiated : answers !== requestId) {
    throw new AssertionRefused('not-requested')
  }
  const id = assertion.$?.ID
  if (id === undefined || profile.issuer !== connection.entityId || !profile.nameID) throw new AssertionRefused('assertion-invalid')
  return { subject: profile.nameID, matchValue: matchValueOf(connection, profile), assertionId: id, expiresAt: expiresAt + clockSkewMs }
}

export function testSaml(connection: SamlConnection): readonly Check[] {
  const { signOnUrl, certificates } = connection
  const isHttps = signOnUrl.startsWith('https://')
  return [
    {
      name: 'sign-on address',
      ok: isHttps,
      detail: isHttps ? `${signOnUrl} is reached by https.` : `${signOnUrl} is not reached by https.`,
    },
    { name: 'certificates', ok: certificates.length > 0, detail: `${certificates.length} pinned.` },
  ]
}

function samlOf(connection: SamlConnection, { entityId, assertionConsumer }: SamlServiceProvider, requestId?: string): SAML {
  return new SAML({
    issuer: entityId,
    callbackUrl: assertionConsumer,
    entryPoint: connection.signOnUrl,
    idpIssuer: connection.entityId,
    idpCert: [...connection.certificates],
    audience: entityId,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: clockSkewMs,
    // The request's id is compared with the signed assertion here, by what PostgreSQL remembers, and not by a list in this process.
    validateInResponseTo: ValidateInResponseTo.never,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    ...(requestId === undefined ? {} : { generateUniqueId: () => requestId }),
  })
}

/** One assertion in the clear, no document type, no SHA-1. Comments are refused too: where one stands inside a name, two readers read two names. */
function isPlain(xml: string): boolean {
  const assertions = xml.match(/<(?:[\w.-]+:)?Assertion[\s>]/g) ?? []
  return assertions.length <= 1 && !/<!DOCTYPE|<!ENTITY|<!--|<(?:[\w.-]+:)?EncryptedAssertion[\s>]|xmldsig#(?:rsa-)?sha1"/i.test(xml)
}

function matchValueOf(
  { match: { claim } }: SamlConnection,
  profile: { readonly nameID: string; readonly [name: string]: unknown },
): string | null {
  if (claim === 'NameID') return profile.nameID
  const { attributes } = profile
  const value: unknown =
    typeof attributes === 'object' && attributes !== null && Object.hasOwn(attributes, claim) ? Reflect.get(attributes, claim) : null
  return typeof value === 'string' ? value : null
}
