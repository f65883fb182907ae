import { randomBytes } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { SignedXml } from 'xml-crypto'
import { selfSigned } from './self-signed.ts'

/** Everything that an assertion says. A test changes one thing of it and signs it as a provider would, or not. */
export interface AssertionFacts {
  readonly id: string
  readonly responseId: string
  readonly issuer: string
  readonly nameId: string
  readonly audience: string
  readonly recipient: string
  readonly inResponseTo: string | null
  readonly notBefore: Date
  readonly notOnOrAfter: Date
  readonly attributes: Readonly<Record<string, string>>
  readonly signs: 'assertion' | 'response' | 'nothing'
  readonly algorithm: 'sha256' | 'sha1'
}

/** A SAML provider that is asked by a redirect and answers by a form, as far as a browser needs it. */
export interface TestSamlProvider {
  readonly entityId: string
  readonly signOnUrl: string
  /** PEM. */
  readonly certificate: string
  /** What the answer to a request is made of, by whoever asked. */
  factsFor(redirectUrl: string, nameId: string): AssertionFacts
  /** What the browser posts, base64. */
  respond(facts: AssertionFacts): string
}

export function samlProvider(): TestSamlProvider {
  const { privateKey, certificate } = selfSigned()
  const entityId = 'https://idp.example/saml'
  return {
    entityId,
    signOnUrl: 'https://idp.example/sso',
    certificate,
    factsFor(redirectUrl, nameId) {
      const request = inflateRawSync(Buffer.from(new URL(redirectUrl).searchParams.get('SAMLRequest') ?? '', 'base64')).toString('utf8')
      const attribute = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(request)?.[1] ?? ''
      const audience = /Issuer[^>]*>([^<]+)</.exec(request)?.[1] ?? ''
      const now = Date.now()
      return {
        id: `_${randomBytes(16).toString('hex')}`,
        responseId: `_${randomBytes(16).toString('hex')}`,
        issuer: entityId,
        nameId,
        audience,
        recipient: attribute('AssertionConsumerServiceURL'),
        inResponseTo: attribute(' ID'),
        notBefore: new Date(now - 5_000),
        notOnOrAfter: new Date(now + 300_000),
        attributes: {},
        signs: 'assertion',
        algorithm: 'sha256',
      }
    },
    respond(facts) {
      const xml = responseXml(facts)
      return Buffer.from(facts.signs === 'nothing' ? xml : signed(xml, facts, privateKey, certificate)).toString('base64')
    },
  }
}

function responseXml(facts: AssertionFacts): string {
  const { id, responseId, issuer, nameId, audience, recipient, inResponseTo, notBefore, notOnOrAfter, attributes } = facts
  const now = new Date().toISOString()
  const answers = inResponseTo === null ? '' : ` InResponseTo="${inResponseTo}"`
  const told = Object.entries(attributes)
    .map(([name, value]) => `<saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`)
    .join('')
  return [
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${responseId}" Version="2.0" IssueInstant="${now}" Destination="${recipient}"${answers}>`,
    `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer>`,
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>',
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${now}"><saml:Issuer>${issuer}</saml:Issuer>`,
    `<saml:Subject><saml:NameID>${nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`,
    `<saml:SubjectConfirmationData NotOnOrAfter="${notOnOrAfter.toISOString()}" Recipient="${recipient}"${answers}/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${notBefore.toISOString()}" NotOnOrAfter="${notOnOrAfter.toISOString()}">`,
    `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${now}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
    told === '' ? '' : `<saml:AttributeStatement>${told}</saml:AttributeStatement>`,
    '</saml:Assertion></samlp:Response>',
  ].join('')
}

function signed(xml: string, { signs, algorithm }: AssertionFacts, privateKey: string, certificate: string): string {
  const digest = algorithm === 'sha256' ? 'http://www.w3.org/2001/04/xmlenc#sha256' : 'http://www.w3.org/2000/09/xmldsig#sha1'
  const signature =
    algorithm === 'sha256' ? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' : 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'
  const signer = new SignedXml({
    privateKey,
    publicCert: certificate,
    signatureAlgorithm: signature,
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  const element = signs === 'assertion' ? "//*[local-name(.)='Assertion']" : "//*[local-name(.)='Response']"
  signer.addReference({
    xpath: element,
    digestAlgorithm: digest,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  })
  signer.computeSignature(xml, { location: { reference: `${element}/*[local-name(.)='Issuer']`, action: 'after' } })
  return signer.getSignedXml()
}
