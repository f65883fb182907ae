import { isArray, type Json, type JsonObject } from '../../json.ts'
import { limits } from '../../limits.ts'
import { quote } from '../../quote.ts'
import { isStorable } from '../../read-json.ts'
import { findAttribute, findSubAttribute } from '../../schema/find-attribute.ts'
import type { AttributeReference, ResourceType } from '../../schema/schema.ts'
import { parseAttributePath } from '../attribute-notation.ts'
import { ScimError } from '../error.ts'
import { namesFolded } from '../patch/parse-patch.ts'

export const searchRequestSchema = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** What a list was asked for, by a GET or by a POST to `.search` (RFC 7644 §3.4.2, §3.4.3); null is "not said". */
export interface Query {
  readonly filter: string | null
  readonly filterLengthMax: number
  readonly sortBy: string | null
  readonly descending: boolean
  readonly page: QueryPage
  readonly attributes: readonly string[] | null
  readonly excludedAttributes: readonly string[] | null
}

export type QueryPage =
  /** `startIndex` is at least 1, `count` between 0 and the largest page. */
  | { readonly kind: 'index'; readonly startIndex: number; readonly count: number }
  /** RFC 9865: chosen by the parameter's being there, were it empty (D-14). */
  | { readonly kind: 'cursor'; readonly cursor: string; readonly count: number }

/** The parameters of a GET. Unknown ones mean nothing. */
export function readQuery(parameter: (name: string) => string | null): Query {
  const text = (name: string) => checkedText(name, parameter(name))
  const list = (name: string) => orNull(text(name)?.split(',') ?? [])
  return {
    // What a filter may hold, its parser says, with the position.
    filter: parameter('filter'),
    filterLengthMax: limits.filterLengthInUrlMax,
    sortBy: text('sortBy'),
    descending: isDescending(text('sortOrder')),
    page: readPage(text('cursor'), integer('startIndex', text('startIndex')), integer('count', text('count'))),
    attributes: list('attributes'),
    excludedAttributes: list('excludedAttributes'),
  }
}

/** The body of a `.search`. A list of names may also be one text with commas. */
export function readSearchRequest(body: JsonObject): Query {
  const message = namesFolded(body)
  const { schemas } = message
  if (!isArray(schemas) || !schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === searchRequestSchema.toLowerCase())) {
    throw new ScimError(400, 'invalidSyntax', `schemas must contain ${searchRequestSchema}.`)
  }
  const text = (name: string) => checkedText(name, textOf(name, message[name.toLowerCase()]))
  const list = (name: string) => {
    const value = message[name.toLowerCase()]
    return orNull(isArray(value) ? value.map((one) => textOf(name, one) ?? '') : (text(name)?.split(',') ?? []))
  }
  const number = (name: string) => {
    const value = message[name.toLowerCase()]
    return typeof value === 'number' ? integer(name, String(value)) : integer(name, text(name))
  }
  return {
    filter: textOf('filter', message['filter']),
    filterLengthMax: limits.filterLengthInBodyMax,
    sortBy: text('sortBy'),
    descending: isDescending(text('sortOrder')),
    page: readPage(text('cursor'), number('startIndex'), number('count')),
    attributes: list('attributes'),
    excludedAttributes: list('excludedAttributes'),
  }
}

/** The attribute to sort by (RFC 7644 §3.4.2.3): of a complex attribute its `value`. 400 `invalidPath` for one that cannot be sorted by. */
export function readSortBy(type: ResourceType, name: string): AttributeReference | undefined {
  const path = parseAttributePath(name)
  const found = path && findAttribute(type, path)
  if (!found || found.subAttribute || found.attribute.type !== 'complex') return found
  const subAttribute = findSubAttribute(found.attribute, 'value')
  return subAttribute && { ...found, subAttribute }
}

function readPage(cursor: string | null, startIndex: number | null, asked: number | null): QueryPage {
  const count = Math.min(Math.max(asked ?? limits.pageSizeDefault, 0), limits.pageSizeMax)
  return cursor === null ? { kind: 'index', startIndex: Math.max(startIndex ?? 1, 1), count } : { kind: 'cursor', cursor, count }
}

function isDescending(order: string | null): boolean {
  const lower = order?.toLowerCase() ?? 'ascending'
  if (lower !== 'ascending' && lower !== 'descending')
    throw new ScimError(400, 'invalidValue', 'sortOrder must be ascending or descending.')
  return lower === 'descending'
}

function integer(name: string, text: string | null): number | null {
  if (text === null || text === '') return null
  const value = Number(text)
  if (!/^[+-]?\d{1,15}$/.test(text) || !Number.isSafeInteger(value))
    throw new ScimError(400, 'invalidValue', `${name} must be an integer, not ${quote(text)}.`)
  return value
}

/** An empty list is as good as none (RFC 7643 §2.5): `attributes=` asks for nothing in particular. */
function orNull(names: readonly string[]): readonly string[] | null {
  const named = names.map((name) => name.trim()).filter((name) => name !== '')
  return named.length === 0 ? null : named
}

function textOf(name: string, value: Json | undefined): string | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw new ScimError(400, 'invalidSyntax', `${name} must be a string.`)
  return value
}

function checkedText(name: string, text: string | null): string | null {
  if (text !== null && !isStorable(text))
    throw new ScimError(400, 'invalidValue', `${name} contains NUL or half of a surrogate pair, which no text may.`)
  return text
}
