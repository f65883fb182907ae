import type Router from '@koa/router'
import { type DirectoryItem, type ListDirectory, type Locations, type Selection, groupResource } from '@latchkey/application'
import {
  type Query,
  type ResourceType,
  ScimError,
  findAttribute,
  groupType,
  project,
  readProjection,
  readQuery,
  readSearchRequest,
  readSortBy,
  resolveFilter,
  userType,
  wants,
} from '@latchkey/scim'
import type { Context } from 'koa'
import { readBody, userBody } from '../middleware/read-body.ts'
import { respondWithText } from '../middleware/respond.ts'
import { callerOf } from '../middleware/state.ts'
import { listText } from './list-text.ts'
import { scimErrorFrom } from './refusals.ts'
import { normaliserOf, parametersOf } from './request.ts'
import { groupTextOnPage, userText } from './user-text.ts'

const groups = findAttribute(userType, { schema: null, name: 'groups', subName: null })!
const members = findAttribute(groupType, { schema: null, name: 'members', subName: null })!

/** Lists and searches of one type below its endpoint and, at the root, of all (RFC 7644 §3.4.2, §3.4.3; RFC 9865). */
export function queryRoutes(
  router: Router,
  { endpoint, types }: { readonly endpoint: string; readonly types: readonly ResourceType[] },
  listDirectory: ListDirectory,
  locations: Locations,
): void {
  const list = async (ctx: Context, query: Query) => {
    const projections = new Map(types.map((type) => [type.name, readProjection(type, query)]))
    const wanted = {
      groups: wants(projections.get('User') ?? { kind: 'only', names: new Set() }, groups),
      members: wants(projections.get('Group') ?? { kind: 'only', names: new Set() }, members),
    }
    const { page, filter, sortBy, descending, attributes, excludedAttributes } = query
    const identity = () => JSON.stringify([types.map(({ name }) => name), filter, sortBy, descending, attributes, excludedAttributes])
    const selections = selectionsOf(ctx, types, query)
    const result = await listDirectory.execute(callerOf(ctx), { selections, descending, query: identity }, page, wanted)
    if (!result.ok) throw scimErrorFrom(result.error)
    const { items, totalResults, nextCursor } = result.value
    const groupText = groupTextOnPage(locations)
    const render = (item: DirectoryItem): string =>
      item.type === 'User'
        ? userText(item.view, projections.get('User')!, locations, groupText)
        : JSON.stringify(project(groupType, projections.get('Group')!, groupResource(item.view, locations)))
    respondWithText(
      ctx,
      200,
      listText({
        resources: items.map(render),
        totalResults,
        ...(page.kind === 'index' ? { startIndex: page.startIndex } : {}),
        ...(nextCursor === null ? {} : { nextCursor }),
      }),
    )
  }

  router.get(endpoint === '' ? '/' : endpoint, (ctx) => list(ctx, readQuery(parametersOf(ctx))))
  router.post(`${endpoint}/.search`, async (ctx) => list(ctx, readSearchRequest(await readBody(ctx, userBody))))
}

/** Over several types, an attribute that one of them lacks is a value nobody there has (RFC 7644 §3.4.2.1). */
function selectionsOf(ctx: Context, types: readonly ResourceType[], { filter, filterLengthMax, sortBy }: Query): readonly Selection[] {
  const unknown = types.length === 1 ? 'refuse' : 'no-value'
  const selections = types.map((type): Selection => {
    return {
      type: type.name,
      filter: filter === null ? null : resolveFilter(type, normaliserOf(callerOf(ctx)).filter(type, filter, filterLengthMax), unknown),
      sortBy: sortBy === null ? null : (readSortBy(type, sortBy) ?? null),
    }
  })
  if (sortBy !== null && selections.every((selection) => selection.sortBy === null)) {
    throw new ScimError(400, 'invalidPath', 'sortBy must name an attribute with a value of its own, such as userName or name.familyName.')
  }
  return selections
}
