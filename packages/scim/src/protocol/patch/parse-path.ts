import { limits } from '../../limits.ts'
import { quote } from '../../quote.ts'
import { isStorable } from '../../read-json.ts'
import { parseAttributePath } from '../attribute-notation.ts'
import { ScimError } from '../error.ts'
import type { AttributePath, Filter } from '../query/filter/filter.ts'
import { formatFilter, formatPath } from '../query/filter/format-filter.ts'
import { parseElementFilter } from '../query/filter/parse-filter.ts'

/** A PATCH path (RFC 7644 §3.5.2): an attribute, and which of its elements, and which part of them. */
export interface PatchPath {
  readonly attribute: AttributePath
  readonly filter: Filter | null
  /** What stands behind the bracket: `emails[type eq "work"].value`. */
  readonly subName: string | null
}

/** 400 `invalidPath` for what is no path, `invalidFilter` for what is wrong within its brackets. `bareWords` as in a filter (D-4). */
export function parsePath(text: string, { bareWords = false }: { readonly bareWords?: boolean } = {}): PatchPath {
  if (text.length > limits.filterLengthInBodyMax) throw invalidPath(`The path is longer than ${limits.filterLengthInBodyMax} characters.`)
  if (!isStorable(text)) throw invalidPath('The path contains NUL or half of a surrogate pair.')
  const bracket = text.indexOf('[')
  const attribute = parseAttributePath(bracket < 0 ? text : text.slice(0, bracket))
  if (!attribute) throw invalidPath(`${quote(text)} is not a path.`)
  if (bracket < 0) return { attribute, filter: null, subName: null }
  if (attribute.subName !== null) throw invalidPath(`In the path ${quote(text)} brackets stand behind a sub-attribute.`)
  const behind = text.slice(bracket + 1)
  if (!behind.includes(']')) throw invalidPath(`The bracket in the path ${quote(text)} is not closed.`)
  if (behind.trimStart().startsWith(']')) throw invalidPath(`The brackets in the path ${quote(text)} are empty.`)

  const { filter, end } = parseElementFilter(text, bracket, { lengthMax: limits.filterLengthInBodyMax, bareWords })
  const rest = text.slice(end + 1)
  if (rest === '') return { attribute, filter, subName: null }
  const sub = rest.startsWith('.') ? parseAttributePath(rest.slice(1)) : undefined
  if (!sub || sub.schema !== null || sub.subName !== null) throw invalidPath(`${quote(rest)} cannot stand behind the brackets of a path.`)
  return { attribute, filter, subName: sub.name }
}

/** A path as text. Reading it again gives the same path, positions aside. */
export function formatPatchPath({ attribute, filter, subName }: PatchPath): string {
  if (!filter) return formatPath(attribute)
  return `${formatPath(attribute)}[${formatFilter(filter)}]${subName === null ? '' : `.${subName}`}`
}

export function invalidPath(detail: string): ScimError {
  return new ScimError(400, 'invalidPath', detail)
}
