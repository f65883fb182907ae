import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as samlify from 'samlify'
import { selfSigned } from './self-signed.ts'

/** A SAML provider with a page of its own, which signs in at once whoever the test says and posts that back, as a browser meets it. */
export interface SamlSignOnPage {
  readonly entityId: string
  readonly signOnUrl: string
  /** PEM. */
  readonly certificate: string
  /** Which name the next assertions are about; and whom they answer, by the metadata of the service provider. */
  signInAs(nameId: string, serviceProviderMetadata: string): void
  close(): Promise<void>
}

export async function startSamlSignOnPage(): Promise<SamlSignOnPage> {
  // What comes in is what the server under test has made; what goes out is what that server judges.
  samlify.setSchemaValidator({ validate: () => Promise.resolve('not validated') })
  const { privateKey, certificate } = selfSigned()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [entityId, signOnUrl] = [`${origin}/metadata`, `${origin}/sign-on`]
  const provider = samlify.IdentityProvider({
    entityID: entityId,
    privateKey,
    signingCert: certificate,
    nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
    singleSignOnService: [{ Binding: samlify.Constants.namespace.binding.redirect, Location: signOnUrl }],
  })
  let person: { readonly nameId: string; readonly metadata: string } | null = null

  async function page(url: URL): Promise<string> {
    if (!person) throw new Error('Nobody signs in yet.')
    const serviceProvider = samlify.ServiceProvider({ metadata: person.metadata })
    const query = Object.fromEntries(url.searchParams)
    const { extract } = await provider.parseLoginRequest(serviceProvider, 'redirect', { query })
    const response = await provider.createLoginResponse(serviceProvider, { extract }, 'post', { email: person.nameId })
    const action = 'entityEndpoint' in response ? String(response.entityEndpoint) : ''
    return `<!doctype html><title>Sign-on</title><form method="post" action="${action}">
      <input type="hidden" name="SAMLResponse" value="${response.context}"><input type="hidden" name="RelayState" value="${query['RelayState'] ?? ''}">
      </form><script>document.forms[0].submit()</script>`
  }
  server.on('request', (request, response) => {
    page(new URL(request.url ?? '/', origin)).then(
      (html) => response.setHeader('Content-Type', 'text/html').end(html),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  return {
    entityId,
    signOnUrl,
    certificate,
    signInAs(nameId, metadata) {
      person = { nameId, metadata }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
