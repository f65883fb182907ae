import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** An OpenID Connect provider on loopback, whose people sign in without a page: it is who the test says. */
export interface TestOidcProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Whose claims the next sign-ins carry. */
  signInAs(claims: { readonly sub: string; readonly [claim: string]: string | boolean }): void
  close(): Promise<void>
}

export async function startOidcProvider(redirectUri: string): Promise<TestOidcProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [clientId, clientSecret] = ['latchkey', 'a secret of the client and of nobody else']
  let person: { readonly sub: string; readonly [claim: string]: string | boolean } = { sub: 'nobody' }

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['preferred_username', 'upn', 'oid', 'tid', 'name'], email: ['email', 'email_verified'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ ...person, sub: accountId }) }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ['a key for cookies of a test'] },
    ttl: { AccessToken: 60, IdToken: 60, Session: 60, Grant: 60, Interaction: 60 },
  })
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next()
    const { params, session } = await provider.interactionDetails(ctx.req, ctx.res)
    const accountId = session?.accountId ?? person.sub
    const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) })
    grant.addOIDCScope('openid profile email')
    const result = { login: { accountId, remember: false }, consent: { grantId: await grant.save() } }
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false })
  })
  server.on('request', provider.callback())
  return {
    issuer,
    clientId,
    clientSecret,
    signInAs(claims) {
      person = claims
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
