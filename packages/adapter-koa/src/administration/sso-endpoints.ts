import { X509Certificate } from 'node:crypto'
import type { Addresses, SsoConnections } from '@latchkey/application'
import type { SsoConnection } from '@latchkey/domain'
import { z } from 'zod'
import { type Endpoint, endpoint } from './endpoint.ts'
import { problemFrom } from './refusals.ts'
import { id, instant, nothing } from './schemas.ts'

const match = z.strictObject({
  claim: z.string().max(200).describe('What the provider says of a person: `preferred_username`, `NameID`, ….'),
  attribute: z.enum(['userName', 'externalId']).describe('What it is compared with here, at a first sign-in only.'),
})

/** No other scheme: a browser is sent there. */
const address = z.url({ protocol: /^https?$/ }).max(2_000)
const name = z.string().trim().min(1).max(2_000)

const oidc = { kind: z.literal('oidc'), issuer: address, clientId: name }
const saml = { kind: z.literal('saml'), entityId: name, signOnUrl: address, allowsProviderInitiated: z.boolean() }

const wish = z.discriminatedUnion('kind', [
  z.strictObject({
    ...oidc,
    match,
    clientSecret: z
      .string()
      .min(1)
      .max(2_000)
      .nullable()
      .optional()
      .describe('Never told again. Left out, the stored one stays while issuer and client are the same; null is a client without one.'),
  }),
  z.strictObject({
    ...saml,
    match,
    allowsProviderInitiated: z.boolean().default(false),
    certificates: z
      .array(z.string().max(20_000).transform(bareCertificate).refine(isCertificate, 'must be an X.509 certificate, in PEM or base64'))
      .min(1)
      .max(5)
      .describe('Those with which the provider signs: in PEM, or its base64 without headings.'),
  }),
])

const connection = z.discriminatedUnion('kind', [
  z.object({ id, ...oidc, match, hasClientSecret: z.boolean() }),
  z.object({
    id,
    ...saml,
    match,
    certificates: z.array(z.object({ base64: z.string(), subject: z.string(), expiresAt: instant })),
  }),
])

const answer = z.object({
  connection: connection.nullable(),
  /** What to copy to the provider. */
  ours: z.object({
    signInUrl: z.url().describe('Where people begin to sign in.'),
    oidc: z.object({ redirectUri: z.url() }),
    saml: z
      .object({ entityId: z.url(), assertionConsumerUrl: z.url(), metadataUrl: z.url() })
      .nullable()
      .describe('Of a SAML connection; null until there is one, since each is a service provider of its own.'),
  }),
})

/** The organisation's connection to its identity provider, without secrets. */
export function ssoEndpoints(connections: SsoConnections, addresses: Addresses): readonly Endpoint[] {
  const view = (slug: string, shown: SsoConnection | undefined): z.input<typeof answer> => {
    const saml = shown?.kind === 'saml' ? addresses.samlServiceProvider(shown.id) : null
    return {
      connection: shown ? connectionView(shown) : null,
      ours: {
        signInUrl: addresses.signIn(slug),
        oidc: { redirectUri: addresses.oidcRedirect },
        saml: saml && { entityId: saml.entityId, assertionConsumerUrl: saml.assertionConsumer, metadataUrl: saml.entityId },
      },
    }
  }
  return [
    endpoint({
      method: 'get',
      path: '/sso-connection',
      name: 'getSsoConnection',
      summary: 'The single sign-on connection, and what to copy to the provider',
      least: 'auditor',
      params: nothing,
      query: nothing,
      body: null,
      answer,
      handle: async ({ organization }) => view(organization.slug, await connections.get(organization)),
    }),
    endpoint({
      method: 'put',
      path: '/sso-connection',
      name: 'setSsoConnection',
      summary:
        'Set the single sign-on connection; the owners are told. Another issuer, client or entity id unlinks everybody from the former one',
      least: 'admin',
      params: nothing,
      query: nothing,
      body: wish,
      answer,
      async handle(administrator, { body: { match: claimMatch, ...settings } }) {
        const asked = settings.kind === 'oidc' ? { ...settings, clientSecret: settings.clientSecret } : settings
        const result = await connections.set(administrator, asked, claimMatch)
        if (!result.ok) throw problemFrom(result.error)
        return view(administrator.organization.slug, result.value)
      },
    }),
    endpoint({
      method: 'post',
      path: '/sso-connection/test',
      name: 'testSsoConnection',
      summary: 'Look whether the connection can work, as far as that is seen without a person',
      least: 'admin',
      params: nothing,
      query: nothing,
      body: null,
      answer: z.object({ checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })) }),
      async handle({ organization }) {
        const result = await connections.test(organization)
        if (!result.ok) throw problemFrom(result.error)
        return { checks: [...result.value] }
      },
    }),
  ]
}

function connectionView({ match: { claim, attribute }, ...shown }: SsoConnection): z.input<typeof connection> {
  if (shown.kind === 'oidc') {
    const { sealedClientSecret, ...told } = shown
    return { ...told, match: { claim, attribute }, hasClientSecret: sealedClientSecret !== null }
  }
  return { ...shown, match: { claim, attribute }, certificates: shown.certificates.map(certificateView) }
}

/** A certificate that an operator pinned unread may not be one: it is told as what it is. */
function certificateView(base64: string) {
  const read = isCertificate(base64) ? certificateOf(base64) : null
  return {
    base64,
    subject: read?.subject ?? 'This cannot be read as a certificate.',
    expiresAt: new Date(read?.validTo ?? 0).toISOString(),
  }
}

function bareCertificate(text: string): string {
  return text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '')
}

function certificateOf(base64: string): X509Certificate {
  return new X509Certificate(Buffer.from(base64, 'base64'))
}

function isCertificate(base64: string): boolean {
  try {
    return certificateOf(base64).validTo !== ''
  } catch {
    return false
  }
}
