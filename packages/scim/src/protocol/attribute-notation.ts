import type { AttributePath } from './query/filter/filter.ts'

const name = /^[A-Za-z$][A-Za-z0-9$_-]*$/

/**
 * An attribute name in its parts (RFC 7644 §3.10), or undefined for a text that is none. A URN may hold dots (`core:2.0:User`), so the
 * name begins after its last colon. ATTRNAME may also begin with `$`, or `$ref` would not be one (D-6).
 */
export function parseAttributePath(text: string, position = 0): AttributePath | undefined {
  const colon = text.lastIndexOf(':')
  const schema = colon < 0 ? null : text.slice(0, colon)
  if (schema !== null && !/^urn:[A-Za-z0-9][A-Za-z0-9:._-]*$/i.test(schema)) return undefined
  const [attribute, subName = null, ...more] = text.slice(colon + 1).split('.')
  if (attribute === undefined || more.length > 0 || !name.test(attribute) || (subName !== null && !name.test(subName))) return undefined
  return { schema, name: attribute, subName, position }
}
