import { type Addresses, AssertionRefused, type SingleSignOn } from '@latchkey/application'
import { guardedFetch } from './guarded-fetch.ts'
import { beginOidc, completeOidc, testOidc } from './oidc.ts'
import { beginSaml, completeSaml, samlMetadata, testSaml } from './saml.ts'

export interface SingleSignOnOptions {
  readonly addresses: Pick<Addresses, 'oidcRedirect' | 'samlServiceProvider'>
  /** Opens a client secret that the deployment's key sealed; undefined where that key is gone. */
  readonly openSecret: (sealed: string) => string | undefined
}

/** Sign-in at an organisation's own identity provider. */
export function singleSignOn({ addresses, openSecret }: SingleSignOnOptions): SingleSignOn {
  const redirectUri = addresses.oidcRedirect
  const allowsLoopback = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(redirectUri).hostname)
  const oidc = { redirectUri, fetch: guardedFetch({ allowsLoopback }), allowsLoopback, openSecret }
  return {
    begin: (connection, handle) =>
      connection.kind === 'oidc'
        ? beginOidc(connection, handle, oidc)
        : beginSaml(connection, handle, addresses.samlServiceProvider(connection.id)),

    async complete(connection, response, remembered) {
      if (connection.kind === 'oidc' && response.kind === 'oidc' && remembered !== null) {
        return completeOidc(connection, response.url, remembered, oidc)
      }
      if (connection.kind === 'saml' && response.kind === 'saml' && response.connectionId === connection.id) {
        return completeSaml(connection, response.samlResponse, remembered, addresses.samlServiceProvider(connection.id))
      }
      throw new AssertionRefused('assertion-invalid')
    },

    metadata(connection) {
      if (connection.kind !== 'saml') throw new Error('Only SAML connections have metadata.')
      return samlMetadata(connection, addresses.samlServiceProvider(connection.id))
    },

    test: async (connection) => (connection.kind === 'oidc' ? testOidc(connection, oidc) : testSaml(connection)),
  }
}
