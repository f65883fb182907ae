import { expect, test } from 'vitest'
import { massChangeLetter } from './mass-change-letter.ts'

test('the letter says how many, by which token, and how to stop it', () => {
  const { subject, text, html } = massChangeLetter({
    organizationName: 'Acme',
    organizationSlug: 'acme',
    users: 25,
    token: '00000000-0000-4000-8000-000000000001',
    description: '<b>Okta</b>',
    prefix: 'latchkey_scim_0abcdefghijklmnop',
  })
  expect(subject).toBe('25 people lost their access to Acme')
  expect(text.replaceAll(/\s+/g, ' ')).toContain('latchkey scim-token freeze --org acme 00000000-0000-4000-8000-000000000001')
  expect(html).toContain('&lt;b&gt;Okta&lt;/b&gt;')
})
