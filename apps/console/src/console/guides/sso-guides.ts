import type { ProviderGuide } from './provider-guides.ts'

/** What an administrator carries over to the provider for single sign-on. */
export interface SsoValues {
  readonly signInUrl: string
  readonly redirectUri: string
  /** Of a SAML connection; there is none before it is saved for the first time. */
  readonly entityId: string
  readonly assertionConsumerUrl: string
}

/** A field at the provider, and which of our values or what choice goes in. */
export interface SsoGuideField {
  readonly name: string
  readonly value: { readonly kind: 'ours'; readonly of: keyof SsoValues } | { readonly kind: 'choice'; readonly text: string }
}

/** What of theirs goes into a field of our General tab. */
export interface SsoAnswer {
  readonly field:
    | 'Issuer'
    | 'Client ID'
    | 'Client secret'
    | 'Entity ID of the provider'
    | 'Sign-on URL'
    | 'Signing certificates'
    | 'People are recognised at their first sign-in by'
  readonly is: string
}

export interface SsoProtocolGuide {
  readonly where: string
  readonly fields: readonly SsoGuideField[]
  readonly answers: readonly SsoAnswer[]
}

export interface SsoGuide {
  readonly id: ProviderGuide['id']
  readonly oidc: SsoProtocolGuide
  readonly saml: SsoProtocolGuide
  readonly notes: readonly string[]
}

const ours = (of: keyof SsoValues): SsoGuideField['value'] => ({ kind: 'ours', of })
const choose = (text: string): SsoGuideField['value'] => ({ kind: 'choice', text })

/**
 * Single sign-on at each provider. People are recognised by what they cannot edit themselves, and by what the provider also sends over SCIM, so that whom
 * it provisioned is whom it signs in (SSO-1).
 */
export const ssoGuides: readonly SsoGuide[] = [
  {
    id: 'microsoft-entra-id',
    oidc: {
      where: 'App registrations → the application → Authentication, Certificates & secrets, Overview',
      fields: [
        { name: 'Redirect URI (platform Web)', value: ours('redirectUri') },
        { name: 'Supported account types', value: choose('Accounts in this organizational directory only') },
      ],
      answers: [
        { field: 'Issuer', is: 'https://login.microsoftonline.com/<Directory (tenant) ID>/v2.0' },
        { field: 'Client ID', is: 'Application (client) ID' },
        { field: 'Client secret', is: 'the Value of a new client secret, not its Secret ID' },
        { field: 'People are recognised at their first sign-in by', is: 'claim oid, compared with externalId' },
      ],
    },
    saml: {
      where: 'Enterprise application → Single sign-on → SAML',
      fields: [
        { name: 'Identifier (Entity ID)', value: ours('entityId') },
        { name: 'Reply URL (Assertion Consumer Service URL)', value: ours('assertionConsumerUrl') },
        { name: 'Attributes & Claims: Unique User Identifier (Name ID)', value: choose('user.objectid') },
      ],
      answers: [
        { field: 'Entity ID of the provider', is: 'Microsoft Entra Identifier' },
        { field: 'Sign-on URL', is: 'Login URL' },
        { field: 'Signing certificates', is: 'Certificate (Base64), downloaded' },
        { field: 'People are recognised at their first sign-in by', is: 'claim NameID, compared with externalId' },
      ],
    },
    notes: [
      'The object id is what the mapping objectId → externalId provisions. It stays when somebody is renamed; a user principal name does not.',
    ],
  },
  {
    id: 'okta',
    oidc: {
      where: 'Applications → Create App Integration → OIDC - OpenID Connect → Web Application',
      fields: [
        { name: 'Sign-in redirect URIs', value: ours('redirectUri') },
        { name: 'Grant type', value: choose('Authorization Code') },
        { name: 'Client authentication', value: choose('Client secret') },
      ],
      answers: [
        { field: 'Issuer', is: 'https://<your organisation>.okta.com' },
        { field: 'Client ID', is: 'Client ID' },
        { field: 'Client secret', is: 'Client Secret' },
        { field: 'People are recognised at their first sign-in by', is: 'claim preferred_username, compared with userName' },
      ],
    },
    saml: {
      where: 'Applications → Create App Integration → SAML 2.0',
      fields: [
        { name: 'Single sign-on URL', value: ours('assertionConsumerUrl') },
        { name: 'Audience URI (SP Entity ID)', value: ours('entityId') },
        { name: 'Name ID format', value: choose('Unspecified') },
        { name: 'Application username', value: choose('Okta username') },
      ],
      answers: [
        { field: 'Entity ID of the provider', is: 'Issuer' },
        { field: 'Sign-on URL', is: 'Sign on URL' },
        { field: 'Signing certificates', is: 'Signing Certificate, downloaded' },
        { field: 'People are recognised at their first sign-in by', is: 'claim NameID, compared with userName' },
      ],
    },
    notes: [
      'With OpenID Connect a person stays linked when their Okta username changes. With SAML and the Okta username as Name ID, unlink a person whose username changed.',
    ],
  },
  {
    id: 'jumpcloud',
    oidc: {
      where: 'SSO Applications → Add New Application → Custom Application → Configure SSO with OIDC',
      fields: [
        { name: 'Redirect URIs', value: ours('redirectUri') },
        { name: 'Client Authentication Type', value: choose('Client Secret Basic') },
        { name: 'Login URL', value: ours('signInUrl') },
        { name: 'Standard Scopes', value: choose('Email and Profile') },
      ],
      answers: [
        { field: 'Issuer', is: 'https://oauth.id.jumpcloud.com/' },
        { field: 'Client ID', is: 'Client ID, shown when the application is activated' },
        { field: 'Client secret', is: 'Client Secret, shown once beside it' },
        { field: 'People are recognised at their first sign-in by', is: 'claim email, compared with userName' },
      ],
    },
    saml: {
      where: 'SSO Applications → Add New Application → Custom Application → Configure SSO with SAML',
      fields: [
        { name: 'SP Entity ID', value: ours('entityId') },
        { name: 'ACS URLs', value: ours('assertionConsumerUrl') },
        { name: 'SAMLSubject NameID', value: choose('email') },
        { name: 'Sign', value: choose('Assertion') },
      ],
      answers: [
        { field: 'Entity ID of the provider', is: 'IdP Entity ID, which you choose there' },
        { field: 'Sign-on URL', is: 'IDP URL' },
        { field: 'Signing certificates', is: 'IDP Certificate, downloaded' },
        { field: 'People are recognised at their first sign-in by', is: 'claim NameID, compared with userName' },
      ],
    },
    notes: [
      'Provision the e-mail address as userName: it is what people are recognised by.',
      'The connection test says whether the issuer is spelled as the provider spells it, with its last slash or without.',
    ],
  },
  {
    id: 'pingone',
    oidc: {
      where: 'Applications → Applications → + → OIDC Web App → Configuration',
      fields: [
        { name: 'Redirect URIs', value: ours('redirectUri') },
        { name: 'Response Type', value: choose('Code') },
        { name: 'Grant Type', value: choose('Authorization Code') },
        { name: 'PKCE Enforcement', value: choose('S256_REQUIRED') },
        { name: 'Token Endpoint Authentication Method', value: choose('Client Secret Basic') },
        { name: 'Attribute Mappings: preferred_username', value: choose('Username') },
      ],
      answers: [
        { field: 'Issuer', is: 'Issuer ID, under Configuration' },
        { field: 'Client ID', is: 'Client ID' },
        { field: 'Client secret', is: 'Client Secret' },
        { field: 'People are recognised at their first sign-in by', is: 'claim preferred_username, compared with userName' },
      ],
    },
    saml: {
      where: 'Applications → Applications → + → SAML Application → Manually Enter',
      fields: [
        { name: 'ACS URLs', value: ours('assertionConsumerUrl') },
        { name: 'Entity ID', value: ours('entityId') },
        { name: 'Attribute Mappings: saml_subject', value: choose('Username') },
      ],
      answers: [
        { field: 'Entity ID of the provider', is: 'Issuer ID' },
        { field: 'Sign-on URL', is: 'Single Signon Service' },
        { field: 'Signing certificates', is: 'Download Signing Certificate: X509 PEM (.crt)' },
        { field: 'People are recognised at their first sign-in by', is: 'claim NameID, compared with userName' },
      ],
    },
    notes: ['Enable the application; a new one is off.'],
  },
]
