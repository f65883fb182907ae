import { AssertionRefused, type SingleSignOn } from '@latchkey/application'
import { guardedFetch } from './guarded-fetch.ts'
import { beginOidc, completeOidc, testOidc } from './oidc.ts'
import { beginSaml, completeSaml, samlMetadata, testSaml } from './saml.ts'

export interface SingleSignOnOptions {
  /** Every address of ours is built from it, never from a request (SSO-5). */
  readonly publicUrl: string
  /** Opens a client secret that the deployment's key sealed; undefined where that key is gone. */
  readonly openSecret: (sealed: string) => string | undefined
}

/** Sign-in at an organisation's own identity provider. */
export function singleSignOn({ publicUrl, openSecret }: SingleSignOnOptions): SingleSignOn {
  const origin = publicUrl.replace(/\/+$/, '')
  const allowsLoopback = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(origin).hostname)
  const oidc = { redirectUri: `${origin}/sso/oidc/callback`, fetch: guardedFetch({ allowsLoopback }), allowsLoopback, openSecret }
  const addressesOf = (id: string) => ({ entityId: `${origin}/sso/saml/${id}/metadata`, assertionConsumer: `${origin}/sso/saml/${id}/acs` })
  return {
    begin: (connection, handle) =>
      connection.kind === 'oidc' ? beginOidc(connection, handle, oidc) : beginSaml(connection, handle, addressesOf(connection.id)),

    async complete(connection, response, remembered) {
      if (connection.kind === 'oidc' && response.kind === 'oidc' && remembered !== null) {
        return completeOidc(connection, response.url, remembered, oidc)
      }
      if (connection.kind === 'saml' && response.kind === 'saml' && response.connectionId === connection.id) {
        return completeSaml(connection, response.samlResponse, remembered, addressesOf(connection.id))
      }
      throw new AssertionRefused('assertion-invalid')
    },

    metadata(connection) {
      if (connection.kind !== 'saml') throw new Error('Only SAML connections have metadata.')
      return samlMetadata(connection, addressesOf(connection.id))
    },

    test: async (connection) => (connection.kind === 'oidc' ? testOidc(connection, oidc) : testSaml(connection)),
  }
}
