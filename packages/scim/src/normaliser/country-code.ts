import type { Json } from '../json.ts'
import { ScimError } from '../protocol/error.ts'
import type { AttributeReference } from '../schema/schema.ts'

/**
 * RFC 7643 §4.1.2: `addresses.country` is an ISO 3166-1 alpha-2 code. Only a token in strict mode insists on the form: providers send names of
 * countries, and a name is worth more than a refused person. Which codes there are changes; nobody is refused for a young country.
 */
export function requireCountryCode({ attribute, subAttribute }: AttributeReference, value: Json): Json {
  if (attribute.name === 'addresses' && subAttribute?.name === 'country' && typeof value === 'string' && !/^[A-Z]{2}$/i.test(value)) {
    throw new ScimError(400, 'invalidValue', 'addresses.country must be an ISO 3166-1 alpha-2 code such as "US".')
  }
  return value
}
