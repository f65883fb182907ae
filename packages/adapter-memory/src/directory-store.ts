import {
  type DirectoryItem,
  type DirectoryStore,
  type Position,
  type Selection,
  comparable,
  groupResource,
  userResource,
} from '@latchkey/application'
import {
  type AttributeReference,
  type Json,
  type JsonObject,
  compareCodePoints,
  isArray,
  isObject,
  matches,
  valuesAt,
} from '@latchkey/scim'
import type { Scope } from './realm.ts'
import { groupView, liveGroups, liveUsers, userView } from './views.ts'

/** A resource as filters see it. */
interface Candidate {
  readonly id: string
  readonly item: DirectoryItem
  readonly resource: JsonObject
}

/** A resource that was selected, with all that decides on its place. */
interface Place {
  readonly id: string
  readonly sort: string | null
  readonly item: DirectoryItem
}

export function directoryStore({ realm, locations }: Scope): DirectoryStore {
  const users = (): readonly Candidate[] =>
    liveUsers(realm).map((record) => {
      const view = userView(realm, record, { groups: true })
      return { id: record.user.id, item: { type: 'User', view }, resource: userResource(view, locations) }
    })
  const groups = (): readonly Candidate[] =>
    liveGroups(realm).map((record) => {
      const view = groupView(realm, record, { members: true })
      return { id: record.group.id, item: { type: 'Group', view }, resource: groupResource(view, locations) }
    })

  const selected = ({ type, filter, sortBy }: Selection): readonly Place[] =>
    (type === 'User' ? users() : groups())
      .filter(({ resource }) => filter === null || matches(filter, resource, comparable))
      .map(({ id, item, resource }) => ({ id, item, sort: sortBy && sortText(sortBy, resource) }))

  return {
    async list({ selections, descending, page, wants }) {
      const places = selections.flatMap(selected).sort((a, b) => order(a, b, descending))
      const start = page.kind === 'offset' ? page.offset : page.position === null ? 0 : startBehind(places, page.position, descending)
      const shown = places.slice(start, start + page.limit)
      const last = shown.at(-1)
      const hasMore = page.kind === 'after' ? start + page.limit < places.length : shown.length === page.limit
      return {
        total: page.kind === 'resumed' ? page.offset + places.length - start : places.length,
        items: shown.map(({ item }) => wanted(item, wants)),
        next: hasMore && last ? [last.sort, last.id] : null,
      }
    },
  }
}

/** RFC 7644 §3.4.2.3: absent values last when ascending, first when descending; then by creation, which is the order of ids. */
function order(a: Pick<Place, 'sort' | 'id'>, b: Pick<Place, 'sort' | 'id'>, descending: boolean): number {
  return (descending ? -1 : 1) * (orderOfValues(a.sort, b.sort) || compareCodePoints(a.id, b.id))
}

function orderOfValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return compareCodePoints(a, b)
}

function startBehind(places: readonly Place[], position: Position, descending: boolean): number {
  const [sort, id] = isArray(position) ? position : []
  if (typeof id !== 'string' || (sort !== null && typeof sort !== 'string')) throw new Error('A position is a sort value and an id.')
  const found = places.findIndex((place) => order(place, { sort, id }, descending) > 0)
  return found < 0 ? places.length : found
}

/** The text by which a resource is sorted; of a multi-valued attribute the primary element's, else the first one's. */
function sortText(target: AttributeReference, resource: JsonObject): string | null {
  const { attribute, subAttribute } = target
  if (!attribute.multiValued) return textOf(target, valuesAt(target, resource)[0])
  const elements = valuesAt({ ...target, subAttribute: null }, resource)
  const sortTextOf = (element: Json | undefined) => textOf(target, subAttribute && isObject(element) ? element[subAttribute.name] : element)
  if (!attribute.subAttributes?.some(({ name }) => name === 'primary')) {
    // Nothing ranks these elements, so it is the smallest that counts.
    return elements.map(sortTextOf).reduce((least, text) => (orderOfValues(text, least) < 0 ? text : least), null)
  }
  return sortTextOf(elements.find((element) => isObject(element) && element['primary'] === true) ?? elements[0])
}

function textOf(target: AttributeReference, value: Json | undefined): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? comparable(target, value) : String(value)
}

/** Views hold groups and members only where wanted. */
function wanted(item: DirectoryItem, wants: { readonly groups: boolean; readonly members: boolean }): DirectoryItem {
  if (item.type === 'User') return wants.groups ? item : { ...item, view: { ...item.view, groups: [] } }
  return wants.members ? item : { ...item, view: { ...item.view, members: null } }
}
