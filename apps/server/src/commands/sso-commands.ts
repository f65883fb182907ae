import { readFileSync } from 'node:fs'
import {
  type Addresses as AddressesValue,
  type SetConnectionRefusal,
  type SsoWish,
  SsoConnections,
  operatorOf,
} from '@latchkey/application'
import type { SsoConnection } from '@latchkey/domain'
import { Addresses } from '../composition/tokens.ts'
import { type Command, CommandError, type Options, organizationNamed } from './command.ts'

const set: Command = {
  words: ['sso', 'set'],
  usage:
    '--org SLUG --kind oidc --issuer URL --client-id ID [--client-secret-file FILE] | --kind saml --entity-id ID --sign-on-url URL --certificate FILE [--provider-initiated yes]' +
    ' [--match-claim CLAIM] [--match-attribute userName|externalId]',
  options: [
    'org',
    'kind',
    'issuer',
    'client-id',
    'client-secret-file',
    'entity-id',
    'sign-on-url',
    'certificate',
    'provider-initiated',
    'match-claim',
    'match-attribute',
  ],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const attribute = options.optional('match-attribute') ?? 'userName'
    if (attribute !== 'userName' && attribute !== 'externalId') throw new CommandError('--match-attribute is userName or externalId.')
    const wish = wishFrom(options)
    const preset = wish.kind === 'saml' ? 'NameID' : attribute === 'userName' ? 'preferred_username' : 'sub'
    const result = await container
      .get(SsoConnections)
      .set(operatorOf(organization), wish, { claim: options.optional('match-claim') ?? preset, attribute })
    if (!result.ok) throw new CommandError(sentence(result.error))
    return told(result.value, container.get(Addresses))
  },
}

const show: Command = {
  words: ['sso', 'show'],
  usage: '--org SLUG',
  options: ['org'],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const connection = await container.get(SsoConnections).get(organization)
    if (!connection) throw new CommandError(`${organization.slug} has no single sign-on; see: latchkey sso set`)
    return told(connection, container.get(Addresses))
  },
}

const test: Command = {
  words: ['sso', 'test'],
  usage: '--org SLUG',
  options: ['org'],
  async run({ container }, options) {
    const organization = await organizationNamed(container, options.required('org'))
    const result = await container.get(SsoConnections).test(organization)
    if (!result.ok) throw new CommandError(`${organization.slug} has no single sign-on; see: latchkey sso set`)
    const checks = result.value
    return {
      json: { checks },
      text: checks.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}`).join('\n'),
      failed: checks.some(({ ok }) => !ok),
    }
  },
}

export const ssoCommands: readonly Command[] = [set, show, test]

function wishFrom(options: Options): SsoWish {
  const kind = options.required('kind')
  if (kind === 'oidc') {
    const file = options.optional('client-secret-file')
    return {
      kind,
      issuer: options.required('issuer'),
      clientId: options.required('client-id'),
      clientSecret: file === undefined ? null : read(file).trim(),
    }
  }
  if (kind !== 'saml') throw new CommandError('--kind is oidc or saml.')
  return {
    kind,
    entityId: options.required('entity-id'),
    signOnUrl: options.required('sign-on-url'),
    certificates: certificatesIn(read(options.required('certificate'))),
    allowsProviderInitiated: options.optional('provider-initiated') === 'yes',
  }
}

/** The certificates of a PEM file, base64 without headings. */
function certificatesIn(text: string): readonly string[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g)].map(([, body]) =>
    (body ?? '').replaceAll(/\s/g, ''),
  )
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new CommandError(`${file} cannot be read.`)
  }
}

/** What the connection is, and what the provider must be given. No secrets. */
function told({ id, match, ...settings }: SsoConnection, { oidcRedirect, samlServiceProvider }: AddressesValue) {
  const common = { id, kind: settings.kind, matchClaim: match.claim, matchAttribute: match.attribute }
  const json =
    settings.kind === 'oidc'
      ? { ...common, issuer: settings.issuer, clientId: settings.clientId, redirectUri: oidcRedirect }
      : {
          ...common,
          entityId: settings.entityId,
          signOnUrl: settings.signOnUrl,
          certificates: settings.certificates.length,
          allowsProviderInitiated: settings.allowsProviderInitiated,
          serviceProviderEntityId: samlServiceProvider(id).entityId,
          assertionConsumerUrl: samlServiceProvider(id).assertionConsumer,
        }
  const text = Object.entries(json).map(([name, value]) => `${name}: ${value}`)
  return { json, text: text.join('\n') }
}

function sentence(problem: SetConnectionRefusal): string {
  switch (problem) {
    case 'claim-not-allowed':
      return 'People may edit that claim themselves. Match preferred_username, upn or email against userName, or sub or oid against externalId.'
    case 'claim-missing':
      return '--match-claim is empty.'
    case 'certificate-missing':
      return 'The file holds no certificate (-----BEGIN CERTIFICATE-----).'
    case 'owner-linked':
      return 'Only an owner may do this.'
  }
}
