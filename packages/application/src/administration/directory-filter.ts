import { type ResolvedFilter, type ResourceType, limits, parseFilter, resolveFilter } from '@latchkey/scim'

/** A filter of ours, in the language in which the directory is asked. Values in it are JSON strings, which are the filter's too. */
export function directoryFilter(type: ResourceType, terms: readonly string[]): ResolvedFilter | null {
  if (terms.length === 0) return null
  return resolveFilter(type, parseFilter(terms.join(' and '), { lengthMax: limits.filterLengthInBodyMax }), 'refuse')
}
