import { expect, test } from 'vitest'
import { type SsoSettings, connectionProblem, isSameProvider } from './sso-connection.ts'

const oidc: SsoSettings = { kind: 'oidc', issuer: 'https://idp.example', clientId: 'latchkey', sealedClientSecret: 's' }
const saml: SsoSettings = {
  kind: 'saml',
  entityId: 'https://idp.example/saml',
  signOnUrl: 'https://idp.example/sso',
  certificates: ['MII'],
  allowsProviderInitiated: false,
}

test.each([
  ['preferred_username', 'userName', null],
  ['upn', 'userName', null],
  ['email', 'userName', null],
  ['sub', 'externalId', null],
  ['oid', 'externalId', null],
  ['nickname', 'userName', 'claim-not-allowed'],
  ['email', 'externalId', 'claim-not-allowed'],
  ['sub', 'userName', 'claim-not-allowed'],
] as const)('an OpenID Connect claim %s against %s: %s', (claim, attribute, problem) => {
  expect(connectionProblem(oidc, { claim, attribute })).toBe(problem)
})

test('a SAML connection needs a claim and a certificate', () => {
  expect(connectionProblem(saml, { claim: 'NameID', attribute: 'userName' })).toBeNull()
  expect(connectionProblem(saml, { claim: ' ', attribute: 'userName' })).toBe('claim-missing')
  expect(connectionProblem({ ...saml, certificates: [] }, { claim: 'NameID', attribute: 'userName' })).toBe('certificate-missing')
})

test('a new secret or certificate is the same provider; another issuer, client, entity or kind is not', () => {
  expect(isSameProvider(oidc, { ...oidc, sealedClientSecret: 'new' })).toBe(true)
  expect(isSameProvider(saml, { ...saml, certificates: ['other'], signOnUrl: 'https://other' })).toBe(true)
  for (const other of [{ ...oidc, issuer: 'https://other' }, { ...oidc, clientId: 'other' }, saml])
    expect(isSameProvider(oidc, other)).toBe(false)
  expect(isSameProvider(saml, { ...saml, entityId: 'other' })).toBe(false)
})
