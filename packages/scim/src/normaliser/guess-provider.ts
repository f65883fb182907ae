import type { Json } from '../json.ts'
import { isArray, isObject } from '../json.ts'

/** A provider that is told from others by what it sends. */
export type Provider = 'entra' | 'okta' | 'jumpcloud' | 'pingone' | 'onelogin' | 'authentik' | 'cyberark' | 'sailpoint'

const names: readonly (readonly [Provider, RegExp])[] = [
  ['okta', /okta/i],
  ['jumpcloud', /jumpcloud/i],
  ['pingone', /ping(?:one|federate|identity)/i],
  ['onelogin', /onelogin/i],
  ['authentik', /authentik/i],
  ['cyberark', /cyberark|idaptive/i],
  ['sailpoint', /sailpoint/i],
  ['entra', /azure|entra|microsoft/i],
]

/**
 * Who seems to be calling, for an administrator's eyes: nothing is decided by it. `query` is as it stands in the address. Null where nothing
 * gives a provider away.
 */
export function guessProvider(request: { readonly userAgent: string; readonly query: string; readonly body: Json }): Provider | null {
  const named = names.find(([, pattern]) => pattern.test(request.userAgent.slice(0, 500)))
  if (named) return named[0]
  if (/aadOptscim062020/i.test(request.query) || hasCapitalOperations(request.body)) return 'entra'
  // PingOne's filter expression, as its set-up has it.
  return /[?&]filter=email\.value(?:%20|\+)Eq(?:%20|\+)/.test(`?${request.query}`) ? 'pingone' : null
}

/** Entra sends `Add`, `Replace` and `Remove`. */
function hasCapitalOperations(body: Json): boolean {
  if (!isObject(body) || !isArray(body['Operations'])) return false
  const [first] = body['Operations']
  return isObject(first) && typeof first['op'] === 'string' && /^[A-Z][a-z]/.test(first['op'])
}
