import { expect, test } from 'vitest'
import { guessProvider } from './guess-provider.ts'

const nothing = { userAgent: '', query: '', body: null }

test.each([
  [{ ...nothing, userAgent: 'Okta SCIM Client 1.0.0' }, 'okta'],
  [{ ...nothing, userAgent: 'OKTA SCIM Integration' }, 'okta'],
  [{ ...nothing, query: 'filter=x&aadOptscim062020' }, 'entra'],
  [{ ...nothing, body: { Operations: [{ op: 'Replace' }] } }, 'entra'],
  [{ ...nothing, query: 'filter=email.value%20Eq%20%22ada%40example.com%22' }, 'pingone'],
  [nothing, null],
  [{ ...nothing, userAgent: 'node' }, null],
  [{ ...nothing, body: { Operations: [{ op: 'replace' }] } }, null],
  [{ ...nothing, body: { Operations: 'Add' } }, null],
] as const)('%j comes from %s', (request, provider) => {
  expect(guessProvider(request)).toBe(provider)
})
