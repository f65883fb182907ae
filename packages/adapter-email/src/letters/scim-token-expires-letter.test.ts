import { expect, test } from 'vitest'
import { scimTokenExpiresLetter } from './scim-token-expires-letter.ts'

const facts = {
  organizationName: 'Acme & Sons\r\nBcc: eve@evil.example',
  organizationSlug: 'acme',
  description: '<b>Okta</b>',
  prefix: 'latchkey_scim_0abcdefghijklmnop',
  expiresAt: Date.UTC(2027, 0, 31),
}

test('the letter says which token ends, when, and what to do', () => {
  const { subject, text } = scimTokenExpiresLetter(facts)
  expect(subject).toContain('expires on 2027-01-31')
  expect(subject).not.toMatch(/[\r\n]/)
  expect(text).toContain('latchkey_scim_0abcdefghijklmnop…')
  expect(text).toContain('--org acme')
})

test('what an administrator wrote is text in the HTML, never markup', () => {
  const { html } = scimTokenExpiresLetter(facts)
  expect(html).toContain('&lt;b&gt;Okta&lt;/b&gt;')
  expect(html).not.toContain('<b>Okta')
})
